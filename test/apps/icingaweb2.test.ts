import { productTests } from './checks.ts';
import { icingaweb2 } from './products/icingaweb2.ts';

productTests(icingaweb2);
