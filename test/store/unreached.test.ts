import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import test from 'node:test';
import { SallyportError } from '../../src/errors.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open.ts';

test('a database that does not answer is told with the key that names it and what to look at', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  await new Promise((closed) => server.close(closed));
  const url = `postgres://sallyport:hidden@127.0.0.1:${address.port}/sallyport`;
  await assert.rejects(openStore({ kind: 'postgres', url }, { clock: systemClock }), (error: unknown) => {
    assert.ok(error instanceof SallyportError && error.code === 'store-unavailable');
    assert.match(error.message, /ECONNREFUSED.*Is PostgreSQL running, and is that its address\?.* as store\.$/);
    assert.doesNotMatch(error.message, /hidden/);
    return true;
  });
});
