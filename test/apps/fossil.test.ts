import { productTests } from './checks.ts';
import { fossil } from './products/fossil.ts';

productTests(fossil);
