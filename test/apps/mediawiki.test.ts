import { productTests } from './checks.ts';
import { mediawiki } from './products/mediawiki.ts';

productTests(mediawiki);
