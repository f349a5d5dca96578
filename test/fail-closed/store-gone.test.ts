import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import test from 'node:test';
import { rawSocket } from '../support/raw.ts';
import { startSallyport } from '../support/sallyport.ts';
import { assertShut, statusOf, until } from '../support/shut.ts';
import { ownPostgres } from '../support/stores.ts';
import { ticks } from '../support/upstream.ts';

test('the SQLite file is gone: everything is refused, what is open is cut, and it works again when it is back', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  assert.equal(await statusOf(sally, cookie), 200);
  sally.upstream.on('/events', ticks(20));
  const socket = await rawSocket(sally.port);
  t.after(() => socket.destroy());
  let closed = false;
  socket.resume().once('close', () => {
    closed = true;
  });
  socket.write(sally.request('GET', '/events', { cookie }));
  const path = sally.config.store.kind === 'sqlite' ? sally.config.store.path : '';
  const files = ['', '-wal', '-shm'].map((suffix) => path + suffix);
  for (const file of files) await rename(file, `${file}.away`).catch(() => {});
  await until(async () => (await statusOf(sally, cookie)) === 503);
  await assertShut(sally, cookie);
  await until(() => closed);
  for (const file of files) await rename(`${file}.away`, file).catch(() => {});
  await sally.healthy();
  assert.equal(await statusOf(sally, cookie), 200);
});

test('PostgreSQL is stopped: everything is refused, and it works again when it is started', async (t) => {
  const server = await ownPostgres();
  const sally = await startSallyport({ postgres: await server.database() });
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  assert.equal(await statusOf(sally, cookie), 200);
  await server.halt();
  await until(async () => (await statusOf(sally, cookie)) === 503);
  await assertShut(sally, cookie);
  await server.start();
  await sally.healthy(8000);
  await until(async () => (await statusOf(sally, cookie)) === 200);
});
