import assert from 'node:assert/strict';
import test from 'node:test';
import { queryObjects } from 'node:v8';
import { KeptJar } from '../../../src/jar/kept-jar.ts';
import { type Clock, systemClock } from '../../../src/lib/clock.ts';
import { openStore } from '../../../src/store/open.ts';
import { freshConfig } from '../../support/stores.ts';
import { brings, jarApp, world } from './world.ts';

test('however many visitors come, two thousand of their jars stay in memory, and push out nobody’s who is signed in', async (t) => {
  const config = await freshConfig(t, 'sqlite');
  const another = (clock: Clock = systemClock) => openStore(config, { clock });
  const store = await another();
  t.after(() => store.close());
  const { owner, visitor, ...all } = await world({ t, config, store, another });
  const { jars } = await all.node({ watch: false });
  const app = jarApp();
  const { expiresAt } = visitor;
  const someone = (n: number, carried: string) =>
    ({ kind: 'visitor', id: `visitor-${n}`, expiresAt, carried }) as const;
  const mine = await jars.of(owner, app, 0);
  await brings(jars, mine, 'sid=mine');
  const before = queryObjects(KeptJar, { format: 'count' });
  let last = '';
  for (let n = 0; n < 2500; n += 1) {
    const jar = await jars.of(someone(n, ''), app, 0);
    await brings(jars, jar, `sid=${n}`);
    last = jars.carried(jar) ?? '';
  }
  const kept = queryObjects(KeptJar, { format: 'count' }) - before;
  assert.ok(kept <= 2001, String(kept));
  assert.equal(jars.of(owner, app, 0), mine);
  // Whose jar was forgotten brings it.
  assert.equal((await jars.of(someone(0, last), app, 0)).cookieFor('/'), 'sid=2499');
});
