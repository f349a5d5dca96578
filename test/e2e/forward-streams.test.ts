import assert from 'node:assert/strict';
import test from 'node:test';
import { type Guarded, startGuarded, testApp, testSession } from '../support/guarded.ts';
import { parseAnswer, raw, rawSocket } from '../support/raw.ts';
import {
  answer,
  answerAtEnd,
  download,
  type RecordingUpstream,
  stall,
  startUpstream,
  ticks,
} from '../support/upstream.ts';

const MB = 1024 * 1024;
let upstream: RecordingUpstream;
let guarded: Guarded;

test.before(async () => {
  upstream = await startUpstream();
  guarded = await startGuarded(testApp(upstream.origin, { connections: 16 }));
});
test.after(async () => {
  await guarded.close();
  await upstream.close();
});
test.beforeEach(() => {
  upstream.clear();
  guarded.session = testSession();
});

const request = (line: string, fields = '') => `${line} HTTP/1.1\r\nHost: app.test\r\n${fields}\r\n`;
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test('a client that does not read stops the app after bounded bytes, and gets everything when it reads on', async () => {
  const sent = { bytes: 0 };
  upstream.on('/big', download(64 * MB, sent));
  const socket = await rawSocket(guarded.port);
  socket.pause();
  socket.write(request('GET /big', 'Connection: close\r\n'));
  let last = -1;
  while (sent.bytes !== last || last === 0) {
    last = sent.bytes;
    await pause(150);
  }
  assert.ok(sent.bytes < 24 * MB, `the app could send ${sent.bytes} bytes`);
  let received = 0;
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      received += chunk.length;
    });
    socket.on('close', () => resolve());
    socket.resume();
  });
  assert.ok(received > 64 * MB);
  assert.equal(sent.bytes, 64 * MB);
});

test('an app that does not read stops the client after bounded bytes', async () => {
  upstream.on('/deaf', (socket) => void socket.pause());
  const socket = await rawSocket(guarded.port);
  socket.write(`${request('POST /deaf', `Content-Length: ${64 * MB}\r\n`)}x`);
  await upstream.until(() => upstream.hits === 1);
  const block = Buffer.alloc(MB, 'x');
  let accepted = 0;
  const until = performance.now() + 350;
  while (performance.now() < until && !socket.destroyed) {
    if (!socket.writableNeedDrain && accepted < 64 * MB) {
      socket.write(block);
      accepted += block.length;
    } else await pause(5);
  }
  socket.destroy();
  assert.ok(accepted < 32 * MB, `the client could send ${accepted} bytes`);
});

test('64 MB in both directions at flat memory', async () => {
  upstream.on('/down', download(64 * MB));
  upstream.on(
    '/up',
    answerAtEnd((seen) => String(seen.bodyBytes)),
  );
  const before = process.memoryUsage().rss;
  let peak = 0;
  const meter = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss);
  }, 10);
  const down = await rawSocket(guarded.port);
  let received = 0;
  down.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  down.write(request('GET /down', 'Connection: close\r\n'));
  await new Promise<void>((resolve) => down.on('close', () => resolve()));
  assert.ok(received > 64 * MB);
  const up = await rawSocket(guarded.port);
  let text = '';
  up.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  up.write(request('POST /up', `Connection: close\r\nContent-Length: ${64 * MB}\r\n`));
  const block = Buffer.alloc(MB, 'x');
  for (let i = 0; i < 64; i += 1) if (!up.write(block)) await new Promise<void>((resolve) => up.once('drain', resolve));
  await new Promise<void>((resolve) => up.on('close', () => resolve()));
  clearInterval(meter);
  assert.equal(parseAnswer(text).body, String(64 * MB));
  // Client, proxy and upstream share this process; none of the three holds a body.
  assert.ok(peak - before < 150 * MB, `grew by ${Math.round((peak - before) / MB)} MB`);
});

test('300 uploads broken off by their clients leave room for the next request', async () => {
  upstream.on('/slow', stall);
  const sockets = await Promise.all(Array.from({ length: 300 }, () => rawSocket(guarded.port)));
  for (const socket of sockets) socket.write(`${request('POST /slow', 'Content-Length: 1000\r\n')}part`);
  await pause(50);
  for (const socket of sockets) socket.destroy();
  const got = await raw(guarded.port, request('GET /next', 'Connection: close\r\n'), { deadlineMs: 30_000 });
  assert.equal(parseAnswer(got.text).body, 'ok');
  await upstream.until(() => upstream.requests.filter((seen) => seen.target === '/slow').every((seen) => seen.closed));
});

test('a client that leaves during a download ends the request at the app', async () => {
  upstream.on('/leave', download(64 * MB));
  const socket = await rawSocket(guarded.port);
  socket.write(request('GET /leave'));
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  socket.destroy();
  await upstream.until(() => upstream.requests[0]?.closed === true);
});

test('a client that leaves before the answer ends the request at the app, and no page is made for it', async () => {
  upstream.on('/never', stall);
  const socket = await rawSocket(guarded.port);
  socket.write(request('GET /never'));
  await upstream.until(() => upstream.hits === 1);
  const before = guarded.failures.length;
  socket.destroy();
  await upstream.until(() => upstream.requests[0]?.closed === true, 300);
  assert.equal(guarded.failures.length, before);
});

test('an early answer reaches the client while it is still sending', async () => {
  upstream.on('/early', answer('too large', '413 Content Too Large'));
  const socket = await rawSocket(guarded.port);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.write(request('POST /early', `Content-Length: ${4 * MB}\r\n`));
  const block = Buffer.alloc(64 * 1024, 'x');
  for (let i = 0; i < 64; i += 1) {
    socket.write(block);
    await pause(2);
  }
  socket.write(request('GET /after'));
  const end = performance.now() + 2000;
  while (!text.includes('\r\n\r\nok') && performance.now() < end) await pause(10);
  socket.destroy();
  const first = parseAnswer(text);
  assert.equal(first.status, 413);
  assert.equal(first.body, 'too large');
  // The rest of the body was read as body: the connection is still in step.
  assert.equal(parseAnswer(first.rest).body, 'ok');
});

test('after an early answer a body without end is not read for ever', async () => {
  upstream.on('/endless', answer('no', '413 Content Too Large'));
  const socket = await rawSocket(guarded.port);
  socket.resume();
  socket.write(request('POST /endless', 'Transfer-Encoding: chunked\r\n'));
  const block = Buffer.concat([Buffer.from('10000\r\n'), Buffer.alloc(65_536, 'x'), Buffer.from('\r\n')]);
  let sent = 0;
  const end = performance.now() + 3000;
  while (!socket.destroyed && performance.now() < end) {
    if (socket.writableNeedDrain) await pause(1);
    else {
      socket.write(block);
      sent += block.length;
      if (sent % (16 * block.length) === 0) await pause(1);
    }
  }
  assert.ok(socket.destroyed, `still open after ${sent} bytes`);
});

test('a slow upload outlives the limit for the first byte, and counts as activity', async () => {
  upstream.on(
    '/slowly',
    answerAtEnd((seen) => String(seen.bodyBytes)),
  );
  guarded.session.lastSeenAt -= 30_000;
  const before = guarded.session.lastSeenAt;
  const socket = await rawSocket(guarded.port);
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  socket.write(request('POST /slowly', 'Connection: close\r\nContent-Length: 8\r\n'));
  for (let i = 0; i < 8; i += 1) {
    await pause(150);
    socket.write('x');
  }
  await new Promise<void>((resolve) => socket.on('close', () => resolve()));
  assert.equal(parseAnswer(text).body, '8');
  assert.ok(guarded.session.lastSeenAt > before + 29_000);
});

test('an upload that stands still is cut', async () => {
  upstream.on('/stuck', stall);
  const got = await raw(guarded.port, `${request('POST /stuck', 'Content-Length: 10\r\n')}x`, { deadlineMs: 3000 });
  assert.notEqual(got.closed, 'deadline');
  await upstream.until(() => upstream.requests[0]?.closed === true);
});

test('the end of a session cuts its downloads and streams: no byte arrives a second later', async () => {
  upstream.on('/long', download(4096 * MB));
  upstream.on('/ticks', ticks(10));
  for (const path of ['/long', '/ticks']) {
    guarded.session = testSession();
    const socket = await rawSocket(guarded.port);
    let lastByteAt = 0;
    let closedAt = 0;
    socket.on('data', () => {
      lastByteAt = performance.now();
    });
    const closed = new Promise<void>((resolve) =>
      socket.on('close', () => {
        closedAt = performance.now();
        resolve();
      }),
    );
    socket.write(request(`GET ${path}`));
    await upstream.until(() => upstream.hits > 0 && lastByteAt > 0);
    assert.equal(guarded.session.busy, true);
    const endedAt = performance.now();
    guarded.session.end();
    await closed;
    assert.ok(lastByteAt - endedAt < 1000 && closedAt - endedAt < 1000, `${lastByteAt - endedAt} ms`);
    await upstream.until(() => upstream.requests.every((seen) => seen.closed));
    upstream.clear();
  }
});

test('a slow reader gets nothing of what was queued for it when the session ended', async () => {
  const sent = { bytes: 0 };
  upstream.on('/queued', download(64 * MB, sent));
  const socket = await rawSocket(guarded.port);
  socket.pause();
  socket.write(request('GET /queued'));
  await upstream.until(() => sent.bytes > MB);
  await pause(100);
  guarded.session.end();
  await pause(100);
  let error = '';
  socket.on('error', (fault: NodeJS.ErrnoException) => {
    error = fault.code ?? '';
  });
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  socket.resume();
  await closed;
  assert.equal(error, 'ECONNRESET');
});

test('a session that has ended already sends nothing', async () => {
  guarded.session.end();
  await raw(guarded.port, request('GET /x', 'Connection: close\r\n'));
  upstream.silent();
});

test('a finished request is no longer registered with its session, even when that was rotated meanwhile', async () => {
  upstream.on(
    '/held',
    answerAtEnd(() => 'done'),
  );
  const socket = await rawSocket(guarded.port);
  socket.resume();
  const first = guarded.session;
  const next = testSession('alice');
  socket.write(`${request('POST /held', 'Content-Length: 2\r\n')}x`);
  await upstream.until(() => upstream.hits === 1);
  first.handOver(next);
  assert.equal(next.busy, true);
  socket.write('x');
  await new Promise<void>((resolve) => socket.once('data', () => resolve()));
  assert.equal(next.busy, false);
  assert.equal(socket.destroyed, false);
  socket.destroy();
});

test('200 requests of two people at once are answered to those who asked', async () => {
  upstream.on('/who', (socket, seen) => {
    const late = Math.random() * 20;
    setTimeout(() => answer(`${seen.all('remote-user')[0]} ${seen.all('x-nonce')[0]}`)(socket, seen), late);
  });
  const people = { alice: testSession('alice'), bob: testSession('bob') };
  guarded.personOf = (asking) => (asking.headers['x-person'] === 'bob' ? people.bob : people.alice);
  const ask = async (i: number): Promise<void> => {
    const name = i % 2 === 0 ? 'alice' : 'bob';
    const got = await raw(
      guarded.port,
      request('GET /who', `X-Person: ${name}\r\nX-Nonce: ${i}\r\nConnection: close\r\n`),
    );
    assert.equal(parseAnswer(got.text).body, `${name} ${i}`);
  };
  await Promise.all(Array.from({ length: 200 }, (_, i) => ask(i)));
  guarded.personOf = null;
});
