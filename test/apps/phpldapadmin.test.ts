import { productTests } from './checks.ts';
import { phpldapadmin } from './products/phpldapadmin.ts';

productTests(phpldapadmin);
