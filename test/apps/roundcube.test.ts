import { productTests } from './checks.ts';
import { roundcube } from './products/roundcube.ts';

productTests(roundcube);
