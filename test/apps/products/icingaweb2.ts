import { type Ask, basic, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/authentication/login',
  action: '/authentication/login',
  account: 'username',
  secret: 'password',
  more: { btn_submit: 'Login', formUID: 'form_login' },
};

/** The box that keeps somebody signed in, of which the form has a hidden twin. */
function remembered(good: Ask): Ask {
  const fields = new URLSearchParams(String(good.body));
  fields.set('rememberme', '1');
  return { ...good, body: fields.toString() };
}

/** Icinga Web 2: a script sends its forms, and its addresses have many spellings. */
export const icingaweb2: Product = {
  name: 'icingaweb2',
  legacy: 'icingaweb2',
  preset: 'icingaweb2',
  // The script that sends the sign-in cannot be led to the factor after it.
  orders: 'factor-first',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: '/account', name: ({ body }) => /class="user-ball">[^<]*<\/i>([^<]+)</.exec(body)?.[1] ?? null },
  async attempt(browser, account) {
    // The first look gives a cookie, to see whether there are any.
    await browser.page(LOGIN.page);
    return fillIn(browser, LOGIN, account);
  },
  failed: ({ status }) => status === 200,
  leave: async (browser) => void (await browser.page('/authentication/logout')),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/dashboard', '/account', '/application-state', '/layout/menu']),
    ...otherPaths(LOGIN, account, [
      '/authentication/login/',
      '/authentication/login/x',
      '/authentication/login/x/y',
      '/authentication/log_in',
      '/authentication/~login',
      '/default/authentication/login',
      '/index.php/authentication/login',
      '/AUTHENTICATION/Login',
      '/authentication/log%69n',
      '//authentication/login',
      '/setup',
    ]),
    get('/account', [basic(account.name, account.password), ['Accept', 'application/json']]),
    get('/index.php/authentication/login'),
    get('/default/authentication/login'),
    get('/setup'),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: remembered,
  browserCookies: /^icingaweb2-tzo$/,
  sessionCookies: /^(Icingaweb2|icingaweb2-session|icingaweb2-remember-me)$/,
  ends: ['expire'],
  person: {
    target: '/authentication/login',
    page: { account: '[name="username"]', secret: '[name="password"]', submit: '[name="btn_submit"]', filled: true },
    arrived: (page) => page.locator('.user-ball').first().waitFor(),
    async work(page, front) {
      await page.goto(`${front.origin}/announcements/new`);
      const words = `The second door is at the north, ${front.order}.`;
      await page.locator('[name="message"]').fill(words);
      await page.locator('[name="start"]').fill('2020-01-01T08:00:00');
      await page.locator('[name="end"]').fill('2099-01-01T08:00:00');
      await page.locator('form:has([name="message"]) [name="btn_submit"]').click();
      await page.getByText(words).first().waitFor();
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/authentication/logout`)),
    loads: ['document', 'stylesheet', 'script', 'xhr'],
  },
};
