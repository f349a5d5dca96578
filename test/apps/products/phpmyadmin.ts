import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ask, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, hiddenFields, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/index.php',
  action: '/index.php?route=/',
  account: 'pma_username',
  secret: 'pma_password',
};
const OUT = '/index.php?route=/logout';
const SQL = '/index.php?route=/server/sql';

/** Every address takes name and password; the fields of other ways in, and other servers. */
function doors({ name, password }: Account): Ask[] {
  const pair = { [LOGIN.account]: name, [LOGIN.secret]: password };
  const fields = (more: Readonly<Record<string, string>>): [string, string][] => Object.entries({ ...pair, ...more });
  return [
    form(SQL, fields({ server: '1' })),
    form('/index.php', fields({ route: '/sql' })),
    form(LOGIN.action, fields({ server: '2' })),
    form(LOGIN.action, fields({ server: '1', pma_servername: '127.0.0.1 1' })),
    form(`${LOGIN.action}&db=harbour`, fields({ server: '1' })),
    form('/index.php?route=/&ajax_request=true', fields({ check_timeout: '1' })),
    form(SQL, [[LOGIN.account, name]]),
    get('/index.php?route=/&server=2'),
    get('/setup/index.php'),
    form('/examples/signon.php', [
      ['user', name],
      ['password', password],
    ]),
  ];
}

/** phpMyAdmin: one script, whose every page signs in whoever sends it name and password. */
export const phpmyadmin: Product = {
  name: 'phpmyadmin',
  legacy: 'phpmyadmin',
  preset: 'phpmyadmin',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: SQL,
    name: ({ body }) => /logged_in:true,[^}]*\buser:"([^"]+)"/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200,
  async leave(browser) {
    const { body } = await browser.page(LOGIN.page);
    const token = hiddenFields(body).find(([name]) => name === 'token');
    if (token !== undefined && /logged_in:true/.test(body)) await browser.ask(form(OUT, [token]));
  },
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/index.php', '/url.php', '/js/messages.php', SQL]),
    ...otherPaths(LOGIN, account, [
      '/INDEX.php?route=/',
      '//index.php?route=/',
      '/index.php;x?route=/',
      '/index.php/x?route=/',
      '/url.php',
      '/show_config_errors.php',
    ]),
    ...doors(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^(phpMyAdmin|pmaAuth-1)$/,
  ends: ['expire'],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'general.log'), 'utf8');
    return [...log.matchAll(/Connect\t(\w+)@\S+ on /g)].map(([, name = '']) => name);
  },
  person: {
    // An address of somebody's own, at which the sign-in page is shown when nobody is signed in.
    target: '/index.php?route=/server/sql',
    page: { account: '#input_username', secret: '#input_password', submit: '#input_go', filled: true },
    arrived: (page) => page.locator('#server-breadcrumb').waitFor(),
    async work(page, front) {
      await page.goto(`${front.origin}/index.php?route=/database/sql&db=harbour`);
      await page.waitForFunction(`typeof codeMirrorEditor === 'object' && codeMirrorEditor !== null`);
      await page.evaluate(`codeMirrorEditor.setValue('select place, 6 * 7 as answer from tides')`);
      await page.locator('#button_submit_query').click();
      await page.getByText('North quay').waitFor();
      await page.getByText('42').first().waitFor();
    },
    async leave(page, front) {
      await page.goto(`${front.origin}/index.php`);
      await page.locator('#navipanellinks a.logout, #navipanellinks a[href*="logout"]').first().click();
      await page.locator('#input_password').waitFor();
    },
    loads: ['document', 'stylesheet', 'script'],
  },
};
