import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { type Ask, basic, get } from '../client.ts';
import type { Account, Product } from '../product.ts';

const LOGIN = '/cockpit/login';
const request = (target: string, ...headers: (readonly [string, string])[]): Ask =>
  get(target, [...headers, ['X-Superuser', 'none'], ['Accept', 'text/html']]);

function doors({ name, password }: Account): Ask[] {
  const credentials = basic(name, password);
  const upgrade = [
    ['Connection', 'Upgrade'],
    ['Upgrade', 'websocket'],
    ['Sec-WebSocket-Version', '13'],
    ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
    ['Sec-WebSocket-Protocol', 'cockpit1'],
  ] as const;
  return [
    request('/cockpit+foo/login', credentials),
    request('/cockpit+=localhost/login', credentials),
    request('/cockpit%2bfoo/login', credentials),
    request('/COCKPIT/login', credentials),
    request('/cockpit/login?x=1', credentials),
    request('/cockpit//login', credentials),
    request('/', credentials),
    request('/cockpit/@localhost/manifests.json', credentials),
    { ...request(LOGIN, credentials), method: 'POST' },
    get('/cockpit+foo/socket', upgrade),
    get('/cockpit/socket', [...upgrade, credentials]),
  ];
}

function decoys(good: Ask, mine: Account, other: Account): Ask[] {
  const [first, second] = [basic(mine.name, mine.password), basic(other.name, other.password)];
  const value = (text: string): readonly [string, string] => [
    'Authorization',
    `Basic ${Buffer.from(text).toString('base64')}`,
  ];
  return [
    request(LOGIN, first, second),
    request(LOGIN, second, first),
    request(LOGIN, ['Authorization', `${first[1]}, ${second[1]}`]),
    request(LOGIN, ['Authorization', `${second[1]}, ${first[1]}`]),
    request(LOGIN, ['Authorization', `Bearer ${second[1].slice(6)}`]),
    request(LOGIN, ['Authorization', 'Negotiate YII=']),
    request(LOGIN, ['Authorization', `X-Conversation id ${second[1].slice(6)}`]),
    request(LOGIN, value(`${other.name}\0:${other.password}`)),
    request(LOGIN, value(`${other.name}\n:${other.password}`)),
    { ...good, method: 'GET', body: `user=${other.name}&password=${other.password}` },
  ];
}

function people(): string[] {
  const names = execFileSync('ps', ['-eo', 'user:40='], { encoding: 'utf8' }).split('\n');
  return names.map((name) => name.trim()).filter((name) => name.startsWith('sallyport-'));
}

/** Cockpit: accounts of the machine, Basic at one address, and then a WebSocket. */
export const cockpit: Product = {
  name: 'cockpit',
  legacy: 'cockpit',
  preset: 'cockpit',
  // Its page signs in by script, which no redirect can lead to the second factor.
  orders: 'factor-first',
  mine: { name: 'sallyport-test', password: 'Passw0rd!a' },
  other: { name: 'sallyport-other', password: 'Passw0rd!b' },
  inside: {
    target: '/cockpit/@localhost/manifests.json',
    // It names nobody; whose processes it has started says the machine.
    name: ({ status, body }) =>
      status === 200 && body.includes('"system"') ? [...new Set(people())].join() || null : null,
  },
  attempt: async (_, { name, password }) => request(LOGIN, basic(name, password)),
  failed: ({ status }) => status === 401,
  sideDoors: doors,
  decoys,
  browserCookies: /^$/,
  sessionCookies: /^cockpit$/,
  ends: ['restart', 'expire'],
  witness: people,
  person: {
    target: '/system/terminal',
    page: { account: '#login-user-input', secret: '#login-password-input', submit: '#login-button', filled: false },
    arrived: (page) => page.locator('iframe[name="cockpit1:localhost/system/terminal"]').waitFor(),
    async work(page) {
      const terminal = page.frameLocator('iframe[name="cockpit1:localhost/system/terminal"]');
      await terminal.locator('.terminal-title').getByText('sallyport-test').waitFor();
      // The terminal paints on a canvas; its text stands in the list for screen readers.
      await terminal.locator('.xterm-helper-textarea').focus();
      await page.keyboard.type('echo the answer is $((6*7))\n');
      await terminal.locator('.xterm-accessibility').getByText('the answer is 42').first().waitFor();
      assert.ok(people().includes('sallyport-test'));
    },
    // It asks with a 401 of its own whether somebody is signed in there.
    usual: /^401 .*\/cockpit\/login$/,
    loads: ['document', 'stylesheet', 'script'],
  },
};
