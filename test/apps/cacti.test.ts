import { productTests } from './checks.ts';
import { cacti } from './products/cacti.ts';

productTests(cacti);
