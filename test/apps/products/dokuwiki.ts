import assert from 'node:assert/strict';
import { type Ask, basic, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, followLink, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/doku.php?id=start&do=login',
  action: '/doku.php?id=start',
  account: 'u',
  secret: 'p',
  more: { do: 'login', id: 'start' },
};

const PAGES = [
  '/doku.php',
  '/doku.php?id=start',
  '/',
  '/feed.php',
  '/lib/exe/ajax.php',
  '/lib/exe/css.php',
  '/lib/exe/fetch.php',
];

function rpc({ name, password }: Account): Ask[] {
  const xml = `<?xml version="1.0"?><methodCall><methodName>dokuwiki.login</methodName><params><param><value><string>${name}</string></value></param><param><value><string>${password}</string></value></param></params></methodCall>`;
  return ['text/xml', 'application/xml', 'text/plain'].map((type) => ({
    method: 'POST',
    target: '/lib/exe/xmlrpc.php',
    headers: [['Content-Type', type]],
    body: xml,
  }));
}

/** DokuWiki: two fields in any request sign somebody in, and so does Basic. */
export const dokuwiki: Product = {
  name: 'dokuwiki',
  legacy: 'dokuwiki',
  preset: 'dokuwiki',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: '/doku.php?id=start',
    name: ({ body }) => /class="user">[^(]*\(<bdi>([^<]+)<\/bdi>\)/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 403,
  leave: (browser) => followLink(browser, '/doku.php?id=start', /href="([^"]*do=logout[^"]*)"/),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, PAGES),
    ...otherPaths(LOGIN, account, [
      '/lib/exe/ajax.php',
      '/feed.php',
      '/doku.php/start',
      '/DOKU.php',
      '/lib/exe/indexer.php',
    ]),
    form('/lib/exe/ajax.php', Object.entries({ call: 'linkwiz', q: 'start', u: account.name, p: account.password })),
    ...rpc(account),
    get('/lib/exe/xmlrpc.php', [basic(account.name, account.password)]),
    get('/lib/exe/jsonrpc.php', [basic(account.name, account.password)]),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&r=1` }),
  browserCookies: /^(DOKU_PREFS)$/,
  sessionCookies: /^(DokuWiki|DW[0-9a-f]{32})$/,
  ends: ['expire'],
  person: {
    target: '/doku.php?id=start&do=login',
    page: {
      account: 'input[name="u"]',
      secret: 'input[name="p"]',
      submit: '#dw__login button[type="submit"]',
      filled: true,
    },
    arrived: (page) => page.locator('.action.logout').first().waitFor({ state: 'attached' }),
    async work(page, front) {
      const words = `The second door is at the north, ${front.order}.`;
      await page.goto(`${front.origin}/doku.php?id=${front.order}&do=edit`);
      await page.fill('textarea[name="wikitext"]', words);
      await page.locator('button[name="do[save]"]').click();
      await page.getByText(words).waitFor();
      await page.goto(`${front.origin}/doku.php?id=${front.order}`);
      assert.ok((await page.locator('body').innerText()).includes(words));
      const rules = await page.evaluate('[...document.styleSheets].reduce((n, sheet) => n + sheet.cssRules.length, 0)');
      assert.ok(Number(rules) > 20, `${rules} rules of style are in force`);
    },
    leave: (page) => page.locator('.action.logout a').first().click(),
    loads: ['document', 'stylesheet', 'script'],
  },
};
