import { productTests } from './checks.ts';
import { apacheDigest } from './products/apache-digest.ts';

productTests(apacheDigest);
