import { productTests } from './checks.ts';
import { tomcat } from './products/tomcat.ts';

productTests(tomcat);
