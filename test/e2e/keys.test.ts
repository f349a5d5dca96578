import assert from 'node:assert/strict';
import test from 'node:test';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { addSigningKey, LEAD_MS, TAIL_MS } from '../../src/assertions/keyring.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { loadMasterKey } from '../../src/store/master-key.ts';
import { openStore } from '../../src/store/open.ts';
import { createSeal } from '../../src/store/seal.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';

async function keysOf(sally: Sallyport): Promise<JSONWebKeySet> {
  const answer = await sally.send('GET', '/.sallyport/jwks.json');
  assert.equal(answer.status, 200);
  assert.equal(answer.header('cache-control'), 'public, max-age=300');
  return JSON.parse(answer.body) as JSONWebKeySet;
}

/** What `sallyport key rotate` does, by a store of its own. */
async function rotateElsewhere(sally: Sallyport, leadMs: number): Promise<string> {
  const store = await openStore(sally.config.store, { clock: sally.clock });
  try {
    const master = loadMasterKey(sally.config.masterKeyFile, { create: false, random: systemRandom });
    return (await store.transaction((tx) => addSigningKey(tx, createSeal(master, systemRandom), sally.clock, leadMs)))
      .id;
  } finally {
    await store.close();
  }
}

const lastToken = (sally: Sallyport): string => sally.upstream.requests.at(-1)?.all('sallyport-assertion')[0] ?? '';

test('keys rotate while traffic flows: no request is refused, and every token verifies as long as it lives', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookies = await Promise.all(['alice', 'bob', 'carol'].map((name) => sally.session(name)));
  const seen = new Map<string, number>();
  let flowing = true;
  let requests = 0;
  const flow = async (cookie: string): Promise<void> => {
    while (flowing) {
      const answer = await sally.send('GET', '/', { cookie });
      assert.equal(answer.status, 200);
      requests += 1;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const traffic = Promise.all(cookies.map(flow));
  const [old] = (await keysOf(sally)).keys;
  await until(() => requests > 10);
  const next = await rotateElsewhere(sally, LEAD_MS);
  await until(async () => (await keysOf(sally)).keys.length === 2);
  const before = requests;
  await until(() => requests > before + 10);
  flowing = false;
  await traffic;
  // Published, and not yet signing: caches of apps may still be without it.
  for (const request of sally.upstream.requests) {
    const kid = decodeProtectedHeader(request.all('sallyport-assertion')[0] ?? '').kid ?? '';
    seen.set(kid, (seen.get(kid) ?? 0) + 1);
  }
  assert.deepEqual([...seen.keys()], [old?.kid]);
  const [cookie = ''] = cookies;
  await sally.advance(LEAD_MS - 1000);
  await sally.send('GET', '/', { cookie });
  const last = lastToken(sally);
  assert.equal(decodeProtectedHeader(last).kid, old?.kid);
  await sally.advance(31_000);
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  assert.equal(decodeProtectedHeader(lastToken(sally)).kid, next);
  // The token that the old key signed last still verifies with what is published now, until its minute is over.
  const set = createLocalJWKSet(await keysOf(sally));
  await jwtVerify(last, set, { currentDate: new Date(sally.clock.now()) });
  await sally.advance(TAIL_MS);
  assert.deepEqual(
    (await keysOf(sally)).keys.map((key) => key.kid),
    [next],
  );
});

test('a key that leaked is withdrawn at once, and its tokens with it', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  await sally.send('GET', '/', { cookie });
  const stolen = lastToken(sally);
  const next = await rotateElsewhere(sally, 0);
  await until(async () => (await keysOf(sally)).keys.every((key) => key.kid === next));
  await assert.rejects(
    jwtVerify(stolen, createLocalJWKSet(await keysOf(sally)), { currentDate: new Date(sally.clock.now()) }),
  );
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  assert.equal(decodeProtectedHeader(lastToken(sally)).kid, next);
});

test('a key stays the same over a restart', async (t) => {
  const first = await startSallyport();
  const [key] = (await keysOf(first)).keys;
  await first.app.close();
  const second = await startSallyport({ data: first.data, clock: first.clock, upstream: first.upstream });
  t.after(async () => {
    await second.close();
    await first.upstream.close();
    const { rm } = await import('node:fs/promises');
    await rm(first.data, { recursive: true, force: true });
  });
  assert.deepEqual((await keysOf(second)).keys, [key]);
});
