import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/index.php',
  action: '/index.php',
  account: 'login_username',
  secret: 'login_password',
  more: { action: 'login' },
};
const INSIDE = '/about.php';

/** By GET, with an account of another kind, and the pages that ask for no session. */
const doors = ({ name, password }: Account) => [
  get(`/index.php?action=login&login_username=${name}&login_password=${encodeURIComponent(password)}`),
  get(`/graph_view.php?action=login&login_username=${name}&login_password=${encodeURIComponent(password)}`),
  form('/index.php', [
    ['action', 'login'],
    ['login_username', name],
    ['login_password', password],
    ['realm', '2'],
  ]),
  get('/remote_agent.php?action=ping'),
  get('/install/'),
  get('/install/index.php'),
];

/** Cacti: its form stands in place of any page, and takes over the session that the page began. */
export const cacti: Product = {
  name: 'cacti',
  legacy: 'cacti',
  preset: 'cacti',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: INSIDE, name: ({ body }) => /<span id='user'[^>]*>([^<]+)/.exec(body)?.[1] ?? null },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200,
  async leave(browser) {
    await browser.page('/logout.php');
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/graph_view.php', '/graph_json.php', '/link.php']),
    ...otherPaths(LOGIN, account, [
      '/index.php/x',
      '//index.php',
      '/index%2Ephp',
      '/auth_login.php',
      '/include/auth.php',
      '/include/../index.php',
      '/install/index.php',
    ]),
    ...doors(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&remember_me=on` }),
  browserCookies: /^Cacti(?:TimeZone|DateTime|ColorMode)$/,
  sessionCookies: /^(?:Cacti|cacti_remembers)$/,
  ends: ['expire'],
  witness: (folder) => {
    const query = 'select username from user_log where result = 1';
    const args = [
      '--no-defaults',
      '-ualice',
      '-pPassw0rd!a',
      '-S',
      join(folder, 'my.sock'),
      '-N',
      'cacti',
      '-e',
      query,
    ];
    return execFileSync('/usr/bin/mariadb', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  },
  person: {
    target: '/index.php',
    page: {
      account: '#login_username',
      secret: '#login_password',
      submit: '#login input[type="submit"]',
      filled: true,
    },
    arrived: (page) => page.locator('#user').waitFor(),
    async work(page, front) {
      const name = `North quay ${front.order}`;
      await page.goto(`${front.origin}/sites.php?action=edit`);
      await page.locator('#name').fill(name);
      await page.locator('#main input[type="submit"]').first().click();
      await page.getByText('Save Successful').first().waitFor();
      await page.goto(`${front.origin}/sites.php`);
      await page.getByText(name).first().waitFor();
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/logout.php`)),
    // The picture of the button under the pointer is asked for while the form is sent, in a session that ends with that.
    usual: /^409 \S+\/ui-bg_glass_\S+\.png$/,
    loads: ['document', 'stylesheet', 'script'],
  },
};
