import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Ask, basic, FORM, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/index.php',
  action: '/index.php',
  account: 'name',
  secret: 'password',
  more: { enter: 'Sign in' },
};
const INSIDE = '/zabbix.php?action=userprofile.edit';

const signedInAs = (body: string): string | null => /icon-profile" title="([^" ]+)/.exec(body)?.[1] ?? null;

/** The button that is pressed is what signs in: name and password alone stand in many forms of its administration. */
function pressed(ask: Ask): Ask {
  if (ask.body !== undefined) return { ...ask, body: `${ask.body}&enter=Sign+in` };
  return { ...ask, target: `${ask.target}${ask.target.includes('?') ? '&' : '?'}enter=Sign+in` };
}

/** The interface for programs, the query, and what the web server or another service vouches for. */
function doors({ name, password }: Account): Ask[] {
  const pair = `name=${name}&password=${encodeURIComponent(password)}`;
  const call = { jsonrpc: '2.0', method: 'user.login', params: { username: name, password }, id: 1 };
  const rpc = (target: string): Ask => ({
    method: 'POST',
    target,
    headers: [['Content-Type', 'application/json-rpc']],
    body: JSON.stringify(call),
  });
  return [
    get(`/index.php?${pair}&enter=Sign%20in`),
    get('/index.php?enter=guest'),
    form(`/index.php?enter=Sign+in`, [
      ['name', name],
      ['password', password],
    ]),
    { method: 'POST', target: `/index.php?${pair}`, headers: [['Content-Type', FORM]], body: 'enter=Sign+in' },
    rpc('/api_jsonrpc.php'),
    rpc('/API_JSONRPC.php/x'),
    get('/index_http.php', [basic(name, password)]),
    get('/index_sso.php'),
    get('/setup.php'),
  ];
}

/** Zabbix: whoever is not signed in gets a page with status 200 in place of any other. */
export const zabbix: Product = {
  name: 'zabbix',
  legacy: 'zabbix',
  preset: 'zabbix',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: INSIDE, name: ({ body }) => signedInAs(body) },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200,
  async leave(browser) {
    const { body } = await browser.page(INSIDE);
    const sid = /name="sid" value="([0-9a-f]+)"/.exec(body)?.[1];
    if (sid !== undefined && signedInAs(body) !== null)
      await browser.ask(
        form('/index.php', [
          ['reconnect', '1'],
          ['sid', sid],
        ]),
      );
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/zabbix.php', '/jsrpc.php', '/setup.php']).map(pressed),
    ...otherPaths(LOGIN, account, ['/index.php/x', '//index.php', '/index%2Ephp', '/INDEX.php', '/js/../index.php']),
    ...doors(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&autologin=1` }),
  browserCookies: /^tab$/,
  sessionCookies: /^zbx_session$/,
  ends: ['expire'],
  witness: (folder) => {
    const query = 'select username from sessions join users using (userid) where username <> "guest"';
    const socket = join(folder, 'my.sock');
    const args = ['--no-defaults', '-ualice', '-pPassw0rd!a', '-S', socket, '-N', 'zabbix', '-e', query];
    return execFileSync('/usr/bin/mariadb', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  },
  person: {
    // Any other address shows a page with a button that leads here.
    target: '/index.php',
    page: { account: '#name', secret: '#password', submit: '#enter', filled: true },
    arrived: (page) => page.locator('.icon-profile').waitFor(),
    async work(page, front) {
      await page.goto(`${front.origin}/zabbix.php?action=userprofile.edit`);
      await page.locator('#rows_per_page').fill('77');
      await page.locator('#update').click();
      await page.goto(`${front.origin}/zabbix.php?action=userprofile.edit`);
      await page.waitForFunction(`document.querySelector('#rows_per_page')?.value === '77'`);
    },
    async leave(page) {
      await page.locator('a.icon-signout').click();
      await page.locator('#password').waitFor();
    },
    loads: ['document', 'stylesheet', 'script'],
  },
};
