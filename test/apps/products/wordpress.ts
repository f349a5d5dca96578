import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ask, basic, form, get } from '../client.ts';
import { formDecoys } from '../decoys.ts';
import { elsewhere, fillIn, followLink, type LoginForm, otherPaths } from '../forms.ts';
import type { Account, Product } from '../product.ts';

const LOGIN: LoginForm = { page: '/wp-login.php', action: '/wp-login.php', account: 'log', secret: 'pwd' };
const TOKENS = '/jwt-auth/v1/token';

/** Every method of XML-RPC takes the password, and so do plugins of the interface for programs, by whatever address it has. */
function programs({ name, password }: Account): Ask[] {
  const xml = `<?xml version="1.0"?><methodCall><methodName>wp.getProfile</methodName><params><param><value><int>1</int></value></param><param><value><string>${name}</string></value></param><param><value><string>${password}</string></value></param></params></methodCall>`;
  const pair = JSON.stringify({ username: name, password });
  const json = (target: string): Ask => ({
    method: 'POST',
    target,
    headers: [['Content-Type', 'application/json']],
    body: pair,
  });
  return [
    ...['text/xml', 'application/xml', 'text/plain'].map((type) => ({
      method: 'POST',
      target: '/xmlrpc.php',
      headers: [['Content-Type', type] as const],
      body: xml,
    })),
    get('/xmlrpc.php', [basic(name, password)]),
    json(`/wp-json${TOKENS}`),
    json(`/?rest_route=${TOKENS}`),
    json(`/index.php?rest_route=${encodeURIComponent(TOKENS)}`),
    json(`/index.php/wp-json${TOKENS}`),
    json(`/?rest%5Froute=/JWT-auth//v1/token/`),
    form('/', [['rest_route', TOKENS], ...Object.entries({ username: name, password })]),
    get(`/?rest_route=/wp/v2/users/1/application-passwords`, [basic(name, password)]),
  ];
}

/** WordPress: absolute addresses everywhere, and an interface for programs that has several. */
export const wordpress: Product = {
  name: 'wordpress',
  legacy: 'wordpress',
  preset: 'wordpress',
  orders: 'both',
  mine: { name: 'alice', password: 'Passw0rd!a' },
  other: { name: 'bob', password: 'Passw0rd!b' },
  inside: {
    target: '/wp-admin/profile.php',
    name: ({ body }) => /id="user_login" value="([^"]+)" disabled/.exec(body)?.[1] ?? null,
  },
  attempt: (browser, account) => fillIn(browser, LOGIN, account),
  failed: ({ status }) => status === 200,
  leave: (browser) => followLink(browser, '/wp-admin/profile.php', /href=["']([^"']*action=logout[^"']*)["']/),
  sideDoors: (account) => [
    ...elsewhere(LOGIN, account, ['/', '/wp-admin/', '/wp-admin/admin-ajax.php', '/wp-cron.php']),
    ...otherPaths(LOGIN, account, [
      '/wp-login.php/x',
      '//wp-login.php',
      '/wp-login%2Ephp',
      '/WP-LOGIN.php',
      '/wp-includes/../wp-login.php',
      '/wp-admin/post.php',
    ]),
    ...programs(account),
  ],
  decoys: (good, mine, other) => formDecoys(good, LOGIN, mine, other),
  remember: (good) => ({ ...good, body: `${good.body}&rememberme=forever` }),
  browserCookies: /^(wp-settings(-time)?-\d+|wordpress_test_cookie)$/,
  sessionCookies: /^wordpress_(logged_in_)?[0-9a-f]{32}$/,
  ends: ['expire'],
  witness: (folder) => readFileSync(join(folder, 'signed-in.log'), 'utf8').trim().split('\n'),
  person: {
    target: '/wp-admin/',
    page: { account: '#user_login', secret: '#user_pass', submit: '#wp-submit', filled: true },
    // Pictures of people and of what is new are elsewhere.
    usual: /gravatar\.com|s\.w\.org/,
    arrived: (page) => page.locator('#wpadminbar').waitFor(),
    async work(page, front) {
      const title = `Tides, ${front.order}`;
      await page.goto(`${front.origin}/wp-admin/post-new.php`);
      await page.waitForFunction(`window.wp?.data?.select('core/editor')?.getCurrentPostType() === 'post'`);
      const link = `<!-- wp:paragraph --><p><a href="${front.origin}/?p=1">High water</a> at six</p><!-- /wp:paragraph -->`;
      await page.evaluate(
        `wp.data.dispatch('core/editor').editPost(${JSON.stringify({ title, content: link })}).then(() => wp.data.dispatch('core/editor').savePost())`,
      );
      await page.waitForFunction(`wp.data.select('core/editor').didPostSaveRequestSucceed()`);
      await page.goto(`${front.origin}/wp-admin/edit.php`);
      await page.getByText(title).first().waitFor();
    },
    async leave(page) {
      await page.locator('#wp-admin-bar-my-account').hover();
      await page.locator('#wp-admin-bar-logout a').click();
      await page.locator('#user_pass').waitFor();
    },
    loads: ['document', 'stylesheet', 'script'],
  },
};
