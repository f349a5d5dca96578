import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import test from 'node:test';
import { startGuarded, testApp } from '../support/guarded.ts';
import { rawSocket } from '../support/raw.ts';
import { bytes, chunked, startUpstream } from '../support/upstream.ts';

const KB = 1024;
const SIZES = [1, 3 * KB, 5 * KB, 20 * KB, 70 * KB, 150 * KB, 900 * KB];
const READERS = 56;

/** Text that is nobody else's, at any place of it. */
const bodyOf = (n: number): string => `<${n}>`.repeat(Math.ceil((SIZES[n % SIZES.length] ?? 1) / `<${n}>`.length));
const digest = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Reads what comes, in its own time; one in seven goes away in the middle. The body, or null. */
async function read(port: number, n: number): Promise<string | null> {
  const socket = await rawSocket(port);
  socket.on('error', () => {});
  const pieces: Buffer[] = [];
  const over = new Promise((resolve) => socket.once('close', resolve));
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    if (n % 7 === 6) socket.destroy();
    else if (n % 3 === 0) {
      socket.pause();
      setTimeout(() => socket.resume(), 1 + (n % 5));
    }
  });
  if (n % 4 === 3) socket.pause();
  socket.write(`GET /${n} HTTP/1.1\r\nHost: app.test\r\nConnection: close\r\n\r\n`);
  if (n % 4 === 3) {
    await pause(150);
    socket.resume();
  }
  await over;
  if (n % 7 === 6) return null;
  const text = Buffer.concat(pieces).toString('latin1');
  return text.slice(text.indexOf('\r\n\r\n') + 4);
}

test('what people read at one time, fast or slowly, is never mixed up, not by one byte', async (t) => {
  const upstream = await startUpstream();
  const guarded = await startGuarded(testApp(upstream.origin, { connections: 16 }));
  t.after(async () => {
    await guarded.close();
    await upstream.close();
  });
  for (let n = 0; n < READERS; n += 1) {
    const body = bodyOf(n);
    const cut = n % 2 === 0 ? body.length : Math.ceil(body.length / 3);
    const pieces = [body.slice(0, cut), body.slice(cut)].filter((piece) => piece !== '');
    if (n % 5 === 4) upstream.on(`/${n}`, chunked(pieces));
    else upstream.on(`/${n}`, bytes(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`));
  }
  for (let round = 0; round < 3; round += 1) {
    const got = await Promise.all(Array.from({ length: READERS }, (_, n) => read(guarded.port, n)));
    for (const [n, text] of got.entries()) {
      if (text === null) continue;
      // Sent on in chunks where it came in some.
      const plain = n % 5 === 4 ? text.replace(/(?:^|\r\n)[0-9a-f]+\r\n(?:\r\n$)?/g, '') : text;
      assert.equal(digest(plain), digest(bodyOf(n)), `body ${n}: ${plain.length} of ${bodyOf(n).length}`);
    }
  }
});
