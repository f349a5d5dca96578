import { get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/login.php',
  action: '/login.php',
  account: 'fUsername',
  secret: 'fPassword',
  more: { lang: 'en', submit: 'Login' },
};

/** PostfixAdmin: names are addresses, and to show the sign-in page ends the session. */
export const postfixadmin: Product = {
  name: 'postfixadmin',
  legacy: 'postfixadmin',
  preset: 'postfixadmin',
  orders: 'both',
  pageEnds: true,
  mine: { name: 'alice@example.org', password: 'Passw0rd!a' },
  other: { name: 'bob@example.org', password: 'Passw0rd!b' },
  inside: { target: '/main.php', name: ({ body }) => /Logged in as (\S+@\S+)/.exec(body)?.[1] ?? null },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200,
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/main.php', '/list.php?table=admin', '/users/login.php']),
    ...otherPaths(LOGIN, account, [
      '/users/login.php',
      '/login.php/x',
      '//login.php',
      '/login%2Ephp',
      '/LOGIN.php',
      '/css/../login.php',
      '/users/main.php',
    ]),
    get('/setup.php'),
    get('/xmlrpc.php'),
    get('/users/password-recover.php'),
    get('/password-recover.php'),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^lang$/,
  sessionCookies: /^postfixadmin_session$/,
  ends: ['expire'],
  person: {
    target: '/login.php',
    page: { account: '#fUsername', secret: '#fPassword', submit: 'form[name="frmLogin"] button', filled: true },
    arrived: (page) => page.getByText('Logged in as').waitFor(),
    async work(page, front) {
      const domain = `${front.order}.example.net`;
      await page.goto(`${front.origin}/edit.php?table=domain`);
      await page.locator('input[name="value[domain]"]').fill(domain);
      await page.locator('input[type="submit"], button[type="submit"]').first().click();
      await page.goto(`${front.origin}/list.php?table=domain`);
      await page.getByText(domain).first().waitFor();
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/login.php`)),
    loads: ['document', 'stylesheet', 'script'],
  },
};
