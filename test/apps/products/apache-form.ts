import { setTimeout as sleep } from 'node:timers/promises';
import { get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';
import { apacheWitness, whoOf } from './apache.ts';

const LOGIN: LoginForm = {
  page: '/open/login.html',
  action: '/form/dologin',
  account: 'httpd_username',
  secret: 'httpd_password',
};

/** mod_auth_form: any protected page signs people in when it is sent the two fields; its cookie holds the password. */
export const apacheForm: Product = {
  name: 'apache-form',
  legacy: 'apache',
  preset: 'apache-form',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: '/form/index.shtml', name: whoOf },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status, location }) => status === 302 && location?.endsWith('/open/login.html') === true,
  // What it gives to whoever signs out is good for a second, and a sign-in with that is over as soon: nobody is so quick.
  leave: async (browser) => {
    await browser.page('/form/logout');
    await sleep(1_100);
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, [
      '/form/index.shtml',
      '/form/',
      '/form/tides.shtml',
      '/open/login.html',
      '/form/logout',
    ]),
    ...otherPaths(LOGIN, account, [
      '/form/dologin/',
      '/form/dologin/x',
      '/form/DOLOGIN',
      '/form//dologin',
      '/form/dolog%69n',
    ]),
    get('/form/index.shtml', [
      ['Cookie', `session=realm-user=${account.name}&realm-pw=${encodeURIComponent(account.password)}`],
    ]),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^session$/,
  // The product keeps no sessions: its cookie is all that there is, and stays with us.
  ends: [],
  witness: apacheWitness,
  person: {
    target: '/form/index.shtml',
    page: { account: '[name=httpd_username]', secret: '[name=httpd_password]', submit: 'button', filled: true },
    arrived: (page) => page.getByRole('heading', { name: 'Harbour, by form' }).waitFor(),
    async work(page) {
      await page.getByRole('link', { name: 'Tides' }).click();
      await page.locator('#who', { hasText: 'alice' }).waitFor();
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/form/logout`)),
    loads: ['document'],
  },
};
