import { productTests } from './checks.ts';
import { znc } from './products/znc.ts';

productTests(znc);
