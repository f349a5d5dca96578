import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { type Ask, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = { page: '/login', action: '/login', account: 'u', secret: 'p', more: { in: 'Login' } };

/** What its own programs send, to whatever address. */
function programs({ name, password }: Account): Ask[] {
  const typed = (target: string, type: string, body: string): Ask => ({
    ...{ method: 'POST', target, body },
    headers: [['Content-Type', type]],
  });
  const json = JSON.stringify({ name, password });
  const card = `login ${name} 0000000000000000000000000000000000000000 0000000000000000000000000000000000000000\n`;
  return [
    ...['/json/login', '/json', '/json/whoami', '/login'].map((target) => typed(target, 'application/json', json)),
    typed('/json', 'text/plain', JSON.stringify({ command: 'login', payload: { name, password } })),
    ...['/xfer', '/timeline', '/login', '/'].map((target) => typed(target, 'application/x-fossil', card)),
    typed('/timeline', 'Application/X-Fossil-Debug', card),
    typed('/home', 'application/x-fossil-uncompressed; x=y', card),
    get(`/json/login?name=${name}&password=${encodeURIComponent(password)}`),
    get('/json/whoami?authToken=0123456789abcdef/0123456789abcdef/bob'),
    get('/register'),
    get('/resetpw/1'),
  ];
}

/** Fossil: its fields have one letter, and a body of its own type is its sync at any address. */
export const fossil: Product = {
  name: 'fossil',
  legacy: 'fossil',
  preset: 'fossil',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: { target: '/home', name: ({ body }) => /class="status"><a [^>]*>([^<]+)</.exec(body)?.[1] ?? null },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 401,
  leave: async (browser) => void (await browser.ask(form('/login', [['out', 'Logout']]))),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/home', '/logout', '/my', '/timeline']),
    ...otherPaths(LOGIN, account, ['/logout', '/my', '/login/x', '//login', '/login%2Fx', '/log%69n', '/x/../login']),
    ...programs(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&remember=1` }),
  browserCookies: /^$/,
  sessionCookies: /^fossil-/,
  ends: ['expire'],
  witness: (folder) => {
    const query = 'select uname from accesslog where success';
    const args = ['-cmd', '.timeout 5000', join(folder, 'harbour.fossil'), query];
    return execFileSync('sqlite3', args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  },
  person: {
    target: '/home',
    page: { account: '#u', secret: '#p', submit: 'input[name="in"]', filled: true },
    arrived: (page) => page.locator('.status a', { hasText: 'alice' }).waitFor(),
    async work(page, front) {
      const title = `Harbour ${front.order}`;
      await page.goto(`${front.origin}/tktnew`);
      await page.locator('input[name="title"]').fill(title);
      await page.locator('input[name="preview"]').click();
      await page.locator('input[name="submit"]').click();
      await page.goto(`${front.origin}/rptview/1`);
      await page.getByText(title).first().waitFor();
    },
    async leave(page, front) {
      await page.goto(`${front.origin}/logout`);
      await page.locator('input[name="out"]').click();
    },
    loads: ['document', 'stylesheet'],
  },
};
