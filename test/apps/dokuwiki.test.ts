import { productTests } from './checks.ts';
import { dokuwiki } from './products/dokuwiki.ts';

productTests(dokuwiki);
