import { productTests } from './checks.ts';
import { django } from './products/django.ts';

productTests(django);
