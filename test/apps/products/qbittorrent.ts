import { form } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const LOGIN: LoginForm = { page: '/', action: '/api/v2/auth/login', account: 'username', secret: 'password' };
const INSIDE = '/api/v2/app/version';

/** qBittorrent: one account, whose name and password a script sends. */
export const qbittorrent: Product = {
  name: 'qbittorrent',
  legacy: 'qbittorrent',
  preset: 'qbittorrent',
  orders: 'factor-first',
  single: true,
  mine: { name: 'alice', password: 'adminadmin' },
  other: { name: 'bob', password: 'adminadmin' },
  // It names nobody; whoever may ask is its one account.
  inside: { target: INSIDE, name: ({ status, body }) => (status === 200 && /^v\d/.test(body) ? 'alice' : null) },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ body }) => body.startsWith('Fails.'),
  leave: async (browser) => void (await browser.ask(form('/api/v2/auth/logout', []))),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', INSIDE, '/api/v2/app/setPreferences']),
    ...otherPaths(LOGIN, account, [
      '/login',
      '/api/v2/auth/login/',
      '/API/v2/auth/login',
      '//api/v2/auth/login',
      '/api/v2/auth/../auth/login',
    ]),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^SID$/,
  ends: ['restart'],
  person: {
    target: '/',
    page: { account: '#username', secret: '#password', submit: '#login', filled: true },
    arrived: (page) => page.locator('#torrentsTableDiv').waitFor({ state: 'attached' }),
    async work(page) {
      await page.locator('#connectionStatus').waitFor({ state: 'attached' });
    },
    loads: ['document', 'stylesheet', 'script'],
  },
};
