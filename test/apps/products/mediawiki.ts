import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ask, basic, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, hiddenFields, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/index.php?title=Special:UserLogin',
  action: '/index.php/Special:UserLogin',
  account: 'wpName',
  secret: 'wpPassword',
};
const OUT = '/index.php?title=Special:UserLogout';

/** The first letter of a name is a capital there, however it is typed. */
const lower = (name?: string): string | undefined => name?.replace(/^./, (letter) => letter.toLowerCase());

/** The interface for programs takes the same password, and so do two ways of its own for bots. */
function api({ name, password }: Account): Ask[] {
  const pair = { username: name, password, logintoken: 'x', loginreturnurl: 'http://localhost/', format: 'json' };
  const bot = { lgname: name, lgpassword: password, lgtoken: 'x', format: 'json' };
  return [
    form('/api.php', Object.entries({ ...pair, action: 'clientlogin' })),
    form('/api.php?action=clientlogin', Object.entries(pair)),
    form('/api.php', Object.entries({ ...bot, action: 'login' })),
    form('/api.php?action=login', Object.entries(bot)),
    get(`/api.php?${new URLSearchParams({ ...bot, action: 'login' })}`),
    get('/rest.php/oauth2/access_token', [basic(name, password)]),
  ];
}

/** MediaWiki: a path for each page, one script behind all of them, fields taken from the query too. */
export const mediawiki: Product = {
  name: 'mediawiki',
  legacy: 'mediawiki',
  preset: 'mediawiki',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: '/index.php/Main_Page',
    name: ({ body }) => lower(/"wgUserName":"([^"]+)"/.exec(body)?.[1]) ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200,
  async leave(browser) {
    const { body } = await browser.page(OUT);
    const token = hiddenFields(body).find(([name]) => name === 'wpEditToken');
    if (token !== undefined) await browser.ask(form(OUT, [token]));
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, [
      '/index.php/Main_Page',
      '/index.php?title=Special:CreateAccount',
      '/load.php',
      '/api.php',
    ]),
    ...otherPaths(LOGIN, account, [
      '/INDEX.php/Special:UserLogin',
      '//index.php/Special:UserLogin',
      '/index.php;x/Special:UserLogin',
      '/index%2Ephp/Special:UserLogin',
      '/index.php5?title=Special:UserLogin',
      '/mw-config/index.php',
      '/rest.php/v1/page/Special:UserLogin',
    ]),
    ...api(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&wpRemember=1` }),
  browserCookies: /^$/,
  sessionCookies: /^wiki(_session|Token)$/,
  ends: ['expire'],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'authentication.log'), 'utf8');
    return [...log.matchAll(/Login for (\S+) succeeded/g)].map(([, name = '']) => lower(name) ?? '');
  },
  person: {
    target: '/index.php?title=Special:UserLogin&returnto=Main+Page',
    page: { account: '#wpName1', secret: '#wpPassword1', submit: '#wpLoginAttempt', filled: true },
    arrived: (page) => page.locator('#pt-logout a').first().waitFor({ state: 'attached' }),
    async work(page, front) {
      const words = `High water at six, ${front.order}.`;
      await page.goto(`${front.origin}/index.php?title=Tides_${front.order}&action=edit`);
      await page.fill('#wpTextbox1', words);
      await page.locator('#wpSave').click();
      await page.getByText(words).waitFor();
    },
    async leave(page) {
      await page.waitForFunction(`mw.loader.getState('mediawiki.page.ready') === 'ready'`);
      await page.locator('#pt-logout a').first().click();
      await page.locator('#pt-login a').first().waitFor({ state: 'attached' });
    },
    loads: ['document', 'stylesheet', 'script'],
  },
};
