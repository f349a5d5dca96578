import { productTests } from './checks.ts';
import { redmine } from './products/redmine.ts';

productTests(redmine);
