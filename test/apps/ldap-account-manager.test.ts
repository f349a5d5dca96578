import { productTests } from './checks.ts';
import { ldapAccountManager } from './products/ldap-account-manager.ts';

productTests(ldapAccountManager);
