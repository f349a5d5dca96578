import { productTests } from './checks.ts';
import { postfixadmin } from './products/postfixadmin.ts';

productTests(postfixadmin);
