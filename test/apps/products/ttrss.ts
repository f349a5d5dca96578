import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Ask, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/',
  action: '/public.php?return=',
  account: 'login',
  secret: 'password',
  more: { op: 'login' },
};
const FEEDS = '/backend.php?op=opml&method=export';

/** The interface for programs, and every class of the app by the address of its pages. */
function doors({ name, password }: Account): Ask[] {
  const json = (target: string): Ask => ({
    method: 'POST',
    target,
    headers: [['Content-Type', 'application/json']],
    body: JSON.stringify({ op: 'login', user: name, password }),
  });
  const pairs = { login: name, user: name, password };
  const classes = ['handler_public', 'Handler-Public', 'api', 'API', '\\api'];
  return [
    json('/api/'),
    json('/api/index.php'),
    json('/API/index.php/x'),
    get('/register.php'),
    get('/public.php?op=forgotpass'),
    get(`/public.php?op=forgotpass&hash=x&login=${name}`),
    form('/public.php', Object.entries({ op: 'forgotpass', method: 'do', login: name, email: 'x@example.org' })),
    form('/public.php?op=login', Object.entries(pairs)),
    form('/public.php?op=logout', Object.entries({ op: 'login', ...pairs })),
    ...classes.flatMap((op) => [
      form(`/backend.php?op=${encodeURIComponent(op)}&method=login`, Object.entries(pairs)),
      form('/backend.php', Object.entries({ op, method: 'login', ...pairs })),
    ]),
  ];
}

/** Tiny Tiny RSS: right and wrong passwords are answered alike, and no page says who is signed in. */
export const ttrss: Product = {
  name: 'ttrss',
  legacy: 'ttrss',
  preset: 'tt-rss',
  orders: 'both',
  alike: true,
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: FEEDS,
    name: (answer) =>
      /filename=tt-rss_(.+)_[\d-]{10}\.opml$/.exec(answer.all('content-disposition')[0] ?? '')?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 302,
  async leave(browser) {
    const token = /__csrf_token = "([0-9a-f]+)"/.exec((await browser.page('/')).body)?.[1];
    if (token !== undefined)
      await browser.ask(
        form('/public.php', [
          ['op', 'logout'],
          ['csrf_token', token],
        ]),
      );
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/index.php', '/prefs.php', '/backend.php', FEEDS]),
    ...otherPaths(LOGIN, account, [
      '/public.php/x',
      '//public.php',
      '/public%2Ephp',
      '/PUBLIC.php',
      '/js/../public.php',
      '/backend.php',
      '/public.php?op=login',
    ]),
    ...doors(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&remember_me=on` }),
  browserCookies: /^ttrss_bwlimit$/,
  sessionCookies: /^ttrss_sid$/,
  ends: ['expire'],
  witness: (folder) => {
    const query = 'select login from ttrss_users where last_login is not null';
    const args = [
      '--no-defaults',
      '-ualice',
      '-pPassw0rd!a',
      '-S',
      join(folder, 'my.sock'),
      '-N',
      'ttrss',
      '-e',
      query,
    ];
    return execFileSync('/usr/bin/mariadb', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  },
  person: {
    target: '/',
    page: { account: '#login', secret: 'input[name="password"]', submit: '.dijitButton.alt-primary', filled: true },
    // Profiles are not chosen at the sign-in.
    usual: /40[13] .*\/public\.php$|reply\.each is not a function/,
    arrived: (page) => page.locator('#feedTree').waitFor(),
    async work(page, front) {
      const name = `Night watch, ${front.order}`;
      await page.goto(`${front.origin}/prefs.php`);
      await page.getByText('Personal data / Authentication').click();
      await page.locator('input[name="full_name"]').fill(name);
      const saved = page.waitForResponse((answer) => answer.request().postData()?.includes('changeemail') === true);
      await page.getByRole('button', { name: 'Save data' }).click();
      await saved;
      await page.goto(`${front.origin}/prefs.php`);
      await page.waitForFunction(`document.querySelector('input[name="full_name"]')?.value === '${name}'`);
    },
    async leave(page, front) {
      await page.goto(front.origin);
      await page.locator('[title="Actions..."]').click();
      await page.getByText('Logout').click();
      await page.locator('input[name="password"]').waitFor();
    },
    loads: ['document', 'stylesheet', 'script'],
  },
};
