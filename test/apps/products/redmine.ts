import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Ask, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, hiddenFields, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/login',
  action: '/login',
  account: 'username',
  secret: 'password',
  more: { login: 'Login' },
};

const named = (body: string): string | null => /id="loggedas">[^<]*<a [^>]*>([^<]+)</.exec(body)?.[1] ?? null;

/** Sign-ins as a program makes them, which need no token of a page. */
function programs({ name, password }: Account): Ask[] {
  const type = (media: string) => [['Content-Type', media]] as const;
  const json = {
    method: 'POST',
    headers: type('application/json'),
    body: JSON.stringify({ username: name, password }),
  };
  const xml = `<hash><username>${name}</username><password>${password}</password></hash>`;
  return [
    ...['/login', '/login.json', '/login.xml', '/login/', '/login.json/'].map((target) => ({ ...json, target })),
    ...['/login', '/login.xml'].map((target) => ({
      ...{ method: 'POST', target, headers: type('application/xml') },
      body: xml,
    })),
    ...['json', 'xml'].map((format) => form(LOGIN.action, Object.entries({ username: name, password, format }))),
  ];
}

/** Keys of programs and feeds, whoever's they are. */
const KEYS: readonly Ask[] = [
  get('/issues.json?key=0123456789abcdef0123456789abcdef01234567'),
  get('/activity.atom?key=0123456789abcdef0123456789abcdef01234567'),
  get('/users/current?format=xml&key=0123'),
  form('/issues', Object.entries({ format: 'json', key: '0123' })),
  get('/sys/projects?key=x'),
  get('/mail_handler'),
  get('/account/lost_password'),
  get('/account/register'),
  get('/account/twofa/confirm'),
];

/** Redmine: its session is a cookie that every answer writes anew. */
export const redmine: Product = {
  name: 'redmine',
  legacy: 'redmine',
  preset: 'redmine',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: '/my/page', name: ({ body }) => named(body) },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200 || status === 422,
  async leave(browser) {
    const { status, body } = await browser.page('/logout');
    if (status === 200) await browser.ask(form('/logout', hiddenFields(body)));
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/my/page', '/my/account', '/issues', '/users/current.json']),
    ...otherPaths(LOGIN, account, ['/login.json', '/login.html', '//login', '/log%69n', '/login/', '/x/../login']),
    ...programs(account),
    ...KEYS,
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&autologin=1` }),
  browserCookies: /^$/,
  sessionCookies: /^Redmine$/,
  ends: ['expire'],
  witness: (folder) => {
    const query = 'select login from users where last_login_on is not null';
    return execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(folder, 'redmine.db'), query], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean);
  },
  person: {
    target: '/my/page',
    page: { account: '#username', secret: '#password', submit: '#login-submit', filled: true },
    arrived: (page) => page.locator('#loggedas').waitFor(),
    async work(page, front) {
      await page.goto(`${front.origin}/projects/new`);
      await page.locator('#project_name').fill(`Harbour ${front.order}`);
      await page.locator('#project_identifier').fill(`harbour-${front.order}`);
      await page.locator('input[name="commit"]').click();
      await page.locator('#flash_notice').waitFor();
    },
    async leave(page) {
      await page.locator('a.logout').first().click();
      await page.locator('a.login').first().waitFor();
    },
    loads: ['document', 'stylesheet', 'script'],
  },
};
