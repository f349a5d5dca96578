import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { type Guarded, startGuarded, testApp } from '../support/guarded.ts';
import { parseAnswer, type RawOptions, raw } from '../support/raw.ts';
import { type Behaviour, type RecordingUpstream, startUpstream } from '../support/upstream.ts';

let upstream: RecordingUpstream;
let guarded: Guarded;

test.before(async () => {
  upstream = await startUpstream();
  guarded = await startGuarded(testApp(upstream.origin));
});
test.after(async () => {
  await guarded.close();
  await upstream.close();
});

/** Every octet that a field's value may hold beyond ASCII (RFC 9110 §5.5, obs-text). */
const OCTETS = Array.from({ length: 128 }, (_, i) => String.fromCharCode(0x80 + i));
const RESUME = Buffer.from('attachment; filename="résumé 中文.pdf"').toString('latin1');

/** How an answer ends, and whether its head leaves before its body. */
const FRAMINGS: Readonly<Record<string, { field: string | null; body: string; late?: boolean }>> = {
  length: { field: 'Content-Length: 4', body: 'body' },
  'length, late': { field: 'Content-Length: 4', body: 'body', late: true },
  empty: { field: 'Content-Length: 0', body: '' },
  chunks: { field: 'Transfer-Encoding: chunked', body: '4\r\nbody\r\n0\r\n\r\n' },
  'chunks, late': { field: 'Transfer-Encoding: chunked', body: '4\r\nbody\r\n0\r\n\r\n', late: true },
  close: { field: null, body: 'body' },
};

interface Shape {
  readonly method: 'GET' | 'HEAD';
  readonly status: number;
  readonly framing: string;
  /** Where the framing stands among the fields. */
  readonly at: number;
  readonly fields: readonly string[];
}

function behaviour({ method, status, framing, at, fields }: Shape): Behaviour {
  const { field, body, late = false } = FRAMINGS[framing] ?? { field: null, body: '' };
  const bodiless = method === 'HEAD' || status === 204 || status === 304;
  const lines = [...fields];
  if (field !== null && status !== 204) lines.splice(Math.min(at, lines.length), 0, field);
  return (socket) => {
    const head = [`HTTP/1.1 ${status} Fine`, ...lines].join('\r\n');
    socket.write(`${head}\r\n\r\n`, 'latin1');
    if (bodiless) return;
    const rest = (): void => {
      if (field === null) socket.end(body);
      else socket.write(body);
    };
    if (late) setTimeout(rest, 5);
    else rest();
  };
}

async function through(shape: Shape, options: RawOptions = {}) {
  upstream.on('/shape', behaviour(shape));
  const head = `${shape.method} /shape HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n`;
  const { text } = await raw(guarded.port, head, options);
  return parseAnswer(text, shape.method === 'HEAD');
}

const value = fc
  .array(fc.oneof(fc.constantFrom(...OCTETS), fc.constantFrom('a', '"', ';', '=', ' ')), {
    minLength: 1,
    maxLength: 24,
  })
  .map((parts) => `x${parts.join('')}x`);
const name = fc.constantFrom(
  'Content-Disposition',
  'content-disposition',
  'X-App',
  'Location',
  'Link',
  'Refresh',
  'Content-Location',
  'Set-Cookie',
  'ETag',
  'Vary',
  'WWW-Authenticate',
);

test('every octet of every field of an answer arrives as it came, in any order and framing', async () => {
  const shape = fc.record({
    method: fc.constantFrom<'GET' | 'HEAD'>('GET', 'GET', 'HEAD'),
    status: fc.constantFrom(200, 200, 204, 304, 404, 302),
    framing: fc.constantFrom(...Object.keys(FRAMINGS)),
    at: fc.nat(5),
    pairs: fc.uniqueArray(fc.tuple(name, value), {
      minLength: 1,
      maxLength: 5,
      selector: ([key]) => key.toLowerCase(),
    }),
  });
  await fc.assert(
    fc.asyncProperty(shape, async ({ pairs, ...rest }) => {
      const got = await through({ ...rest, fields: pairs.map(([key, text]) => `${key}: ${text}`) });
      assert.equal(got.status, rest.status);
      for (const [key, text] of pairs) assert.deepEqual(got.all(key), [text]);
    }),
    { numRuns: 300 },
  );
});

test('all 128 octets at once, in each framing, before and after it, with and without a body', async () => {
  const all = OCTETS.join('');
  for (const framing of Object.keys(FRAMINGS))
    for (const at of [0, 9])
      for (const method of ['GET', 'HEAD'] as const) {
        const fields = [`Content-Disposition: ${RESUME}`, `X-All: ${all}`];
        const got = await through({ method, status: 200, framing, at, fields });
        const where = `${framing}, ${at}, ${method}`;
        assert.equal(got.status, 200, where);
        assert.deepEqual(got.all('content-disposition'), [RESUME], where);
        assert.deepEqual(got.all('x-all'), [all], where);
        if (method === 'GET') assert.equal(got.body, framing === 'empty' ? '' : 'body', where);
      }
});

test('the fields of a request reach the app octet for octet', async () => {
  upstream.on('/in', (socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'));
  const all = OCTETS.join('');
  for (const body of ['', 'abc']) {
    upstream.clear();
    const fields = [`Content-Disposition: ${RESUME}`, `X-All: ${all}`, `Cookie: a=${all}`, `Referer: /${all}`];
    const head = [
      'POST /in HTTP/1.1',
      'Host: app.test',
      'Connection: close',
      `Content-Length: ${body.length}`,
      ...fields,
    ];
    await raw(guarded.port, `${head.join('\r\n')}\r\n\r\n${body}`);
    assert.deepEqual(upstream.requests[0]?.all('content-disposition'), [RESUME]);
    assert.deepEqual(upstream.requests[0]?.all('x-all'), [all]);
    assert.deepEqual(upstream.requests[0]?.all('cookie'), [`a=${all}`]);
    assert.deepEqual(upstream.requests[0]?.all('referer'), [`/${all}`]);
  }
});

const HANDSHAKE = [
  'GET /socket HTTP/1.1',
  'Host: app.test',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];

test('fields of handshakes and of their answers pass octet for octet, whether the app switches or not', async () => {
  const all = OCTETS.join('');
  const fields = [`Content-Disposition: ${RESUME}`, `X-All: ${all}`];
  const switching = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  const answers = [
    [...switching, ...fields],
    ['HTTP/1.1 200 OK', 'Content-Length: 4', ...fields],
    ['HTTP/1.1 403 No', ...fields, 'Content-Length: 4'],
    ['HTTP/1.1 404 No', ...fields, 'Connection: close'],
    ['HTTP/1.1 304 No', 'Content-Length: 4', ...fields],
  ];
  for (const lines of answers) {
    upstream.clear();
    upstream.on('/socket', (socket) => {
      socket.write(
        `${lines.join('\r\n')}\r\n\r\n${lines[0]?.includes('304') || lines[0]?.includes('101') ? '' : 'body'}`,
        'latin1',
      );
      if (lines.includes('Connection: close')) socket.end();
    });
    const sent = [...HANDSHAKE, `X-All: ${all}`].join('\r\n');
    const { text } = await raw(guarded.port, `${sent}\r\n\r\n`, {
      deadlineMs: 500,
      until: (got) => got.includes('\r\n\r\n'),
    });
    const got = parseAnswer(text);
    assert.deepEqual(got.all('content-disposition'), [RESUME], lines[0]);
    assert.deepEqual(got.all('x-all'), [all], lines[0]);
    assert.deepEqual(upstream.requests[0]?.all('x-all'), [all]);
  }
});
