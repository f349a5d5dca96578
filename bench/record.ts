import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logSigner, newLogKey } from '../src/audit/log-key.ts';
import { Sealer } from '../src/audit/sealer.ts';
import { verifyRecord } from '../src/audit/verify.ts';
import { systemClock as clock } from '../src/lib/clock.ts';
import { systemRandom } from '../src/lib/random.ts';
import { openDatabase, openStore } from '../src/store/open.ts';
import { createSeal } from '../src/store/seal.ts';

/** How long sealing and verifying a record take, and how much memory: `npm run bench:record [-- ENTRIES]`, 500,000 by default. */
const ENTRIES = Number(process.argv[2] ?? 500_000);
const CHUNK = 2_000;

const say = (text: string) => process.stdout.write(`${text}\n`);
const mib = () => Math.round(process.memoryUsage().rss / 1_048_576);

async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const [begun, before] = [performance.now(), mib()];
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, mib());
  }, 50);
  const done = await work();
  clearInterval(watch);
  const ms = performance.now() - begun;
  most = Math.max(most, mib());
  say(
    `${what}: ${(ms / 1000).toFixed(1)} s, ${Math.round((ENTRIES / ms) * 1000)} entries a second, ${before} to ${most} MiB`,
  );
  return done;
}

const folder = await mkdtemp(join(tmpdir(), 'sallyport-record-'));
const place = { kind: 'sqlite', path: join(folder, 'sallyport.db') } as const;
const store = await openStore(place, { clock });
const database = await openDatabase(place, { clock });
try {
  await timed('written', async () => {
    for (let from = 0; from < ENTRIES; from += CHUNK) {
      const rows = Array.from({ length: Math.min(CHUNK, ENTRIES - from) }, (_, i) => ({
        at: 1_764_460_800_000 + from + i,
        kind: i % 3 === 0 ? 'sign-in.second' : 'session.open',
        outcome: 'ok',
        actor: `account-${i % 5000}`,
        accountId: `account-${i % 5000}`,
        sessionId: `session-${from + i}`,
        appId: 'portal',
        source: '192.0.2.7',
        detail: JSON.stringify({ method: 'totp', cause: 'signed in', nr: i }),
        salt: Buffer.from(systemRandom(16)).toString('hex'),
      }));
      await database.db.insertInto('audit').values(rows).execute();
    }
  });
  const seal = createSeal(systemRandom(32), systemRandom);
  const row = newLogKey(seal, systemRandom, clock.now());
  await store.log.putKey(row);
  const key = logSigner(row, seal);
  await timed('sealed', () => new Sealer({ store, clock, key: async () => key, ordered: true }).turn());
  await timed('read', async () => {
    for (let from = 0; from < ENTRIES; from += 1_000) await store.log.leaves({ from, limit: 1_000 });
  });
  const { found, size } = await timed('verified', () => verifyRecord({ store, key, kept: [], ordered: true }));
  say(`${size} entries, ${found} findings`);
  if (found > 0 || size !== ENTRIES) process.exitCode = 1;
} finally {
  await database.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
}
