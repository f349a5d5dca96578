import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { logSigner, newLogKey } from '../src/audit/log-key.ts';
import { Sealer } from '../src/audit/sealer.ts';
import type { ReceiverPlace } from '../src/config/record-types.ts';
import { systemClock as clock } from '../src/lib/clock.ts';
import { systemRandom } from '../src/lib/random.ts';
import { openDatabase, openStore } from '../src/store/open.ts';
import { createSeal } from '../src/store/seal.ts';
import type { WholeStore } from '../src/store/types.ts';
import { configOf, itemsOf, Receiver, senderOn, withAuthority } from '../test/support/receivers.ts';

/**
 * How quickly receivers of the record are sent what waits for them, and how far they lag behind under load, killed and started again
 * meanwhile: `npm run bench:receivers [-- quick]`. On SQLite; receivers are processes of their own on this machine.
 */
const QUICK = process.argv.includes('quick');
const BACKLOG = QUICK ? 5_000 : 100_000;
const LOAD = { perSecond: 200, seconds: QUICK ? 4 : 20, killEveryMs: QUICK ? 1_500 : 4_000 };
const CHUNK = 1_000;
const PATIENCE_MS = 600_000;

const say = (text: string) => process.stdout.write(`${text}\n`);
const mib = () => Math.round(process.memoryUsage().rss / 1_048_576);
const row = (n: number, at: number) => ({
  ...{ at, kind: n % 3 === 0 ? 'sign-in.second' : 'session.open', outcome: 'ok', actor: `account-${n % 500}` },
  ...{ accountId: `account-${n % 500}`, sessionId: `session-${n}`, appId: 'portal', source: '192.0.2.7' },
  detail: JSON.stringify({ method: 'totp', nr: n }),
});

/** One of three: a process that can be killed, or a file. */
interface Side {
  readonly name: string;
  readonly place: ReceiverPlace;
  /** Indexes that it has, in the order in which each came first; the number of those that came again beside. */
  indexes(): { readonly first: readonly number[]; readonly again: number };
  kill(): Promise<void>;
  start(): Promise<void>;
}

function counted(all: readonly number[]): { first: readonly number[]; again: number } {
  const first = [...new Set(all)];
  return { first, again: all.length - first.length };
}

function fileSide(folder: string): Side {
  const path = join(folder, 'record.ndjson');
  const lines = () => readFileSync(path, 'utf8').split('\n').slice(0, -1);
  const indexes = () => counted(lines().map((line) => (JSON.parse(line) as { index: number }).index));
  const nothing = async () => {};
  return { name: 'file', place: { kind: 'file', path }, indexes, kill: nothing, start: nothing };
}

async function processSide(kind: 'webhook' | 'syslog', folder: string): Promise<Side> {
  const receiver = new Receiver(kind, folder);
  await receiver.start();
  const indexes = () =>
    counted(
      receiver.taken().flatMap((line) => {
        if (kind === 'syslog') return [(JSON.parse(line.slice(line.indexOf('] ') + 2)) as { index: number }).index];
        return itemsOf((JSON.parse(line) as { body: string }).body).map(({ index }) => index);
      }),
    );
  const place = receiver.place(folder);
  return { name: kind, place, indexes, kill: () => receiver.kill(), start: () => receiver.start() };
}

interface On {
  readonly store: WholeStore;
  readonly sealer: Sealer;
  readonly write: (from: number, count: number) => Promise<void>;
}

const positionOf = async ({ store }: On, name: string) => (await store.log.receiver(name))?.position ?? 0;

async function arrived(on: On, name: string, size: number): Promise<void> {
  for (const end = performance.now() + PATIENCE_MS; (await positionOf(on, name)) < size; await sleep(20))
    if (performance.now() > end) throw new Error(`${name} never had all entries`);
}

function check({ indexes, name }: Side, size: number): number {
  const { first, again } = indexes();
  const right = first.length === size && first.every((index, i) => index === i);
  if (!right) throw new Error(`${name} has other entries than those of the record, or in another order`);
  return again;
}

/** What waits is sent by a process that does nothing else. */
async function catchUp(on: On, side: Side): Promise<void> {
  const { sender } = senderOn(on.store, configOf(side.place, { name: side.name }));
  const [begun, before] = [performance.now(), mib()];
  const seen: number[] = [];
  const watch = setInterval(() => seen.push(mib()), 100);
  sender.start();
  await arrived(on, side.name, BACKLOG);
  clearInterval(watch);
  const ms = performance.now() - begun;
  await sender.stop();
  const [half, most] = [seen[seen.length >> 1] ?? before, Math.max(before, ...seen)];
  const memory = `${before} MiB before, ${half} half-way, ${most} at most, ${mib()} after`;
  say(
    `${side.name}: ${BACKLOG} entries in ${(ms / 1000).toFixed(1)} s, ${Math.round((BACKLOG / ms) * 1000)} a second; ${memory}`,
  );
  check(side, BACKLOG);
}

/** Entries that come at a steady rate and are sealed as by a server; answers how long each waited, ms, sorted. */
async function load(on: On, side: Side, from: number): Promise<{ lags: readonly number[]; size: number }> {
  const moments: number[] = [];
  const lags: number[] = [];
  const total = LOAD.perSecond * LOAD.seconds;
  let [had, over] = [from, false];
  const looking = (async () => {
    for (; !over || had < from + total; await sleep(20)) {
      const position = await positionOf(on, side.name);
      for (; had < position; had += 1) lags.push(performance.now() - (moments[had - from] ?? 0));
    }
  })();
  const sealing = (async () => {
    for (; !over; await sleep(400)) await on.sealer.turn();
    await on.sealer.turn();
  })();
  const begun = performance.now();
  for (let n = 0; n < total; n += 10) {
    for (let i = 0; i < 10; i += 1) moments.push(performance.now());
    await on.write(from + n, 10);
    await sleep(Math.max(0, begun + ((n + 10) / LOAD.perSecond) * 1000 - performance.now()));
  }
  over = true;
  await sealing;
  await looking;
  return { lags: lags.sort((a, b) => a - b), size: from + total };
}

const at = (sorted: readonly number[], share: number) =>
  Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);

async function underLoad(on: On, side: Side, from: number, kills: boolean): Promise<number> {
  const { sender } = senderOn(on.store, configOf(side.place, { name: side.name }));
  sender.start();
  let killed = 0;
  let killing = Promise.resolve();
  const timer = setInterval(() => {
    if (!kills || side.place.kind === 'file') return;
    killed += 1;
    killing = side.kill().then(() => side.start());
  }, LOAD.killEveryMs);
  const { lags, size } = await load(on, side, from);
  clearInterval(timer);
  await killing;
  await arrived(on, side.name, size);
  await sender.stop();
  const again = check(side, size);
  const how = kills ? `killed ${killed} times, ${again} entries came again` : `${LOAD.perSecond} entries a second`;
  say(
    `${side.name}, ${how}: lag ${at(lags, 0.5)} ms for half, ${at(lags, 0.99)} for 99 of 100, ${at(lags, 1)} at most; each once and in order`,
  );
  return size;
}

async function measure(kind: 'file' | 'webhook' | 'syslog'): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-receivers-'));
  const place = { kind: 'sqlite', path: join(folder, 'sallyport.db') } as const;
  const store = await openStore(place, { clock });
  const database = await openDatabase(place, { clock });
  await withAuthority(folder);
  const side = kind === 'file' ? fileSide(folder) : await processSide(kind, folder);
  try {
    const seal = createSeal(systemRandom(32), systemRandom);
    const own = newLogKey(seal, systemRandom, clock.now());
    await store.log.putKey(own);
    const key = logSigner(own, seal);
    const sealer = new Sealer({ store, clock, key: async () => key, ordered: true });
    const write = async (from: number, count: number) => {
      const rows = Array.from({ length: count }, (_, i) => ({
        ...row(from + i, clock.now()),
        salt: Buffer.from(systemRandom(16)).toString('hex'),
      }));
      await database.db.insertInto('audit').values(rows).execute();
    };
    for (let from = 0; from < BACKLOG; from += CHUNK) await write(from, CHUNK);
    await sealer.turn();
    const on = { store, sealer, write };
    await catchUp(on, side);
    const size = await underLoad(on, side, BACKLOG, false);
    if (kind !== 'file') await underLoad(on, side, size, true);
  } finally {
    await side.kill();
    await database.close();
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
}

for (const kind of ['file', 'webhook', 'syslog'] as const) await measure(kind);
