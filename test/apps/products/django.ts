import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const LOGIN: LoginForm = {
  page: '/admin/login/?next=/admin/',
  action: '/admin/login/?next=/admin/',
  account: 'username',
  secret: 'password',
};

/** Django's admin: a token against forgery in a cookie that scripts read; names are compared by NFKC. */
export const django: Product = {
  name: 'django',
  legacy: 'django',
  preset: 'django-admin',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: '/admin/',
    name: ({ body }) => /id="user-tools">[\s\S]*?<strong>([^<]+)<\/strong>/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status, body }) => status === 200 && body.includes('errornote'),
  leave: async (browser) => void (await browser.page('/admin/logout/')),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/admin/', '/admin/auth/group/add/', '/admin/logout/', '/static/admin/css/base.css']),
    ...otherPaths(LOGIN, account, [
      '/admin/LOGIN/',
      '/admin/log%69n/',
      '/admin//login/',
      '/admin/login',
      '/admin/login/;x',
    ]),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^csrftoken$/,
  sessionCookies: /^sessionid$/,
  ends: ['expire'],
  witness: (folder) => {
    const query = 'select username from auth_user where last_login is not null';
    return execFileSync('sqlite3', ['-cmd', '.timeout 5000', join(folder, 'db.sqlite3'), query], { encoding: 'utf8' })
      .trim()
      .split('\n');
  },
  person: {
    target: '/admin/',
    page: { account: '#id_username', secret: '#id_password', submit: 'input[type="submit"]', filled: true },
    arrived: (page) => page.getByRole('heading', { name: 'Site administration' }).waitFor(),
    async work(page, front) {
      const name = `Night watch, ${front.order}`;
      await page.goto(`${front.origin}/admin/auth/group/add/`);
      await page.fill('#id_name', name);
      await page.locator('input[name="_save"]').click();
      await page.locator('.messagelist .success').waitFor();
      await page.goto(`${front.origin}/admin/auth/group/`);
      await page.getByRole('link', { name }).waitFor();
      assert.equal(await page.evaluate('getComputedStyle(document.querySelector("#header")).display'), 'flex');
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}/admin/logout/`)),
    loads: ['document', 'stylesheet', 'script'],
  },
};
