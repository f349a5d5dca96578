import assert from 'node:assert/strict';
import test from 'node:test';
import { type Guarded, startGuarded, testApp } from '../support/guarded.ts';
import { parseAnswer, type RawOptions, raw } from '../support/raw.ts';
import { answer, type Behaviour, bytes, type RecordingUpstream, startUpstream } from '../support/upstream.ts';

let upstream: RecordingUpstream;
let guarded: Guarded;

test.before(async () => {
  upstream = await startUpstream();
  guarded = await startGuarded(testApp(upstream.origin, { connections: 1, firstByteTimeoutMs: 400 }));
});
test.after(async () => {
  await guarded.close();
  await upstream.close();
});
test.beforeEach(() => upstream.clear());

function ask(path: string, method = 'GET', body: string | null = null, options: RawOptions = {}) {
  const length = body === null ? [] : [`Content-Length: ${body.length}`];
  const head = [`${method} ${path} HTTP/1.1`, 'Host: app.test', 'Connection: close', ...length].join('\r\n');
  return raw(guarded.port, `${head}\r\n\r\n${body ?? ''}`, options);
}

const LAST = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-App: 1\r\n\r\nlast';

/** Bytes in pieces of that size, so that heads are cut anywhere. */
function pieces(text: string, size: number): Behaviour {
  return (socket) => {
    let at = 0;
    const next = (): void => {
      if (at >= text.length || socket.destroyed) return;
      socket.write(text.slice(at, at + size), 'latin1', () => setImmediate(next));
      at += size;
    };
    next();
  };
}

const INTERIM = [
  'HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 100 \r\nX-Early: 1\r\n\r\n',
  'HTTP/1.0 100 Continue\r\n\r\n',
  'HTTP/1.1 102 Processing\r\n\r\n',
  'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nSet-Cookie: early=1\r\n\r\n',
  'HTTP/1.1 110 Something\r\nX-Early: HTTP/1.1 100 Continue\r\n\r\n',
  'HTTP/1.1 199 \r\n\r\n',
  `${'HTTP/1.1 100 Continue\r\n\r\n'.repeat(20)}`,
  'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n',
];

test('interim answers that nobody asked for are skipped, however many, of any kind, cut anywhere', async () => {
  for (const interim of INTERIM)
    for (const size of [1, 7, 1 << 20])
      for (const [method, body] of [
        ['GET', null],
        ['POST', 'abc'],
        ['HEAD', null],
      ] as const) {
        const last = method === 'HEAD' ? LAST.slice(0, -4) : LAST;
        upstream.on('/interim', pieces(interim + last, size));
        const got = parseAnswer((await ask('/interim', method, body)).text, method === 'HEAD');
        const where = `${JSON.stringify(interim.slice(0, 60))} in ${size} by ${method}`;
        assert.equal(got.status, 200, where);
        assert.equal(got.body, method === 'HEAD' ? '' : 'last', where);
        assert.equal(got.header('x-early'), undefined);
        assert.deepEqual(got.all('set-cookie'), []);
      }
});

test('a body that looks like interim answers is passed byte for byte', async () => {
  const body = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 100 Continue\r\n\r\n';
  for (const size of [1, 1 << 20]) {
    upstream.on(
      '/body',
      pieces(`HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`, size),
    );
    assert.equal(parseAnswer((await ask('/body')).text).body, body);
  }
});

test('interim answers without end are an error, and put no limit off', async () => {
  upstream.on('/flood', bytes('HTTP/1.1 100 Continue\r\n\r\n'.repeat(5000) + LAST));
  assert.equal(parseAnswer((await ask('/flood')).text).status, 502);
  upstream.on('/drip', (socket) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 20);
    socket.once('close', () => clearInterval(timer));
  });
  const late = await ask('/drip', 'GET', null, { deadlineMs: 5000 });
  assert.equal(parseAnswer(late.text).status, 504);
});

test('101 unasked is an error, after interim answers too', async () => {
  const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nsecret';
  for (const before of ['', 'HTTP/1.1 100 Continue\r\n\r\n']) {
    upstream.on('/101', bytes(before + switched));
    const got = await ask('/101');
    assert.equal(parseAnswer(got.text).status, 502);
    assert.ok(!got.text.includes('secret'));
  }
});

test('trailers of answers are dropped, and the body before them is whole', async () => {
  const body = '4\r\nbody\r\n0\r\nX-Sum: 1\r\nSet-Cookie: late=1\r\n\r\n';
  upstream.on('/trailers', bytes(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n${body}`));
  for (let i = 0; i < 2; i += 1) {
    const { text } = await ask('/trailers');
    assert.equal(parseAnswer(text).body, 'body');
    assert.ok(parseAnswer(text).whole);
    assert.ok(!/x-sum|late=1|trailer/i.test(text.replace(/transfer-encoding/gi, '')));
  }
});

/** What comes on a connection that has answered before is met as `again` says; on a fresh one it is answered. */
function closing(again: Behaviour, fresh: Behaviour = answer('fine')): Behaviour {
  const used = new Set<number>();
  return (socket, request) => {
    if (used.has(request.connection)) again(socket, request);
    else {
      used.add(request.connection);
      fresh(socket, request);
    }
  };
}

const CLOSERS: Readonly<Record<string, Behaviour>> = {
  FIN: (socket) => void socket.end(),
  RST: (socket) => void socket.resetAndDestroy(),
};

for (const [name, close] of Object.entries(CLOSERS)) {
  test(`a kept connection that the app closes as we use it (${name}): what is safe is sent once more, and nothing else`, async () => {
    const table = [
      ['GET', null, 200, 2],
      ['HEAD', null, 200, 2],
      ['OPTIONS', null, 200, 2],
      ['GET', 'abc', 502, 1],
      ['POST', 'abc', 502, 1],
      ['POST', '', 502, 1],
      ['PUT', 'abc', 502, 1],
      ['DELETE', null, 502, 1],
      ['PROPFIND', null, 502, 1],
    ] as const;
    for (const [method, body, status, times] of table) {
      upstream.on('/kept', closing(close));
      assert.equal(parseAnswer((await ask('/kept')).text).status, 200);
      upstream.clear();
      const got = parseAnswer((await ask('/kept', method, body)).text, method === 'HEAD');
      assert.equal(got.status, status, `${method} ${body}`);
      assert.equal(upstream.hits, times, `${method} ${body}`);
    }
  });

  test(`it is sent no third time, and a fresh connection that breaks is no reason (${name})`, async () => {
    let first = true;
    const once: Behaviour = (socket, request) => {
      if (first) answer('fine')(socket, request);
      else close(socket, request);
      first = false;
    };
    upstream.on('/broken', once);
    assert.equal(parseAnswer((await ask('/broken')).text).status, 200);
    upstream.clear();
    assert.equal(parseAnswer((await ask('/broken')).text).status, 502);
    assert.equal(upstream.hits, 2);
    upstream.clear();
    assert.equal(parseAnswer((await ask('/broken')).text).status, 502);
    assert.equal(upstream.hits, 1);
  });

  test(`nothing is sent once more after a byte of an answer (${name})`, async () => {
    for (const begun of [
      'H',
      '\r\n',
      'HTTP/1.1 2',
      'HTTP/1.1 100 Continue\r\n\r\n',
      'HTTP/1.1 103 Early Hints\r\n\r\n',
      'HTTP/1.1 200 OK\r\n',
    ]) {
      const half: Behaviour = (socket, request) => {
        socket.write(begun, 'latin1', () => setTimeout(() => close(socket, request), 20));
      };
      upstream.on('/half', closing(half));
      assert.equal(parseAnswer((await ask('/half')).text).status, 200);
      upstream.clear();
      assert.equal(parseAnswer((await ask('/half')).text).status, 502, JSON.stringify(begun));
      assert.equal(upstream.hits, 1, JSON.stringify(begun));
    }
  });
}

test('an app that keeps connections for a moment only never fails who may ask again', async () => {
  upstream.on('/moment', (socket, request) => {
    answer('fine')(socket, request);
    setTimeout(() => socket.destroy(), 3);
  });
  for (let i = 0; i < 200; i += 1) {
    const got = await ask('/moment');
    assert.equal(parseAnswer(got.text).status, 200);
    await new Promise((resolve) => setTimeout(resolve, i % 5));
  }
});

test('whatever its framing, an answer that stands still is cut; an event stream has a limit of its own', async () => {
  const heads = {
    chunks: 'Transfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n',
    'no length': 'X-A: 1\r\n\r\nfirst',
    length: 'Content-Length: 10\r\n\r\nfirst',
    'head alone': 'Transfer-Encoding: chunked\r\n\r\n',
    'another kind of stream': 'Content-Type: text/event-streams\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n',
  };
  for (const [name, rest] of Object.entries(heads)) {
    upstream.on('/still', bytes(`HTTP/1.1 200 OK\r\n${rest}`));
    const got = await ask('/still', 'GET', null, { deadlineMs: 8000 });
    assert.notEqual(got.closed, 'deadline', name);
    if (name !== 'head alone') assert.ok(got.text.includes('first'), name);
    if (name !== 'no length') assert.equal(parseAnswer(got.text).whole, false, name);
    await upstream.until(() => upstream.requests.at(-1)?.closed === true);
  }
  upstream.on('/events', bytes('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\ndata: 1\n\n'));
  const waiting = await ask('/events', 'GET', null, { deadlineMs: 1200 });
  assert.equal(waiting.closed, 'deadline', 'longer than idle_timeout');
  const cut = await ask('/events', 'GET', null, { deadlineMs: 8000 });
  assert.notEqual(cut.closed, 'deadline');
});

test('an app that answers now and then is not cut', async () => {
  upstream.on('/slow', (socket) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    let left = 6;
    const timer = setInterval(() => {
      left -= 1;
      socket.write(left === 0 ? '0\r\n\r\n' : '1\r\nx\r\n');
      if (left === 0) clearInterval(timer);
    }, 200);
  });
  assert.equal(parseAnswer((await ask('/slow', 'GET', null, { deadlineMs: 8000 })).text).body, 'xxxxx');
});

test('a handshake is not disturbed by interim answers either', async () => {
  const switched = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nX-App: 1\r\n\r\n';
  const handshake = [
    'GET /socket HTTP/1.1',
    'Host: app.test',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  ].join('\r\n');
  for (const interim of INTERIM)
    for (const [last, status] of [
      [switched, 101],
      [LAST, 200],
    ] as const) {
      upstream.on('/socket', bytes(interim + last));
      const got = await raw(guarded.port, `${handshake}\r\n\r\n`, {
        deadlineMs: 600,
        until: (text) => /\r\n\r\n/.test(text),
      });
      assert.match(got.text, new RegExp(`^HTTP/1.1 ${status} `), interim);
      assert.ok(!got.text.includes('Early'));
    }
});
