import { productTests } from './checks.ts';
import { cockpit } from './products/cockpit.ts';

productTests(cockpit);
