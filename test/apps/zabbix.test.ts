import { productTests } from './checks.ts';
import { zabbix } from './products/zabbix.ts';

productTests(zabbix);
