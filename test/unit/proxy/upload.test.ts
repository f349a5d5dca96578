import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import test from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { type ErrorCode, SallyportError } from '../../../src/errors.ts';
import type { BodyEdit } from '../../../src/proxy/passage.ts';
import { Upload, type UploadParts } from '../../../src/proxy/upload.ts';
import { createScanner } from '../../../src/request/login/guard.ts';
import type { BodyKind } from '../../../src/request/login/media.ts';

const GUARD = { fields: ['password'], sets: [['user', 'pass']] };

/** A request with such a body, sent in such chunks, and what is made of it. `coded`: each is a chunk of the transfer coding. */
async function uploading<T>(
  chunks: readonly Buffer[],
  use: (request: IncomingMessage, client: Socket) => Promise<T>,
  coded = false,
): Promise<T> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.on('error', () => {});
  try {
    const asked = once(server, 'request') as Promise<[IncomingMessage]>;
    const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const framing = coded ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`;
    client.write(`POST / HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`);
    const [request] = await asked;
    const framed = (chunk: Buffer): string => `${chunk.length.toString(16)}\r\n${chunk.toString('latin1')}\r\n`;
    if (coded) client.write(Buffer.from(`${chunks.map(framed).join('')}0\r\n\r\n`, 'latin1'));
    else for (const chunk of chunks) client.write(chunk);
    return await use(request, client);
  } finally {
    client.destroy();
    server.close();
    server.closeAllConnections();
  }
}

/** Turns that others had: one for each time round the event loop. */
function counted(): { readonly turns: number; stop(): void } {
  let turns = 0;
  let stopped = false;
  const count = (): void => {
    turns += 1;
    if (!stopped) setImmediate(count);
  };
  setImmediate(count);
  return {
    get turns() {
      return turns;
    },
    stop: () => {
      stopped = true;
    },
  };
}

/** Sends the body through an upload; resolves with what came out, in which turns it was looked at, and the refusal. */
async function sent(request: IncomingMessage, scan: BodyEdit, rest: Partial<UploadParts> = {}) {
  const others = counted();
  const lookedIn: number[] = [];
  let refused: ErrorCode | null = null;
  const upload = new Upload(request, {
    onChunk: () => {},
    onRefused: ({ code }) => {
      refused = code;
    },
    scan: {
      push(chunk) {
        lookedIn.push(others.turns);
        return scan.push(chunk);
      },
      end: () => scan.end(),
    },
    ...rest,
  });
  const out: Buffer[] = [];
  try {
    for await (const piece of upload) out.push(piece as Buffer);
  } catch {
    // Refused, or the client is gone.
  }
  others.stop();
  return { out: Buffer.concat(out), looks: lookedIn.length, turns: new Set(lookedIn).size, refused };
}

const KiB = 1024;
/** Distinct names as they come dearest, so that nothing is remembered. */
const distinct = (text: (i: number) => string): string => {
  let out = '';
  for (let i = 0; out.length < 256 * KiB; i += 1) out += text(i);
  return out;
};
const HOSTILE: Readonly<Record<Exclude<BodyKind, 'none' | 'other' | 'doubtful'>, string>> = {
  form: distinct((i) => `%25c3%25a9${i}\u0316&`),
  json: `{${distinct((i) => `"\\u00e9${i}\u0316":1,`)}"a":1}`,
  xml: distinct((i) => `<é${i}\u0316>`),
  yaml: distinct((i) => `é${i}\u0316:\n`),
  text: distinct((i) => `%25c3%25a9${i}\u0316=\n`),
  multipart: `${distinct((i) => `--b\r\nContent-Disposition: form-data; name="é${i}"\r\n\r\n\r\n`)}--b--`,
};

for (const [kind, body] of Object.entries(HOSTILE))
  test(`a hostile body of ${kind} has others take their turns while it is looked at, and arrives whole`, async () => {
    const bytes = Buffer.from(body);
    const scan = createScanner({ kind: kind as BodyKind, boundary: 'b' }, GUARD);
    const { out, turns, refused } = await uploading([bytes], (request) => sent(request, scan));
    assert.equal(refused, null);
    assert.ok(out.equals(bytes));
    assert.ok(turns >= 4, `${turns} turns`);
  });

test('as many small chunks as come in one breath share one turn', async () => {
  const bytes = Buffer.from(HOSTILE.form);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 64) }, (_, i) => bytes.subarray(i * 64, (i + 1) * 64));
  const scan = createScanner({ kind: 'form', boundary: null }, GUARD);
  const times: number[] = [];
  let last = { turn: -1, ms: 0 };
  const others = counted();
  const timed: BodyEdit = {
    push(chunk) {
      const before = performance.now();
      try {
        return scan.push(chunk);
      } finally {
        if (last.turn !== others.turns) times.push(last.ms);
        const ms = performance.now() - before + (last.turn === others.turns ? last.ms : 0);
        last = { turn: others.turns, ms };
      }
    },
    end: () => scan.end(),
  };
  const { out, turns } = await uploading(chunks, (request) => sent(request, timed), true);
  others.stop();
  assert.ok(out.equals(bytes));
  assert.ok(turns >= 4, `${turns} turns`);
  // No turn has most of the work: that would be all of them in one.
  const sum = times.reduce((all, ms) => all + ms, 0);
  assert.ok(Math.max(...times) < sum / 2, `${Math.max(...times)} of ${sum} ms`);
});

/** Takes its time over every piece. */
function slow(scan: BodyEdit): BodyEdit {
  return {
    push(chunk) {
      const until = performance.now() + 2.5;
      while (performance.now() < until);
      return scan.push(chunk);
    },
    end: () => scan.end(),
  };
}

const pass: BodyEdit = { push: (chunk) => chunk, end: () => Buffer.alloc(0) };

test('what takes long is looked at once a turn, 2 KiB each', async () => {
  const bytes = Buffer.alloc(64 * KiB, 'x');
  const { out, looks, turns } = await uploading([bytes], (request) => sent(request, slow(pass)));
  assert.ok(out.equals(bytes));
  assert.ok(looks >= 32);
  assert.equal(turns, looks);
});

test('what takes no time costs no turn', async () => {
  const bytes = Buffer.alloc(64 * KiB, 'x');
  const { looks, turns } = await uploading([bytes], (request) => sent(request, pass));
  assert.ok(turns < looks / 2, `${turns} of ${looks}`);
});

test('order and bytes are kept, in whatever chunks they come and whatever is held back', async () => {
  const holding = (): BodyEdit => {
    let held = Buffer.alloc(0);
    return {
      push(chunk) {
        const all = Buffer.concat([held, chunk]);
        held = all.subarray(Math.max(0, all.length - 300));
        return all.subarray(0, all.length - held.length);
      },
      end: () => held,
    };
  };
  const property = fc.asyncProperty(
    fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 12 }),
    fc.boolean(),
    async (sizes, dear) => {
      const chunks = sizes.map((size, i) => Buffer.alloc(size, i + 1));
      const scan = dear ? slow(holding()) : holding();
      const { out } = await uploading(chunks, (request) => sent(request, scan));
      assert.ok(out.equals(Buffer.concat(chunks)));
    },
  );
  await fc.assert(property, { numRuns: 15 });
});

test('after a refusal nothing more is looked at, and what came out is no whole body', async () => {
  let looks = 0;
  const scan: BodyEdit = {
    push(chunk) {
      looks += 1;
      if (looks === 5) throw new SallyportError('forbidden');
      return chunk;
    },
    end: () => Buffer.alloc(0),
  };
  const bytes = Buffer.alloc(64 * KiB, 'x');
  const { out, refused } = await uploading([bytes], (request) => sent(request, slow(scan)));
  assert.equal(refused, 'forbidden');
  assert.equal(looks, 5);
  assert.ok(out.length < bytes.length);
});

test('once nobody wants it any more, nothing more is looked at', async () => {
  await uploading([Buffer.alloc(64 * KiB, 'x')], async (request) => {
    let looks = 0;
    const scan = slow({
      push(chunk) {
        looks += 1;
        if (looks === 2) setImmediate(() => upload.destroy());
        return chunk;
      },
      end: () => Buffer.alloc(0),
    });
    const upload = new Upload(request, { onChunk: () => {}, onRefused: () => {}, scan });
    upload.resume();
    await once(upload, 'close');
    const before = looks;
    for (let i = 0; i < 50; i += 1) await turn();
    assert.equal(looks, before);
    assert.ok(looks < 5, `${looks} looks`);
  });
});

test('a reader that stops stops what is looked at', async () => {
  const bytes = Buffer.alloc(1024 * KiB, 'x');
  await uploading([bytes], async (request) => {
    let looked = 0;
    const upload = new Upload(request, {
      onChunk: () => {},
      onRefused: () => {},
      scan: {
        push(chunk) {
          looked += chunk.length;
          return chunk;
        },
        end: () => Buffer.alloc(0),
      },
    });
    const iterator = upload[Symbol.asyncIterator]();
    await iterator.next();
    let before = -1;
    while (looked !== before) {
      before = looked;
      for (let i = 0; i < 50; i += 1) await turn();
    }
    assert.ok(looked < bytes.length / 2, `${looked} bytes`);
    for (;;) if ((await iterator.next()).done === true) break;
    assert.equal(looked, bytes.length);
  });
});

test('what was read and judged before is sent as it is, before the rest', async () => {
  const scan: BodyEdit = { push: (chunk) => Buffer.from(chunk.toString().toUpperCase()), end: () => Buffer.from('!') };
  const whole = { read: { bytes: Buffer.from('abc'), whole: true } };
  const begun = { read: { bytes: Buffer.from('abc'), whole: false } };
  const first = await uploading([], (request) => sent(request, scan, whole));
  assert.equal(String(first.out), 'abc');
  const second = await uploading([Buffer.from('def')], (request) => sent(request, scan, begun));
  assert.equal(String(second.out), 'abcDEF!');
});
