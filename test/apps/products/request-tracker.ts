import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const LOGIN: LoginForm = { page: '/', action: '/NoAuth/Login.html', account: 'user', secret: 'pass' };

/** Request Tracker: name and password are taken at any address, and its start page is the sign-in. */
export const requestTracker: Product = {
  name: 'request-tracker',
  legacy: 'request-tracker',
  preset: 'request-tracker',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: '/SelfService/Prefs.html',
    name: ({ body }) => /class="current-user">([^<]+)</.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200,
  leave: async (browser) => void (await browser.page('/NoAuth/Logout.html')),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/index.html', '/Search/Simple.html', '/m/', '/SelfService/']),
    ...otherPaths(LOGIN, account, [
      '/NoAuth/login.html',
      '//NoAuth/Login.html',
      '/NoAuth/Login%2Ehtml',
      '/NoAuth/x/../Login.html',
      '/REST/1.0/user/bob',
      '/REST/1.0/NoAuth/mail-gateway',
      '/Ticket/Create.html',
      '/dhandler',
    ]),
    get('/REST/1.0/'),
    get('/NoAuth/iCal/bob/0123456789abcdef/Owner%3D10'),
    get('/NoAuth/rss/bob/0123456789abcdef/?Query=id%3E0'),
    get('/REST/2.0/rt?token=1-14-0123456789abcdef'),
    form('/REST/2.0/rt', [['token', '1-14-0123456789abcdef']]),
    get('/Install/index.html'),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^RT_SID_/,
  ends: ['expire'],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'var', 'rt.log'), 'utf8');
    return [...log.matchAll(/Successful login for (\S+) from/g)].map(([, name = '']) => name);
  },
  person: {
    target: '/',
    page: { account: '#user', secret: 'input[name="pass"]', submit: '#login input[type="submit"]', filled: true },
    arrived: (page) => page.locator('.current-user').first().waitFor({ state: 'attached' }),
    async work(page, front) {
      await page.goto(`${front.origin}/Prefs/AboutMe.html`);
      await page.locator('input[name="NickName"]').fill(front.order);
      await page.locator('form[name="EditAboutMe"] input[type="submit"]').first().click();
      await page.goto(`${front.origin}/Prefs/AboutMe.html`);
      await page.waitForFunction(`document.querySelector('input[name="NickName"]')?.value === '${front.order}'`);
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/NoAuth/Logout.html`)),
    loads: ['document', 'stylesheet', 'script'],
  },
};
