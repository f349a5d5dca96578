import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const LOGIN: LoginForm = { page: '/', action: '/login', account: 'user', secret: 'pass' };
const EDIT = '/mods/global/webadmin/edituser?user=alice';

/** ZNC's web pages: right and wrong passwords are answered alike, and Basic is taken with any request. */
export const znc: Product = {
  name: 'znc',
  legacy: 'znc',
  preset: 'znc',
  // It keeps five sessions of one address, drops the oldest, and all people here come from one.
  orders: 'factor-first',
  alike: true,
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: '/', name: ({ body }) => /class="user_name">([^<]+)</.exec(body)?.[1] ?? null },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 302,
  leave: async (browser) => void (await browser.page('/logout')),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/mods/global/webadmin/', EDIT]),
    ...otherPaths(LOGIN, account, ['/login/', '//login', '/LOGIN', '/log%69n', '/pub/../login']),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^\d+-SessionId$/,
  ends: ['restart'],
  person: {
    target: '/',
    page: { account: '#user', secret: '#pass', submit: '.loginbox input[type="submit"]', filled: true },
    arrived: (page) => page.locator('.user_name').waitFor(),
    async work(page, front) {
      const name = `Night watch, ${front.order}`;
      await page.goto(`${front.origin}${EDIT}`);
      await page.locator('input[name="realname"]').fill(name);
      await page.locator('input[type="submit"]').first().click();
      await page.goto(`${front.origin}${EDIT}`);
      await page.waitForFunction(`document.querySelector('input[name="realname"]')?.value === '${name}'`);
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/logout`)),
    loads: ['document', 'stylesheet', 'script'],
  },
};
