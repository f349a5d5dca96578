import { productTests } from './checks.ts';
import { apacheForm } from './products/apache-form.ts';

productTests(apacheForm);
