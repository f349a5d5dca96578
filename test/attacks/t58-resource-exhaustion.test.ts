import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemRandom } from '../../src/lib/random.ts';
import type { WholeStore as Store } from '../../src/store/types.ts';
import { parseAnswer, rawSocket } from '../support/raw.ts';
import { type Sallyport, SESSION, startSallyport } from '../support/sallyport.ts';
import { answerAtEnd, download, stall, startUpstream, webSocketEcho } from '../support/upstream.ts';

const MIB = 1024 * 1024;

/** Looks sessions up only when `delay.until` has passed, as a store far away would. */
function slowed(opened: Store, delay: { until: Promise<unknown> }): Store {
  const sessions = new Proxy(opened.sessions, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      return async (...given: unknown[]) => {
        if (name === 'byHash') await delay.until;
        return value.apply(target, given) as unknown;
      };
    },
  });
  return new Proxy(opened, {
    get(target, name) {
      if (name === 'sessions') return sessions;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

async function sockets(sally: Sallyport, n: number): Promise<Socket[]> {
  const all: Socket[] = [];
  while (all.length < n) {
    const some = Math.min(50, n - all.length);
    all.push(...(await Promise.all(Array.from({ length: some }, () => rawSocket(sally.port)))));
  }
  return all;
}

async function until(holds: () => boolean, ms = 3000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error('what was waited for did not happen');
    await sleep(10);
  }
}

test('300 uploads aborted while the store is slow hold nothing, neither with a session nor without', async (t) => {
  const delay: { until: Promise<unknown> } = { until: Promise.resolve() };
  const sally = await startSallyport({ store: (opened) => slowed(opened, delay) });
  t.after(() => sally.close());
  const cookie = await sally.session('bob');
  const gate = Promise.withResolvers<void>();
  delay.until = gate.promise;
  const all = await sockets(sally, 300);
  for (const [n, socket] of all.entries()) {
    // A third has the good cookie, a third one that names nothing, a third none.
    const unknown = `${SESSION}=${Buffer.from(systemRandom(32)).toString('base64url')}`;
    const who = [`Cookie: ${cookie}\r\n`, `Cookie: ${unknown}\r\n`, ''][n % 3];
    socket.write(`POST /upload HTTP/1.1\r\nHost: app.test\r\n${who}Content-Length: 100000\r\n\r\nbegin`);
  }
  // A later connection is answered: those before it have been read, and wait for the store.
  await sally.healthy();
  await sleep(50);
  for (const socket of all) socket.destroy();
  await sally.healthy();
  setTimeout(gate.resolve, 300);
  const start = performance.now();
  const answer = await sally.send('GET', '/normal', { cookie });
  const took = performance.now() - start;
  t.diagnostic(`the next request took ${took.toFixed(0)} ms, of which the store took 300`);
  assert.equal(answer.status, 200);
  // Held connections would let it wait for as long as the app may take for its first byte.
  assert.ok(took < 15_000, `${took} ms`);
  await sleep(400);
  assert.deepEqual(
    sally.upstream.requests.map((request) => request.target),
    ['/normal'],
    'nobody who has gone is forwarded',
  );
});

test('300 uploads aborted after they reached the app leave its connections free', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on(
    '/upload',
    answerAtEnd(() => 'done'),
  );
  const cookie = await sally.session('bob');
  const all = await sockets(sally, 300);
  const upload = `POST /upload HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nContent-Length: 100000\r\n\r\nbegin`;
  for (const socket of all) socket.write(upload);
  await sally.upstream.until(() => sally.upstream.hits >= 128);
  for (const socket of all) socket.destroy();
  // Held connections would let this wait for as long as the app may take for its first byte.
  const answer = sally.send('GET', '/normal', { cookie });
  assert.equal((await Promise.race([answer, sleep(15_000, undefined, { ref: false })]))?.status, 200);
  await sally.upstream.until(() => sally.upstream.requests.every((r) => r.target === '/normal' || r.closed));
});

test('200 connections that never end their heads are closed, and disturb nobody', async (t) => {
  const sally = await startSallyport({ top: ['limits: { headers_timeout: 1s }'] });
  t.after(() => sally.close());
  const cookie = await sally.session('bob');
  const all = await sockets(sally, 200);
  let closed = 0;
  for (const [n, socket] of all.entries()) {
    socket.resume();
    socket.once('close', () => {
      closed += 1;
    });
    // Some say nothing at all, some stop in the request line, some go on for ever.
    if (n % 4 !== 0) socket.write(n % 4 === 1 ? 'GET / HT' : 'GET / HTTP/1.1\r\nHost: app.test\r\n');
  }
  const drip = setInterval(() => {
    for (const [n, socket] of all.entries()) if (n % 4 === 3 && !socket.destroyed) socket.write(`X-${n}: a\r\n`);
  }, 200);
  t.after(() => clearInterval(drip));
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  await until(() => closed === 200, 15_000);
  assert.equal(sally.upstream.hits, 1);
});

test('heads without measure are refused: large, many, long', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('bob');
  const head = `GET / HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n`;
  const heads = [
    `${head}X-A: ${'a'.repeat(17_000)}\r\n\r\n`,
    `${head}${'a'.repeat(17_000)}: x\r\n\r\n`,
    `${head}${'aaaa: bbbb\r\n'.repeat(4000)}\r\n`,
    `${head}${'Cookie: a=b\r\n'.repeat(2000)}\r\n`,
    `GET /${'a'.repeat(17_000)} HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\n\r\n`,
    `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nConnection: close\r\n\r\n`,
    `${'G'.repeat(20_000)}`,
  ];
  for (const text of heads) {
    const heard = await sally.raw(text);
    assert.match(heard.text, /^HTTP\/1\.1 (400|414|431) /, text.slice(0, 120));
    assert.equal(heard.closed === 'deadline', false);
  }
  sally.upstream.silent();
});

test('endless chunk extensions and trailers end the connection', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on(
    '/upload',
    answerAtEnd(() => 'done'),
  );
  const cookie = await sally.session('bob');
  const head = `POST /upload HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nTransfer-Encoding: chunked\r\n\r\n`;
  const floods: Record<string, (n: number) => string> = {
    'one extension': (n) => (n === 0 ? '1;a=' : 'a'.repeat(4096)),
    trailers: (n) => (n === 0 ? '0\r\n' : `X-${n}: ${'a'.repeat(4000)}\r\n`),
  };
  for (const [what, piece] of Object.entries(floods)) {
    const socket = await rawSocket(sally.port);
    let closed = false;
    socket.resume();
    socket.once('close', () => {
      closed = true;
    });
    socket.write(head);
    let sent = 0;
    for (let n = 0; n < 200 && !closed; n += 1) {
      const text = piece(n);
      sent += text.length;
      // A write that fails because the other side has closed is what is waited for.
      if (!socket.write(text)) await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {});
      await sleep(1);
    }
    await until(() => closed, 2000).catch(() => {
      socket.destroy();
      assert.fail(`${what}: ${sent} bytes taken and still open`);
    });
  }
  assert.ok(sally.upstream.requests.every((request) => !request.complete));
  await sally.healthy();
});

test('an upload that sends framing but no body is idle, and cut', async (t) => {
  const upstream = await startUpstream();
  upstream.on('*', stall);
  const block = `{ url: '${upstream.origin}', idle_timeout: 1s }`;
  const apps = ['  slow:', '    hosts: [slow.test]', '    origin: http://slow.test', `    upstream: ${block}`];
  const sally = await startSallyport({ upstream, apps: [...apps, '    realm: staff'] });
  t.after(async () => {
    await sally.close();
    await upstream.close();
  });
  const cookie = await sally.session('bob', { appId: 'slow' });
  const socket = await rawSocket(sally.port);
  socket.resume();
  // By a reset, too.
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(`POST / HTTP/1.1\r\nHost: slow.test\r\nCookie: ${cookie}\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const zeros = setInterval(() => socket.write('0'.repeat(1024)), 50);
  t.after(() => clearInterval(zeros));
  await Promise.race([closed, sleep(20_000, undefined, { ref: false }).then(() => assert.fail('still open'))]);
  assert.doesNotMatch(upstream.bytes.join(''), /00000/);
});

test('without a session no body is waited for, however it is framed', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  for (const line of ['Transfer-Encoding: chunked', 'Content-Length: 1000000000']) {
    const heard = await sally.raw(`POST /upload HTTP/1.1\r\nHost: app.test\r\n${line}\r\n\r\n`);
    assert.match(heard.text, /^HTTP\/1\.1 401 /);
    assert.equal(heard.closed, 'end');
  }
  const long = await sally.send('POST', '/.sallyport/sign-in', {
    headers: [
      ['Content-Type', 'application/json'],
      ['Content-Length', '1000000000'],
    ],
  });
  assert.equal(long.status, 413);
  sally.upstream.silent();
});

test('500 WebSockets opened and closed in every manner leave no tunnel and little memory', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  sally.upstream.on('/ws', webSocketEcho());
  const cookie = await sally.session('bob');
  const handshake = `GET /ws HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nOrigin: http://app.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n`;
  const round = async (): Promise<void> => {
    const all = await sockets(sally, 50);
    await Promise.all(
      all.map(async (socket, n) => {
        socket.write(handshake);
        if (n % 5 === 0) return socket.destroy();
        await once(socket, 'data');
        if (n % 5 === 1) socket.resetAndDestroy();
        // A masked close frame, a broken frame, an end, nothing but the end.
        else if (n % 5 === 2) socket.end(Buffer.from([0x88, 0x80, 0, 0, 0, 0]));
        else if (n % 5 === 3) socket.end(Buffer.from([0xff, 0xff, 0xff]));
        else socket.end();
        return undefined;
      }),
    );
    for (const socket of all) if (!socket.destroyed) socket.destroy();
    await until(() => sally.upstream.requests.every((request) => request.closed));
    sally.upstream.requests.length = 0;
  };
  await round();
  await round();
  const before = process.memoryUsage().heapUsed;
  for (let n = 0; n < 8; n += 1) await round();
  globalThis.gc?.();
  const grown = (process.memoryUsage().heapUsed - before) / MIB;
  t.diagnostic(`heap after 400 more WebSockets: ${grown.toFixed(1)} MiB more`);
  assert.ok(grown < 48, `${grown} MiB`);
  await sally.healthy();
});

test('a client that does not read stops the app, and an upload of 64 MiB passes, both in flat memory', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('bob');
  const sent = { bytes: 0 };
  sally.upstream.on('/large', download(1024 * MIB, sent));
  const all = await sockets(sally, 4);
  const before = process.memoryUsage().rss;
  for (const socket of all) {
    socket.pause();
    socket.write(sally.request('GET', '/large', { cookie }));
  }
  let held = -1;
  for (let i = 0; i < 30 && held !== sent.bytes; i += 1) {
    held = sent.bytes;
    await sleep(500);
  }
  assert.equal(sent.bytes, held, 'the app is not asked for more');
  assert.ok(held < 64 * MIB, `${held / MIB} MiB were taken in for a client that does not read`);
  t.diagnostic(
    `paused: ${(held / MIB).toFixed(1)} MiB under way, RSS ${((process.memoryUsage().rss - before) / MIB).toFixed(0)} MiB more`,
  );
  assert.ok(process.memoryUsage().rss - before < 160 * MIB);
  for (const socket of all) socket.destroy();

  sally.upstream.on(
    '/upload',
    answerAtEnd((request) => `${request.bodyBytes}`),
  );
  const socket = await rawSocket(sally.port);
  const size = 64 * MIB;
  const start = process.memoryUsage().rss;
  socket.write(
    `POST /upload HTTP/1.1\r\nHost: app.test\r\nCookie: ${cookie}\r\nContent-Length: ${size}\r\nConnection: close\r\n\r\n`,
  );
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const block = Buffer.alloc(256 * 1024, 'y');
  let peak = 0;
  for (let n = 0; n < size / block.length; n += 1) {
    if (!socket.write(block)) await once(socket, 'drain');
    peak = Math.max(peak, process.memoryUsage().rss - start);
  }
  await until(() => text.includes('\r\n\r\n') && parseAnswer(text).whole);
  assert.equal(parseAnswer(text).body, String(size));
  t.diagnostic(
    `64 MiB up: RSS at most ${(peak / MIB).toFixed(0)} MiB more, with sender and receiver in the same process`,
  );
  assert.ok(peak < 160 * MIB, `${peak / MIB} MiB`);
  socket.destroy();
});
