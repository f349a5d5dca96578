import { productTests } from './checks.ts';
import { ttrss } from './products/ttrss.ts';

productTests(ttrss);
