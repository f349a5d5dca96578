import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ask, basic, form, get } from '../client.ts';
import { jsonDecoys } from '../json-decoys.ts';
import type { Account, Product } from '../product.ts';

const CONNECT = '/SOGo/connect';
const JSON_TYPE = 'application/json';

/** SOGo shows its pages to browsers that it knows. */
const BROWSER = [
  'User-Agent',
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36',
] as const;

const sent = (target: string, json: object, type = JSON_TYPE, method = 'POST'): Ask => ({
  ...{ method, target, body: JSON.stringify(json) },
  headers: [['Content-Type', type], ['Accept', 'application/json, text/plain, */*'], BROWSER],
});

function connect(target: string, { name, password }: Account, type = JSON_TYPE, method = 'POST'): Ask {
  return sent(target, { userName: name, password, language: 'English', rememberLogin: 0 }, type, method);
}

/** Everything that leads to its root takes the sign-in, whatever its type, and by most methods. */
const ROOTS = [
  '',
  '/SOGo/so',
  '/so',
  '/SOGo.woa',
  '/x.woa',
  '/SOGo/SOGo',
  '/SOGo/so/so',
  '/SOGo/so/view',
  '/SOGo/so/connect',
  '/x/so',
];
const SPELT = [
  '/SOGo//connect',
  '/SOGo/./connect',
  '/SOGo/x/../connect',
  '/SOGo/%63onnect',
  '/sogo/connect',
  '/SOGo/connect/',
  '/SOGo/connect?x=1',
];

/** Ways in but the sign-in itself. */
function doors(account: Account): Ask[] {
  const { name, password } = account;
  const pair = { userName: name, password };
  const changed = { userName: name, oldPassword: password, newPassword: `${password}2` };
  const credentials = basic(name, password);
  return [
    ...[...ROOTS.map((root) => `${root}/connect`), ...SPELT].map((target) => connect(target, account)),
    ...['text/plain', 'x/y', 'text/calendar', 'application/json; charset=utf-8', ''].flatMap((type) => [
      connect('/SOGo/so/connect', account, type),
      connect('/x/connect', account, type),
    ]),
    ...['PATCH', 'PUT', 'PROPFIND', 'REPORT'].map((method) => connect(CONNECT, account, JSON_TYPE, method)),
    ...['/SOGo/changePassword', '/SOGo/so/changePassword', '/changePassword', '/SOGo/so/view/changePassword'].map(
      (target) => sent(target, changed),
    ),
    ...['/SOGo/so/passwordRecoveryCheck', '/SOGo/passwordRecovery', '/SOGo/passwordRecoveryEnabled'].map((target) =>
      sent(target, { userName: name, domain: '', token: 'x' }),
    ),
    sent(`/SOGo/so/${name}/Preferences/save`, { defaults: { AuxiliaryMailAccounts: [pair] } }),
    form(CONNECT, Object.entries(pair)),
    form('/SOGo/so/', Object.entries(pair)),
    get(`/SOGo/?userName=${name}&password=${encodeURIComponent(password)}`),
    ...['/SOGo/dav/', `/SOGo/dav/${name}/`, '/SOGo/so/', '/SOGo/Microsoft-Server-ActiveSync'].map((target) =>
      get(target, [credentials]),
    ),
    { ...get(`/SOGo/dav/${name}/Calendar/personal/`, [credentials]), method: 'PROPFIND' },
    get('/SOGo/?ticket=ST-1'),
    form('/SOGo/saml2-signon-post', [['SAMLResponse', 'x']]),
  ];
}

/** SOGo: a script sends name and password as JSON, of which the root of its objects takes whatever it is called. */
export const sogo: Product = {
  name: 'sogo',
  legacy: 'sogo',
  preset: 'sogo',
  // The script that sends the sign-in cannot be led to the factor after it.
  orders: 'factor-first',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: '/SOGo/so/', name: ({ location }) => /\/SOGo\/so\/([^/?]+)$/.exec(location ?? '')?.[1] ?? null },
  attempt: async (_, account) => connect(CONNECT, account),
  failed: ({ status }) => status === 403,
  leave: async (browser) => void (await browser.page('/SOGo/so/alice/logoff')),
  sideDoors: doors,
  decoys: (good, mine, other) => jsonDecoys(good, { account: 'userName', secret: 'password' }, mine, other),
  remember: (good) => ({ ...good, body: String(good.body).replace('"rememberLogin":0', '"rememberLogin":1') }),
  browserCookies: /^XSRF-TOKEN$/,
  sessionCookies: /^0xHIGHFLYxSOGo$/,
  ends: ['expire'],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'logs/sogo.log'), 'utf8');
    return [...log.matchAll(/successful login from '[^']*' for user '([^']*)'/g)].map(([, name = '']) => name);
  },
  person: {
    target: '/SOGo/',
    page: { account: 'input[type="text"]', secret: '#passwordField', submit: 'button[type="submit"]', filled: false },
    arrived: (page) => page.locator('[aria-label="New Event"]').waitFor(),
    async work(page, front) {
      await page.locator('[aria-label="New Event"]').click();
      await page.locator('[aria-label="Create a new event"]').click();
      await page.locator('md-dialog input.md-title').fill('Pilot on board');
      await page.locator('md-dialog button[type="submit"]').click();
      await page.locator('.sg-event', { hasText: 'Pilot on board' }).first().waitFor();
      await page.goto(`${front.origin}/SOGo/so/alice/Preferences`);
      await page.locator('md-select[ng-model$="SOGoLoginModule"]').click();
      await page.locator('.md-clickable md-option[value="Contacts"]').click();
      const saved = page.waitForResponse(/\/Preferences\/save$/);
      await page.locator('button.md-fab-bottom-right').click();
      assert.equal((await saved).status(), 200);
      await page.goto(`${front.origin}/SOGo/so/alice/Calendar/view`);
      await page.locator('.sg-event', { hasText: 'Pilot on board' }).first().waitFor();
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/SOGo/so/alice/logoff`)),
    // It asks whether a forgotten password may be set anew; and there is no mail server.
    usual: /^403 .*\/passwordRecoveryEnabled$|^500 .*\/activeExternalSieveScripts$/,
    loads: ['document', 'stylesheet', 'script', 'xhr'],
  },
};
