import { productTests } from './checks.ts';
import { apacheBasic } from './products/apache-basic.ts';

productTests(apacheBasic);
