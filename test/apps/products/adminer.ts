import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ask, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, hiddenFields, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

let server = '';
const login = (): LoginForm => ({
  page: '/adminer.php',
  action: '/adminer.php',
  account: 'auth[username]',
  secret: 'auth[password]',
  more: { 'auth[driver]': 'server', 'auth[server]': server, 'auth[db]': '' },
});
const page = (name: string): string => `/adminer.php?server=${encodeURIComponent(server)}&username=${name}`;

/** Another account in the same session is one parameter away; another server is a door to anywhere. */
function doors(account: Account): Ask[] {
  const { name, password } = account;
  const fields = (more: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries({ ...login().more, 'auth[username]': name, 'auth[password]': password, ...more });
  return [
    ...elsewhere(login(), account, [page(name), '/adminer.php?file=default.css', '/editor.php', '/externals/']),
    ...otherPaths(login(), account, ['/adminer.php/x', '/ADMINER.php', '/editor.php', '/adminer/', '//adminer.php']),
    form(page(name), fields({})),
    form('/adminer.php', fields({ 'auth[server]': '127.0.0.1:1' })),
    form('/adminer.php', fields({ 'auth[driver]': 'sqlite' })),
    form('/adminer.php', fields({ 'auth[server]': `${server}\0` })),
  ];
}

export const adminer: Product = {
  name: 'adminer',
  legacy: 'adminer',
  preset: 'adminer',
  params: (second) => {
    server = `127.0.0.1:${second}`;
    return { server };
  },
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    get target() {
      return page('alice');
    },
    name: ({ body }) => /Logged as: <b>([^@<]+)@/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, login(), account),
  alike: true,
  failed: ({ status, location }) => status === 302 || location !== null,
  async leave(browser) {
    const { body } = await browser.page(page('alice'));
    await browser.ask(form(page('alice'), [...hiddenFields(body), ['logout', 'Logout']]));
  },
  sideDoors: (account) => [...doors(account), ...(account.name === 'alice' ? [] : [get(page(account.name))])],
  decoys: (good, mine, other) => formDecoys(good, login(), mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&auth%5Bpermanent%5D=1` }),
  // No answer sets it: the script of its pages writes it down, to ask its maker less often.
  browserCookies: /^adminer_version$/,
  sessionCookies: /^adminer_(sid|permanent)$/,
  ends: ['expire'],
  witness: (folder) => {
    const log = readFileSync(join(folder, 'general.log'), 'utf8');
    return [...log.matchAll(/Connect\t(\w+)@\S+ on /g)].map(([, name = '']) => name);
  },
  person: {
    get target() {
      return `/adminer.php?server=${encodeURIComponent(server)}`;
    },
    page: {
      account: '#username',
      secret: '[name="auth[password]"]',
      submit: 'input[type="submit"][value="Login"]',
      filled: true,
    },
    // It asks its maker for a newer version.
    usual: /www\.adminer\.org\/version/,
    arrived: (shown) => shown.getByText('Logged as').waitFor(),
    async work(shown, front) {
      await shown.goto(`${front.origin}${page('alice')}&db=harbour&sql=`);
      await shown.evaluate(
        `document.querySelector('textarea[name=query]').value = 'select place, 6 * 7 as answer from tides'`,
      );
      await shown.getByRole('button', { name: 'Execute' }).click();
      await shown.getByText('North quay').waitFor();
      await shown.getByText('42').first().waitFor();
    },
    leave: (shown) => shown.locator('#logout').click(),
    loads: ['document', 'stylesheet', 'script'],
  },
};
