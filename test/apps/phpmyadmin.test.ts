import { productTests } from './checks.ts';
import { phpmyadmin } from './products/phpmyadmin.ts';

productTests(phpmyadmin);
