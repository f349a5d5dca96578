import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test from 'node:test';
import { WebSocket } from 'ws';
import { rawSocket } from '../support/raw.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { ticks, webSocketEcho } from '../support/upstream.ts';

type Lines = Parameters<Sallyport['load']>[0];

const HEADERS = (cookie: string) => ({ Host: 'app.test', Cookie: cookie, Origin: 'http://app.test' });

async function socketAt(sally: Sallyport, path: string, cookie: string): Promise<WebSocket> {
  const socket = new WebSocket(`ws://127.0.0.1:${sally.port}${path}`, { headers: HEADERS(cookie) });
  await once(socket, 'open');
  return socket;
}

async function streamAt(sally: Sallyport, path: string, cookie?: string): Promise<Socket> {
  const socket = await rawSocket(sally.port);
  let bytes = 0;
  socket.on('data', (chunk) => {
    bytes += chunk.length;
  });
  socket.write(sally.request('GET', path, cookie === undefined ? {} : { cookie }));
  await until(() => bytes > 200);
  return socket;
}

/** Open at `/a` and `/b` before the change; whether each is still open after it. */
interface Case {
  readonly before?: Lines;
  readonly after?: Lines;
  /** What else changes, besides a reload. */
  readonly change?: (sally: Sallyport) => Promise<unknown>;
  readonly groups?: readonly string[];
  readonly ageMs?: number;
  readonly cut: boolean;
}

const rule = (text: string): Lines => ({ app: [`    rules: [{ path: /a/**, ${text} }]`] });

const CASES: Readonly<Record<string, Case>> = {
  'a rule that asks for a group': { after: rule('groups: [ops]'), cut: true },
  'a rule that asks for a group which the account has': { after: rule('groups: [ops]'), groups: ['ops'], cut: false },
  'a rule for a fresh factor, opened with an old one': { after: rule('max_age: 5m'), ageMs: 600_000, cut: true },
  'a rule for a fresh factor, opened with a fresh one': { after: rule('max_age: 5m'), cut: false },
  'a rule that is loosened': { before: rule('groups: [ops]'), after: { app: [] }, groups: ['ops'], cut: false },
  'the group is taken from the account': {
    before: rule('groups: [ops]'),
    groups: ['ops', 'staff'],
    change: async ({ app }) => {
      const [account] = await app.store.accounts.list();
      await app.store.accounts.update(account?.id ?? '', { groups: ['staff'] });
    },
    cut: true,
  },
  'another group is taken from the account': {
    before: rule('groups: [ops]'),
    groups: ['ops', 'staff'],
    change: async ({ app }) => {
      const [account] = await app.store.accounts.list();
      await app.store.accounts.update(account?.id ?? '', { groups: ['ops'] });
    },
    cut: false,
  },
};

for (const [name, { before = {}, after, change, groups, ageMs, cut }] of Object.entries(CASES)) {
  test(`${name}: what is open ${cut ? 'is cut' : 'stays'}`, async (t) => {
    const sally = await startSallyport(before);
    for (const path of ['/a/ws', '/b/ws']) sally.upstream.on(path, webSocketEcho());
    for (const path of ['/a/events', '/b/events']) sally.upstream.on(path, ticks(20));
    const cookie = await sally.session('alice', { ...(groups && { groups }), ...(ageMs && { ageMs }) });
    const judged = [await socketAt(sally, '/a/ws', cookie), await streamAt(sally, '/a/events', cookie)] as const;
    const other = [await socketAt(sally, '/b/ws', cookie), await streamAt(sally, '/b/events', cookie)] as const;
    t.after(async () => {
      for (const each of [judged[0], other[0]]) each.terminate();
      for (const each of [judged[1], other[1]]) each.destroy();
      await sally.close();
    });
    const closing = cut ? once(judged[0], 'close') : null;
    if (after !== undefined) await sally.app.reload(await sally.load(after));
    await change?.(sally);
    if (closing !== null) {
      assert.equal((await closing)[0], 1008);
      await until(() => judged[1].destroyed);
    }
    // What may stay still speaks after the change has been obeyed.
    for (const socket of cut ? [other[0]] : [judged[0], other[0]]) {
      socket.send('still here');
      await once(socket, 'message');
    }
    assert.equal(other[1].destroyed, false);
    assert.equal(judged[1].destroyed, cut);
  });
}

test('a stream by an exemption ends with the exemption', async (t) => {
  const exempt = {
    app: ['    exemptions: [{ method: GET, path: /open, reason: r, owner: o, expires: 2099-12-31 }]'],
  };
  const sally = await startSallyport(exempt);
  t.after(() => sally.close());
  sally.upstream.on('/open', ticks(20));
  const open = await streamAt(sally, '/open');
  t.after(() => open.destroy());
  await sally.app.reload(await sally.load(exempt));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(open.destroyed, false);
  await sally.app.reload(await sally.load({ app: [] }));
  await until(() => open.destroyed);
});

test('a socket from another origin ends when that origin is taken off the list', async (t) => {
  const listed = { app: ['    websocket_origins: [https://other.test]'] };
  const sally = await startSallyport(listed);
  t.after(() => sally.close());
  sally.upstream.on('/ws', webSocketEcho());
  const cookie = await sally.session('alice');
  const headers = { ...HEADERS(cookie), Origin: 'https://other.test' };
  const socket = new WebSocket(`ws://127.0.0.1:${sally.port}/ws`, { headers });
  await once(socket, 'open');
  const closed = once(socket, 'close');
  await sally.app.reload(await sally.load({ app: [] }));
  assert.equal((await closed)[0], 1008);
});

test('a stop tells WebSockets that the server goes away', async () => {
  const sally = await startSallyport();
  sally.upstream.on('/ws', webSocketEcho());
  const socket = await socketAt(sally, '/ws', await sally.session('alice'));
  const closed = once(socket, 'close');
  await sally.close();
  assert.equal((await closed)[0], 1001);
});

test('a frame of ours is never put into the middle of one of the app’s', async () => {
  const sally = await startSallyport();
  const echo = webSocketEcho();
  sally.upstream.on('/ws', (socket, request) => {
    echo(socket, request);
    // A text frame of 100 bytes, of which 10 are sent.
    setTimeout(() => socket.write(Buffer.concat([Buffer.from([0x81, 100]), Buffer.alloc(10, 'x')])), 50);
  });
  const socket = await rawSocket(sally.port);
  const key = Buffer.alloc(16, 1).toString('base64');
  const cookie = await sally.session('alice');
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nOrigin: http://app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  await until(() => text.endsWith('x'.repeat(10)));
  await sally.close();
  await until(() => socket.destroyed);
  assert.ok(text.endsWith(`\x81d${'x'.repeat(10)}`));
});
