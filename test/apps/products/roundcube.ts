import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, followLink, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const LOGIN: LoginForm = { page: '/?_task=login', action: '/?_task=login', account: '_user', secret: '_pass' };

/** Roundcube with Dovecot behind it, which takes ALICE for alice. */
export const roundcube: Product = {
  name: 'roundcube',
  legacy: 'roundcube',
  preset: 'roundcube',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: '/?_task=mail',
    name: ({ body }) => /header-title username">([^<@]+)/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 401,
  leave: (browser) => followLink(browser, '/?_task=mail', /href="([^"]*_task=logout[^"]*)"/),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/?_task=mail', '/?_task=settings', '/skins/elastic/styles/styles.min.css']),
    ...otherPaths({ ...LOGIN, more: { _task: 'login', _action: 'login' } }, account, [
      '/index.php/foo/bar',
      '/index.php/foo/bar?_task=login',
      '/?_task=mail&_action=login',
      '/INDEX.php?_task=login',
      '//?_task=login',
      '/program/js/app.min.js?_task=login',
    ]),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^roundcube_sess(id|auth)$/,
  ends: ['expire'],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'dovecot/log'), 'utf8');
    return [...log.matchAll(/ Login: user=<([^>]+)>/g)].map(([, name = '']) => name);
  },
  person: {
    target: '/?_task=mail',
    page: { account: '#rcmloginuser', secret: '#rcmloginpwd', submit: '#rcmloginsubmit', filled: true },
    arrived: (page) => page.locator('#messagelist').waitFor(),
    async work(page, front) {
      await page.locator('#messagelist').getByText('Tides for alice').waitFor();
      await page.goto(`${front.origin}/?_task=mail&_mbox=INBOX&_uid=1&_action=show`);
      await page.getByText('High water at six, alice.').waitFor();
    },
    leave: (page) => page.locator('a.logout').first().click(),
    loads: ['document', 'stylesheet', 'script', 'xhr'],
  },
};
