import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import test from 'node:test';
import { systemClock } from '../../src/lib/clock.ts';
import { openDatabase } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';

/** A message of PostgreSQL's protocol (version 3.0): its kind, its length, its content. */
function message(kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.write(kind, 'latin1');
  head.writeInt32BE(4 + content.length, 1);
  return Buffer.concat([head, content]);
}

const WELCOME = message('R', Buffer.alloc(4));
const READY = message('Z', Buffer.from('I'));
const DYING = message(
  'E',
  Buffer.from('SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0', 'latin1'),
);

test('a server that says in one breath that it is ready and that it ends ends nobody but itself', async (t) => {
  const sockets = new Set<Socket>();
  let welcomed = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      welcomed += 1;
      socket.end(Buffer.concat([WELCOME, READY, DYING]));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
  const url = `postgres://x:x@127.0.0.1:${port}/x`;
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const database = await openDatabase({ kind: 'postgres', url }, { clock: systemClock });
  t.after(() => database.close());
  const store = createStore(database, systemClock);
  for (let n = 0; n < 5; n += 1) await assert.rejects(store.accounts.byId('a'), { code: 'store-unavailable' });
  assert.ok(welcomed > 0);
  // An error that nobody listens to is told in a turn of its own.
  await new Promise((resolve) => setTimeout(resolve, 50));
});
