import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { basic, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Product } from '../product.ts';

const INSIDE = '/examples/jsp/security/protected/index.jsp';
const LOGIN: LoginForm = {
  page: INSIDE,
  action: '/examples/jsp/security/protected/j_security_check',
  account: 'j_username',
  secret: 'j_password',
};

/** Tomcat's own form login: the protected page shows it in its place, any directory takes it, ids stand in addresses. */
export const tomcat: Product = {
  name: 'tomcat',
  legacy: 'tomcat',
  preset: 'j-security-check',
  params: () => ({ base: '/examples', start: INSIDE, whoami: INSIDE }),
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: INSIDE,
    name: ({ body }) => /You are logged in as remote user\s*<b>([^<]+)<\/b>/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status, body }) => status === 200 && /Error Page For Examples|Invalid username/.test(body),
  leave: async (browser) => void (await browser.page(`${INSIDE}?logoff=true`)),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, [INSIDE, '/examples/', '/examples/jsp/', '/']),
    ...otherPaths(LOGIN, account, [
      `${LOGIN.action};x=1`,
      `${LOGIN.action};jsessionid=0123456789ABCDEF0123456789ABCDEF`,
      '/examples/j%5fsecurity_check',
      '/examples/J_SECURITY_CHECK',
      '/examples//j_security_check',
      '/j_security_check/x',
    ]),
    get('/manager/html', [basic(account.name, account.password)]),
    get('/host-manager/html', [basic(account.name, account.password)]),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  browserCookies: /^$/,
  sessionCookies: /^JSESSIONID$/,
  ends: ['restart'],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'logs/access.log'), 'utf8');
    return log.split('\n').flatMap((line) => /^([^- ]+) /.exec(line)?.[1] ?? []);
  },
  person: {
    target: INSIDE,
    page: { account: '[name=j_username]', secret: '[name=j_password]', submit: 'input[type=submit]', filled: true },
    arrived: (page) => page.getByText('You are logged in as remote user').waitFor(),
    async work(page, front) {
      await page.goto(`${front.origin}${INSIDE}?role=tomcat`);
      await page.getByText('You have been granted role').waitFor();
      await page.goto(`${front.origin}/examples/servlets/servlet/SessionExample`);
      await page.fill('[name=dataname]', 'quay');
      await page.fill('[name=datavalue]', `north, ${front.order}`);
      await page.locator('form[method=POST] input[type=submit]').click();
      await page.getByText(`quay = north, ${front.order}`).waitFor();
    },
    leave: async (page, front) => void (await page.goto(`${front.origin}${INSIDE}?logoff=true`)),
    loads: ['document'],
  },
};
