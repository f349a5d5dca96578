import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const PEOPLE = 'ou=people,dc=example,dc=org';
const LOGIN: LoginForm = {
  page: '/cmd.php?cmd=login_form&server_id=1',
  action: '/cmd.php',
  account: 'login',
  secret: 'login_pass',
  more: { cmd: 'login', server_id: '1', 'nodecode[login_pass]': '1', submit: 'Authenticate' },
};

const fields = ({ name, password }: Account, more: Readonly<Record<string, string>> = {}) =>
  Object.entries({ ...LOGIN.more, login: name, login_pass: password, ...more });

/** Other servers, names in other writings of a directory or of the product, and its other files. */
const doors = (account: Account) => [
  form('/cmd.php', fields(account, { server_id: '2' })),
  form('/cmd.php?server_id=2', fields(account)),
  form('/cmd.php', fields(account, { login: `uid=${account.name}, ${PEOPLE}` })),
  form(
    '/cmd.php',
    fields(account, { login: [...account.name].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('') }),
  ),
  form('/cmd.php', fields(account, { login: `${account.name.slice(0, 2)}*` })),
  form('/cmd.php', fields(account, { anonymous_bind: 'on' })),
  get(`/cmd.php?cmd=login&server_id=1&login=${account.name}&login_pass=${encodeURIComponent(account.password)}`),
  get('/login.php'),
];

/** phpLDAPadmin: one address takes every form, and the page of a sign-in shows it to whoever is signed in, too. */
export const phpldapadmin: Product = {
  name: 'phpldapadmin',
  legacy: 'phpldapadmin',
  preset: 'phpldapadmin',
  params: () => ({ people: PEOPLE }),
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: '/index.php',
    name: ({ body }) => /class="logged_in"[^>]*>[^<]*<a href="[^"]*dn=uid%3D([^%"]+)/.exec(body)?.[1] ?? null,
  },
  async attempt(browser, account) {
    // Where a browser is led that has no session yet.
    await browser.page(`/index.php?URI=${Buffer.from('cmd=login_form&server_id=1').toString('base64')}`);
    return fillIn(browser, LOGIN, account);
  },
  failed: ({ location }) => location?.includes('cmd=login_form') === true,
  async leave(browser) {
    await browser.page('/cmd.php?cmd=logout&server_id=1');
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/index.php', '/entry_chooser.php', '/cmd.php?cmd=refresh']),
    ...otherPaths(LOGIN, account, ['/cmd.php/x', '//cmd.php', '/cmd%2Ephp', '/login.php', '/js/../cmd.php']),
    ...doors(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^5d89dac18813e15aa2f75788275e3588$/,
  ends: ['expire'],
  witness: (folder) =>
    [...readFileSync(join(folder, 'slapd.log'), 'utf8').matchAll(/BIND dn="uid=([^,"]+),[^"]*" mech=SIMPLE/gi)].map(
      ([, name = '']) => name.toLowerCase(),
    ),
  person: {
    target: LOGIN.page,
    page: { account: '#login', secret: '#password', submit: '#ajBODY input[type="submit"]', filled: true },
    arrived: (page) => page.locator('td.logged_in', { hasText: 'Logged in as' }).waitFor(),
    async work(page, front) {
      const entry = `/cmd.php?cmd=template_engine&server_id=1&dn=${encodeURIComponent(`uid=alice,${PEOPLE}`)}`;
      await page.goto(front.origin + entry);
      await page.locator('#new_values_sn_0').fill(`Keeper ${front.order}`);
      await page.locator('#ajBODY input[type="submit"][value="Update Object"]').click();
      await page.locator('#ajBODY input[type="submit"][value="Update Object"]').click();
      await page.goto(front.origin + entry);
      await page.waitForFunction(`document.querySelector('#new_values_sn_0')?.value === 'Keeper ${front.order}'`);
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/cmd.php?cmd=logout&server_id=1`)),
    loads: ['document', 'stylesheet', 'script'],
  },
};
