import { productTests } from './checks.ts';
import { adminer } from './products/adminer.ts';

productTests(adminer);
