import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const PASSWORD = 'the one password';
const TOKEN = 'c8de56fa';
const FORM = '<form method="post"><input type="password" name="password" required></form>';

const folder = await mkdtemp(join(tmpdir(), 'sallyport-one-'));
const KEPT = join(folder, 'password');
const keep = (password: string) => writeFile(KEPT, `${password}\n`, { mode: 0o600 });
await keep(PASSWORD);
test.after(() => rm(folder, { recursive: true, force: true }));

interface Seen {
  readonly line: string;
  readonly cookie: string;
  readonly authorization: string;
  readonly body: string;
}

/** An app as notebooks are: one password, no names, and tokens that sign in at any address. */
class Notebook {
  readonly seen: Seen[] = [];
  readonly sessions = new Set<string>();
  /** Shows what was typed beside saying that it was wrong. */
  echoes = false;
  readonly server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const signedIn = this.#take(request, String(body));
      const isLogin = request.method === 'POST' && request.url?.startsWith('/login') === true;
      if (request.url === '/logout') this.sessions.delete(this.#id(request));
      const right = new URLSearchParams(String(body)).get('password') === PASSWORD;
      if (isLogin && right) response.writeHead(302, { Location: '/', 'Set-Cookie': this.#begin() }).end();
      else if (isLogin) response.writeHead(401).end(`Invalid credentials${this.echoes ? String(body) : ''}`);
      else if (signedIn || request.url?.startsWith('/login') === true)
        response.setHeader('Content-Type', 'text/html').end(signedIn ? 'inside' : FORM);
      else response.writeHead(302, { Location: '/login?next=%2F' }).end();
    });
  }).on('upgrade', (request, socket) => {
    const may = this.#take(request, '');
    socket.end(
      may
        ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
        : 'HTTP/1.1 403 No\r\n\r\n',
    );
  });

  #id({ headers }: IncomingMessage): string {
    return /username-app=([0-9a-f]+)/.exec(headers.cookie ?? '')?.[1] ?? '';
  }

  #begin(): string {
    const id = randomBytes(8).toString('hex');
    this.sessions.add(id);
    return `username-app=${id}; Path=/`;
  }

  #take(request: IncomingMessage, body: string): boolean {
    const { method, url = '', headers } = request;
    const authorization = headers.authorization ?? '';
    this.seen.push({ line: `${method} ${url}`, cookie: headers.cookie ?? '', authorization, body });
    return this.sessions.has(this.#id(request)) || url.includes(TOKEN) || authorization.includes(TOKEN);
  }
}

const notebook = new Notebook();
await new Promise<void>((resolve) => notebook.server.listen(0, '127.0.0.1', resolve));
test.after(() => {
  notebook.server.closeAllConnections();
  notebook.server.close();
});
const { port } = notebook.server.address() as AddressInfo; // a TCP server's address is never a string

const block = (heldBy: string) => [
  `    upstream: http://127.0.0.1:${port}`,
  '    realm: staff',
  `    login: { preset: jupyter${heldBy} }`,
  '    exemptions: [{ method: GET, path: /healthz, reason: probe, owner: ops@corp.test, expires: 2099-12-31 }]',
];
const apps = (heldBy: string) => [
  '  book:',
  '    hosts: [book.test]',
  ...block(heldBy),
  '  kept:',
  '    hosts: [kept.test]',
  ...block(`, held_by: { accounts: [alice, bob] }, password_file: ${KEPT}`),
  '  nobodys:',
  '    hosts: [nobodys.test]',
  ...block(''),
];
const on = withSallyport(() => ({ apps: apps(', held_by: { accounts: [Alice, "CORP\\\\bob"], groups: [ops] }') }));

const HTML = [['Accept', 'text/html']] as const;

/** What somebody does at the app, in a session of their own. */
async function person(name: string, { groups = [] as readonly string[], app = 'book' } = {}) {
  const { sally } = on;
  const cookie = await sally.session(name, { appId: app, groups });
  const host = `${app}.test`;
  const send = (method: string, target: string, more: Parameters<typeof sally.send>[2] = {}) =>
    sally.send(method, target, { cookie, host, origin: `http://${host}`, headers: HTML, ...more });
  const socket = (target: string) => {
    const handshake = [
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    const lines = [
      `GET ${target} HTTP/1.1`,
      `Host: ${host}`,
      `Origin: http://${host}`,
      `Cookie: ${cookie}`,
      ...handshake,
      '',
      '',
    ];
    return sally
      .raw(lines.join('\r\n'), { until: (text) => text.includes('\r\n\r\n') })
      .then(({ text }) => Number(text.slice(9, 12)));
  };
  const signIn = (password = PASSWORD) => send('POST', '/login?next=%2F', { form: { _xsrf: 'x', password } });
  return { send, socket, signIn, get: async (target: string) => (await send('GET', target)).body };
}

const forget = (): void => void notebook.seen.splice(0);
const arrived = (): readonly Seen[] => [...notebook.seen];

test('whoever holds the account signs in by the password alone, each with cookies of their own', async () => {
  const people = [await person('alice'), await person('bob'), await person('dora', { groups: ['ops', 'x'] })];
  for (const each of people) {
    assert.equal(await each.get('/login'), FORM);
    assert.equal(await each.socket('/api/kernels/1/channels'), 403, 'no WebSocket before the sign-in');
    assert.equal((await each.signIn('wrong')).status, 401);
    const answer = await each.signIn();
    assert.equal(answer.status, 302);
    assert.equal(answer.all('set-cookie').join().includes('username-app'), false);
  }
  assert.equal(notebook.sessions.size, 3);
  forget();
  for (const each of people) assert.equal(await each.get('/tree'), 'inside');
  assert.equal(new Set(notebook.seen.map(({ cookie }) => cookie)).size, 3, 'no two people share a jar');
  for (const each of people) assert.equal(await each.socket('/api/kernels/1/channels'), 101);
  // The first of them signs out, and nobody else does.
  await people[0]?.get('/logout');
  assert.deepEqual(
    await Promise.all(people.map((each) => each.send('GET', '/').then(({ status }) => status))),
    [302, 200, 200],
  );
  const rows = await on.sally.audit('app.sign-in');
  const ok = rows.filter(({ outcome }) => outcome === 'ok').map(({ accountId }) => accountId);
  assert.deepEqual(ok.sort(), ['id-alice', 'id-bob', 'id-dora']);
});

test('whoever does not hold it gets nothing of the app, with the right password, a token, or somebody else’s cookie', async () => {
  const alice = await person('alice');
  await alice.signIn();
  const id = [...notebook.sessions].at(-1);
  forget();
  for (const [name, app] of [
    ['carol', 'book'],
    ['alicea', 'book'],
    ['alice', 'nobodys'],
  ] as const) {
    const who = await person(name, { groups: ['opsx'], app });
    assert.equal((await who.signIn()).status, 403, name);
    for (const target of ['/', '/login', '/tree', '/api/status', `/?token=${TOKEN}`, '/healthz/x'])
      assert.equal((await who.send('GET', target)).status, 403, `${name} ${target}`);
    const headers = [
      ['Authorization', `token ${TOKEN}`],
      ['Cookie', `username-app=${id}`],
    ] as const;
    assert.equal((await who.send('GET', '/', { headers })).status, 403);
    assert.equal(await who.socket('/api/kernels/1/channels'), 403);
  }
  assert.deepEqual(arrived(), [], 'not one request has arrived');
  // An exemption is for programs without a session, as everywhere.
  assert.equal((await on.sally.send('GET', '/healthz', { host: 'book.test' })).status, 302);
});

test('the step is exactly the step, and tokens are a sign-in nowhere', async () => {
  const bob = await person('bob');
  forget();
  const bad = [
    { password: PASSWORD, username: 'root' },
    { password: PASSWORD, new_password: 'x' },
    { password: PASSWORD, token: TOKEN },
    { _xsrf: 'x' },
    {},
  ];
  for (const form of bad.slice(0, 3))
    assert.equal((await bob.send('POST', '/login', { form })).status, 400, JSON.stringify(form));
  for (const target of [
    '/login?token=x',
    '/Login',
    '/login/',
    '/%6cogin',
    '//login',
    '/login;x=1',
    '/login?password=x',
  ])
    assert.ok((await bob.send('POST', target, { form: { password: PASSWORD } })).status >= 400, target);
  assert.ok((await bob.send('POST', '/login', { json: { password: PASSWORD } })).status >= 400);
  assert.ok((await bob.send('PUT', '/login', { form: { password: PASSWORD } })).status >= 400);
  const spellings = ['token', 'TOKEN', '%74oken', 'token%00', 'password', 'new_password', 'a=b&token', 'a;token'];
  for (const name of spellings)
    for (const target of [`/?${name}=${TOKEN}`, `/tree?${name}=${TOKEN}`, `/api/contents?${name}=${TOKEN}`]) {
      assert.ok([400, 403].includes((await bob.send('GET', target)).status), target);
      assert.ok([400, 403].includes(await bob.socket(target)), target);
    }
  assert.deepEqual(arrived(), []);
  for (const value of [`token ${TOKEN}`, `Bearer ${TOKEN}`, `Token ${TOKEN}`, `token  ${TOKEN}`, TOKEN])
    assert.equal((await bob.send('GET', '/', { headers: [['Authorization', value]] })).status, 302, value);
  assert.ok(
    arrived().every(({ authorization }) => authorization === ''),
    'what names nobody does not arrive',
  );
  assert.equal((await bob.signIn()).status, 302);
  // People write of passwords; with one account there is nobody else to become.
  const cells = { cells: [{ source: [`password = "x"`, 'token=1'] }], password: 'x' };
  assert.equal((await bob.send('PUT', '/api/contents/a.ipynb', { json: cells })).status, 200);
  assert.equal(JSON.parse(arrived().at(-1)?.body ?? '{}').password, 'x');
});

test('a password that is kept here is sent in place of what is typed, and nobody is told it', async () => {
  const { sally } = on;
  const [alice, bob] = [await person('alice', { app: 'kept' }), await person('bob', { app: 'kept' })];
  assert.equal(await alice.get('/login'), FORM.replace('"password" required', '"password" value="kept-here" required'));
  for (const form of [{ _xsrf: 'x', password: 'kept-here' }, { _xsrf: 'x', password: '' }, { _xsrf: 'x' }]) {
    forget();
    assert.equal((await alice.send('POST', '/login', { form })).status, 302, JSON.stringify(form));
    const [{ body = '' } = {}] = arrived();
    assert.deepEqual(new URLSearchParams(body).getAll('password'), [PASSWORD]);
    assert.deepEqual(new URLSearchParams(body).getAll('_xsrf'), ['x']);
  }
  assert.equal(await alice.get('/tree'), 'inside');
  assert.equal((await bob.send('GET', '/tree')).status, 302, 'each signs in for themselves');
  // Who holds nothing gets nothing, and the file is not even read for them.
  const carol = await person('carol', { app: 'kept' });
  forget();
  assert.equal((await carol.signIn('kept-here')).status, 403);
  assert.deepEqual(arrived(), []);
  // Replaced without a reload.
  await keep('no longer right');
  assert.equal((await bob.signIn()).status, 401);
  notebook.echoes = true;
  const answer = await bob.signIn();
  notebook.echoes = false;
  assert.equal(answer.status, 502);
  assert.equal(answer.body.includes('no longer right'), false);
  await rm(KEPT);
  forget();
  assert.equal((await bob.signIn()).status, 502);
  assert.deepEqual(arrived(), []);
  await keep(PASSWORD);
  assert.equal((await bob.signIn()).status, 302);
  const told = JSON.stringify(sally.log) + JSON.stringify(await sally.audit());
  for (const secret of [PASSWORD, 'no longer right']) assert.equal(told.includes(secret), false);
});

test('who holds it no longer is out at once, with all that is open', async () => {
  const { sally } = on;
  const dora = await person('dora', { groups: ['ops'] });
  const bob = await person('bob');
  for (const each of [dora, bob]) assert.equal((await each.signIn()).status, 302);
  assert.equal(await bob.get('/tree'), 'inside');
  await sally.app.reload(await sally.load({ apps: apps(', held_by: { groups: [ops] }') }));
  forget();
  assert.equal((await bob.send('GET', '/tree')).status, 403);
  assert.deepEqual(arrived(), []);
  assert.equal(await dora.get('/tree'), 'inside');
});
