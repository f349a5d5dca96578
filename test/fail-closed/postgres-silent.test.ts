import assert from 'node:assert/strict';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { startSallyport } from '../support/sallyport.ts';
import { assertShut, statusOf, until } from '../support/shut.ts';
import { postgres } from '../support/stores.ts';

/** A wire to the database that can swallow everything, as a network does that fails without a word. */
async function wire(url: string) {
  const to = new URL(url);
  const sockets = new Set<Socket>();
  let silent = false;
  const server = createServer((near) => {
    const far = connect(Number(to.port), to.hostname);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on('data', (chunk) => silent || into.write(chunk));
      from.on('error', () => {});
      from.on('close', () => {
        sockets.delete(from);
        into.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port); // a TCP server's address is never a string
  return {
    url: through.href,
    fall(still: boolean) {
      silent = still;
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('PostgreSQL falls silent: nothing is served that was asked for later than memory is trusted', async (t) => {
  const line = await wire(await (await postgres()).database());
  const sally = await startSallyport({ postgres: line.url, top: ['nodes: { heartbeat: 100ms, trust: 600ms }'] });
  t.after(async () => {
    await sally.close();
    line.close();
  });
  const cookie = await sally.session('alice');
  await until(async () => (await statusOf(sally, cookie)) === 200);
  const fellAt = performance.now();
  line.fall(true);
  // What was asked for at a moment was admitted after it; what was heard of was read before the fall. So no margin is needed.
  let lastServed = fellAt;
  for (let refused = 0; refused < 20; ) {
    const askedAt = performance.now();
    if ((await statusOf(sally, cookie)) === 200) lastServed = askedAt;
    else refused += 1;
  }
  const ms = lastServed - fellAt;
  t.diagnostic(`the last request that was served was sent ${ms.toFixed(0)} ms after the fall`);
  assert.ok(ms < 600, `${ms} ms`);
});

test('PostgreSQL is silent, its connections still open: everything is refused, and it works again when it answers', async (t) => {
  const line = await wire(await (await postgres()).database());
  const sally = await startSallyport({ postgres: line.url });
  t.after(async () => {
    await sally.close();
    line.close();
  });
  const cookie = await sally.session('alice');
  assert.equal(await statusOf(sally, cookie), 200);
  line.fall(true);
  // Nothing says that it is gone; the feed's silence does.
  await until(async () => (await statusOf(sally, cookie)) === 503);
  await assertShut(sally, cookie);
  line.fall(false);
  await sally.healthy(8000);
  assert.equal(await statusOf(sally, cookie), 200);
});
