import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const PEOPLE = 'ou=people,dc=example,dc=org';
const LOGIN: LoginForm = {
  page: '/lam/templates/login.php',
  action: '/lam/templates/login.php',
  account: 'username',
  secret: 'passwd',
  more: { checklogin: '', language: 'en_GB' },
};
const INSIDE = '/lam/templates/tests/index.php';

const fields = ({ name, password }: Account, more: Readonly<Record<string, string>> = {}) =>
  Object.entries({ ...LOGIN.more, username: name, passwd: password, ...more });

/** Another server profile, names in other writings of a directory, and what has passwords or sessions of its own. */
const doors = (account: Account) => [
  get('/lam/templates/login.php?useProfile=lam'),
  get('/lam/templates/login.php?+useProfile=lam'),
  form('/lam/templates/login.php?useProfile=lam', fields(account)),
  form('/lam/templates/login.php', fields(account, { profile: 'lam' })),
  form('/lam/templates/login.php', fields(account, { username: `uid=${account.name},${PEOPLE}` })),
  form('/lam/templates/login.php', fields(account, { username: `${account.name.slice(0, 2)}*` })),
  get('/lam/templates/config'),
  get('/lam/templates/config/index.php'),
  form('/lam/templates/config/mainlogin.php', [['passwd', account.password]]),
  form('/lam/templates/config/profmanage.php', [['passwd', account.password]]),
  get('/lam/templates/selfService/selfServiceLogin.php?scope=user&name=lam'),
  get('/lam/templates/misc/ajax.php?selfservice=1&function=webauthn'),
  get('/lam/config/lam.conf'),
];

/** LDAP Account Manager: to show its login page ends the session. */
export const ldapAccountManager: Product = {
  name: 'ldap-account-manager',
  legacy: 'ldap-account-manager',
  preset: 'ldap-account-manager',
  orders: 'both',
  pageEnds: true,
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: INSIDE,
    name: ({ body }) => /class="hide-on-tablet">(?:&nbsp;)*([^<&]+)<\/span>/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 403,
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/lam/', '/lam/templates/main.php', '/lam/templates/login2Factor.php']),
    ...otherPaths(LOGIN, account, [
      '/lam/templates/login.php/x',
      '/lam//templates/login.php',
      '/lam/templates/login%2Ephp',
      '/lam/style/../templates/login.php',
      '/lam/templates/main.php',
    ]),
    ...doors(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^(?:PHPSESSID|Key|IV)$/,
  ends: ['expire'],
  witness: (folder) =>
    [...readFileSync(join(folder, 'slapd.log'), 'utf8').matchAll(/BIND dn="uid=([^,"]+),[^"]*" mech=SIMPLE/gi)].map(
      ([, name = '']) => name.toLowerCase(),
    ),
  person: {
    target: '/lam/templates/login.php',
    page: { account: '#username', secret: '#passwd', submit: '#btn_checklogin', filled: true },
    arrived: (page) => page.locator('#lam-topnav', { hasText: 'alice' }).waitFor(),
    async work(page, front) {
      const entry = `/lam/templates/account/edit.php?type=user&DN=${encodeURIComponent(`uid=alice,${PEOPLE}`)}`;
      await page.goto(front.origin + entry);
      await page.locator('#sn').fill(`Keeper ${front.order}`);
      await page.locator('#btn_accountContainerSaveAccount').click();
      await page.getByText('Account was modified successfully.').waitFor();
      await page.goto(front.origin + entry);
      await page.waitForFunction(`document.querySelector('#sn')?.value === 'Keeper ${front.order}'`);
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/lam/templates/logout.php`)),
    loads: ['document', 'stylesheet', 'script'],
  },
};
