import assert from 'node:assert/strict';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSallyport } from '../support/sallyport.ts';
import { statusOf, until } from '../support/shut.ts';
import { ownPostgres } from '../support/stores.ts';

test('PostgreSQL goes away in the middle of a transaction: that is refused, and the server lives', async (t) => {
  const server = await ownPostgres();
  const sally = await startSallyport({ postgres: await server.database() });
  t.after(() => sally.close());
  const fresh = await sally.session('alice');
  sally.upstream.clear();
  const lent = sally.app.store.transaction(async (tx) => {
    await tx.accounts.byName('staff', 'alice');
    await server.halt();
    await sleep(100);
    await tx.accounts.byName('staff', 'alice');
  });
  await assert.rejects(lent, { code: 'store-unavailable' });
  assert.equal(await statusOf(sally, fresh), 503);
  sally.upstream.silent();
  await server.start();
  await sally.healthy(8000);
  await until(async () => (await statusOf(sally, fresh)) === 200);
});
