import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { createPortal } from '../../../src/demo/server.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { claimsOf, goodAssertion, headOf, type Issuer, signed, startIssuer } from '../../support/assertions.ts';

interface Bench {
  readonly issuer: Issuer;
  readonly origin: string;
  /** A request as `name`, or without an assertion. */
  get(path: string, name?: string, init?: RequestInit): Promise<Response>;
}

async function start(t: TestContext): Promise<Bench> {
  const issuer = await startIssuer();
  const portal = createPortal({ ...issuer, clock: systemClock });
  await new Promise<void>((resolve) => portal.server.listen(0, '127.0.0.1', resolve));
  // A cast: a TCP server that listens has an AddressInfo.
  const origin = `http://127.0.0.1:${(portal.server.address() as AddressInfo).port}`;
  t.after(async () => {
    await portal.close();
    await issuer.close();
  });
  return {
    issuer,
    origin,
    get: (path, name, init = {}) => {
      const headers = new Headers(init.headers);
      if (name !== undefined) headers.set('sallyport-assertion', goodAssertion(issuer, name));
      return fetch(origin + path, { ...init, headers, redirect: 'manual' });
    },
  };
}

const PAGES = ['/', '/orders', '/address', '/upload', '/download', '/clock', '/chat', '/whoami'];

test('without an assertion every address answers 403 with one and the same page', async (t) => {
  const { get } = await start(t);
  const bodies = new Set<string>();
  for (const path of [
    ...PAGES,
    '/assets/portal.css',
    '/assets/chat.js',
    '/clock/events',
    '/download/catalogue',
    '/nothing',
  ]) {
    const answer = await get(path);
    assert.equal(answer.status, 403, path);
    bodies.add(await answer.text());
  }
  assert.equal(bodies.size, 1);
  assert.match([...bodies][0] ?? '', /This portal is reached through Sallyport only/);
});

test('with an assertion every page is shown, in its frame, with the name and the way out', async (t) => {
  const { get } = await start(t);
  for (const path of PAGES) {
    const answer = await get(path, 'alice');
    assert.equal(answer.status, 200, path);
    const text = await answer.text();
    assert.match(text, /Signed in as <strong>alice<\/strong>/);
    assert.match(text, /<form method="post" action="\/\.sallyport\/sign-out">/);
    assert.match(text, /href="\/\.sallyport\/account"/);
    assert.match(text, /name="viewport"/);
  }
});

test('each account sees its own orders', async (t) => {
  const { get } = await start(t);
  assert.match(await (await get('/', 'alice')).text(), /Welcome alice, your orders[\s\S]*88121/);
  const bob = await (await get('/', 'bob')).text();
  assert.match(bob, /Welcome bob, your orders[\s\S]*88102/);
  assert.doesNotMatch(bob, /88121/);
});

test('the list of customers is for staff', async (t) => {
  const { get } = await start(t);
  assert.match(await (await get('/customers', 'admin')).text(), /HS-20417[\s\S]*HS-20533/);
  assert.equal((await get('/customers', 'alice')).status, 404);
  assert.equal((await get('/customers', 'carol')).status, 404);
});

test('an account that the portal does not know is told so, and its name is escaped', async (t) => {
  const { get } = await start(t);
  const text = await (await get('/', '<b>carol')).text();
  assert.match(text, /no customer of the name <strong>&lt;b&gt;carol/);
  assert.doesNotMatch(text, /<b>carol/);
});

test('a saved address is shown, escaped, to its own account only', async (t) => {
  const { get } = await start(t);
  const body = new URLSearchParams({ company: 'A & "B"', street: '<script>', town: 'Leith', postcode: 'EH6' });
  const answer = await get('/address', 'alice', { method: 'POST', body });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/address?saved=1');
  const shown = await (await get('/address?saved=1', 'alice')).text();
  assert.match(shown, /Saved\. Your goods go to A &amp; &quot;B&quot;, &lt;script&gt;, Leith/);
  assert.doesNotMatch(await (await get('/address', 'bob')).text(), /Leith/);
});

test('an incomplete, oversized or wrongly typed form changes nothing', async (t) => {
  const { get } = await start(t);
  const post = async (init: RequestInit) => (await get('/address', 'alice', { method: 'POST', ...init })).status;
  assert.equal(await post({ body: new URLSearchParams({ company: 'X' }) }), 400);
  assert.equal(await post({ body: new URLSearchParams({ company: 'x'.repeat(20_000) }) }), 413);
  assert.equal(await post({ body: '{}', headers: { 'content-type': 'application/json' } }), 415);
  assert.match(await (await get('/address', 'alice')).text(), /Northquay Chandlers/);
});

test('an upload by form is counted and hashed without the wrapping', async (t) => {
  const { get } = await start(t);
  const content = Buffer.alloc(3_000_000, 'line\r\n--');
  const body = new FormData();
  body.set('file', new Blob([content]), 'plan <1>.txt');
  const text = await (await get('/upload', 'alice', { method: 'POST', body })).text();
  assert.match(text, /Received plan &lt;1&gt;\.txt: 3000000 bytes/);
  assert.ok(text.includes(createHash('sha256').update(content).digest('hex')));
});

test('a bare upload is counted and hashed, answered in JSON', async (t) => {
  const { get } = await start(t);
  const body = Buffer.alloc(1_000_001, 7);
  const headers = { 'content-type': 'application/octet-stream' };
  const answer = await get('/upload', 'alice', { method: 'POST', body, headers });
  const sha256 = createHash('sha256').update(body).digest('hex');
  assert.deepEqual(await answer.json(), { fileName: '', bytes: body.length, sha256 });
});

test('a download has the size that was asked for; HEAD tells it without sending it', async (t) => {
  const { get } = await start(t);
  const answer = await get('/download/catalogue?mb=3', 'alice');
  assert.equal(answer.headers.get('content-length'), String(3 * 1024 * 1024));
  assert.equal((await answer.arrayBuffer()).byteLength, 3 * 1024 * 1024);
  const head = await get('/download/catalogue?mb=4096', 'alice', { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), String(4096 * 1024 * 1024));
  for (const mb of ['0', '-1', '4097', '1e3', 'x', '']) {
    assert.equal((await get(`/download/catalogue?mb=${mb}`, 'alice')).status, 400, mb);
  }
});

test('the clock tells the time as server-sent events', async (t) => {
  const { get } = await start(t);
  const answer = await get('/clock/events', 'alice');
  assert.equal(answer.headers.get('content-type'), 'text/event-stream');
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if ((text.match(/^data: /gm) ?? []).length >= 2) break;
  }
  assert.match(text, /^data: \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/m);
});

test('whoami shows the claims in words and never the assertion itself', async (t) => {
  const { get, issuer } = await start(t);
  const token = signed(issuer, headOf(issuer), { ...claimsOf(issuer), extra: '<i>x' });
  const answer = await get('/whoami', undefined, { headers: { 'sallyport-assertion': token } });
  const text = await answer.text();
  for (const claim of ['iss', 'aud', 'sub', 'name', 'amr', 'auth_time', 'exp', 'jti', 'extra']) {
    assert.match(text, new RegExp(`<th scope="row">${claim}</th>`), claim);
  }
  assert.match(text, /&lt;i&gt;x/);
  assert.ok(!text.includes(token.split('.')[1] ?? token));
});

test('unknown addresses, methods and targets are refused after the assertion', async (t) => {
  const { get } = await start(t);
  assert.equal((await get('/nothing', 'alice')).status, 404);
  assert.equal((await get('/orders', 'alice', { method: 'DELETE' })).status, 404);
  assert.equal((await get('//evil.example/', 'alice')).status, 400);
});

test('when the keys cannot be read the answer is 503, not the page', async (t) => {
  const { get, issuer } = await start(t);
  await issuer.close();
  const answer = await get('/', 'alice');
  assert.equal(answer.status, 503);
  assert.doesNotMatch(await answer.text(), /orders/);
});

function open({ origin, issuer }: Bench, name: string | undefined, path = '/chat/socket'): WebSocket {
  const headers = name === undefined ? {} : { 'sallyport-assertion': goodAssertion(issuer, name) };
  return new WebSocket(origin.replace('http', 'ws') + path, { headers });
}

test('what one says in the chat all hear, under the name of the assertion', async (t) => {
  const bench = await start(t);
  const alice = open(bench, 'alice');
  const bob = open(bench, 'bob');
  await Promise.all([once(alice, 'open'), once(bob, 'open')]);
  const heard = Promise.all([once(alice, 'message'), once(bob, 'message')]);
  alice.send(JSON.stringify({ who: 'admin', text: 'hello' }));
  for (const [data] of await heard) {
    const said = JSON.parse(String(data));
    assert.equal(said.who, 'alice');
    assert.equal(said.text, '{"who":"admin","text":"hello"}');
  }
  assert.match(await (await bench.get('/chat', 'bob')).text(), /alice<\/span> \{&quot;who&quot;/);
  alice.close();
  bob.close();
  await Promise.all([once(alice, 'close'), once(bob, 'close')]);
});

test('the chat answers pings and the closing handshake', async (t) => {
  const alice = open(await start(t), 'alice');
  await once(alice, 'open');
  alice.ping('are you there');
  assert.equal(String((await once(alice, 'pong'))[0]), 'are you there');
  alice.close(1000);
  assert.equal((await once(alice, 'close'))[0], 1000);
});

test('a message that is too long or binary ends the connection with the code of RFC 6455', async (t) => {
  const bench = await start(t);
  for (const [message, code] of [
    ['x'.repeat(70_000), 1009],
    [Buffer.from([1]), 1003],
  ] as const) {
    const alice = open(bench, 'alice');
    await once(alice, 'open');
    alice.send(message);
    assert.equal((await once(alice, 'close'))[0], code);
  }
});

test('a form says something in the chat too', async (t) => {
  const bench = await start(t);
  const alice = open(bench, 'alice');
  await once(alice, 'open');
  const heard = once(alice, 'message');
  const answer = await bench.get('/chat', 'bob', { method: 'POST', body: new URLSearchParams({ text: ' ahoy ' }) });
  assert.equal(answer.status, 303);
  assert.deepEqual({ ...JSON.parse(String((await heard)[0])), at: '' }, { who: 'bob', text: 'ahoy', at: '' });
  alice.close();
  await once(alice, 'close');
});

test('an upgrade without an assertion gets 403, one to another address 400', async (t) => {
  const bench = await start(t);
  for (const [socket, status] of [
    [open(bench, undefined), 403],
    [open(bench, 'alice', '/orders'), 400],
  ] as const) {
    socket.on('error', () => {});
    const [, response] = await once(socket, 'unexpected-response');
    assert.equal(response.statusCode, status);
    socket.terminate();
  }
});

test('closing the portal says goodbye to open chats', async () => {
  const issuer = await startIssuer();
  const portal = createPortal({ ...issuer, clock: systemClock });
  await new Promise<void>((resolve) => portal.server.listen(0, '127.0.0.1', resolve));
  // A cast: a TCP server that listens has an AddressInfo.
  const origin = `http://127.0.0.1:${(portal.server.address() as AddressInfo).port}`;
  const alice = open({ issuer, origin, get: () => Promise.reject(new Error('unused')) }, 'alice');
  await once(alice, 'open');
  const closed = once(alice, 'close');
  await portal.close();
  assert.equal((await closed)[0], 1001);
  await issuer.close();
});

function spawnPortal(args: readonly string[]): ChildProcess {
  return spawn(process.execPath, ['src/demo/portal.ts', ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
}

for (const [how, end] of [
  ['its standard input ends', (child: ChildProcess) => child.stdin?.end()],
  ['SIGTERM arrives', (child: ChildProcess) => child.kill('SIGTERM')],
] as const) {
  test(`the process prints its port, serves, and ends when ${how}`, async (t) => {
    const issuer = await startIssuer();
    t.after(() => issuer.close());
    const child = spawnPortal([
      '--port',
      '0',
      '--jwks',
      issuer.jwksUrl.href,
      '--issuer',
      issuer.issuer,
      '--audience',
      'portal',
    ]);
    t.after(() => child.kill('SIGKILL'));
    const exited = once(child, 'exit');
    assert.ok(child.stdout);
    const [line] = await once(createInterface(child.stdout), 'line');
    const { port } = JSON.parse(String(line));
    const headers = { 'sallyport-assertion': goodAssertion(issuer) };
    const clock = await fetch(`http://127.0.0.1:${port}/clock/events`, { headers });
    assert.equal(clock.status, 200);
    end(child);
    assert.deepEqual(await exited, [0, null]);
    await assert.rejects(clock.text());
  });
}

test('arguments that are not understood end the process with 2 and one line of usage', async () => {
  for (const args of [
    [],
    ['--port', '99999'],
    ['--jwks', 'nonsense', '--issuer', 'x', '--audience', 'y'],
    ['--what'],
  ]) {
    const child = spawnPortal(args);
    let said = '';
    child.stderr?.on('data', (chunk) => {
      said += String(chunk);
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 2);
    assert.match(said, /^usage: [^\n]+\n$/);
  }
});
