import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { configFromArguments } from '../src/config/load.ts';
import type { AppConfig } from '../src/config/types.ts';
import { sha256Hex } from '../src/lib/bytes.ts';
import { systemRandom as random } from '../src/lib/random.ts';
import { MACHINE } from '../src/manage/authority.ts';
import type { ManageContext } from '../src/manage/context.ts';
import { showCoverage } from '../src/manage/coverage.ts';
import { EVERY_KIND } from '../src/manage/coverage-kinds.ts';
import { meaningOf } from '../src/manage/in-force.ts';
import { showTrend, wholeTrend } from '../src/manage/trend/show.ts';
import { openDatabase, openStore } from '../src/store/open.ts';
import { StillClock } from '../test/support/clock.ts';

/**
 * How long coverage of a past day takes, and its trend over a year: `npm run bench:coverage [-- ACCOUNTS …]`, 5,000 and 100,000 accounts
 * at three apps by default, beside SQL alone reading the same rows. Of the trend also how long others wait meanwhile, as the console
 * reads it, as the command does, and by a thread of its own (coverage-apart.ts).
 */
const SIZES = process.argv.slice(2).map(Number);
const AIMS: Readonly<Record<number, number>> = { 5000: 1, 100000: 10 };
/** Of a trend over a year, s. */
const TREND_AIMS: Readonly<Record<number, number>> = { 5000: 5 };
const [DAY, START] = [86_400_000, Date.UTC(2026, 0, 1)];
/** Rows of one INSERT: SQLite takes so many values at once. */
const AT_ONCE = 1_000;
const SIGN_INS = 8;

type Line = readonly [day: number, kind: string, detail: object];

const say = (text: string) => process.stdout.write(`${text}\n`);

/** What happens to one account in a year: a third lose a device, a fifth leave, a tenth never come. */
function yearOf(i: number): Line[] {
  const joined = i % 200;
  const place = { realm: 'staff', name: `person${i}`, organisation: `org-${i % 40}`, groups: 'ward', admin: false };
  const key = { kind: 'passkey', label: 'Key', rp: 'example.org', userVerified: true, deviceBound: false };
  const until = START + (joined + 3) * DAY;
  const lines: Line[] = [
    [joined, 'account.add', place],
    [joined, 'ticket.issue', { ticket: `t${i}`, until, resetPassword: false }],
  ];
  if (i % 10 === 9) return lines;
  lines.push(
    [joined + 1, 'enrol.open', { ticket: `t${i}` }],
    [joined + 1, 'enrol.password', { set: true }],
    [joined + 1, 'enrol.authenticator', { authenticator: `k${i}`, ...key }],
    [joined + 1, 'recovery.replace', { authenticator: `r${i}`, codes: 10 }],
    [joined + 1, 'enrol.finish', { adding: false }],
  );
  if (i % 3 === 0)
    lines.push(
      [joined + 90, 'authenticator.remove', { authenticator: `k${i}`, kind: 'passkey', label: 'Key' }],
      [joined + 91, 'enrol.authenticator', { authenticator: `l${i}`, kind: 'totp', label: 'Phone' }],
    );
  if (i % 5 === 0) lines.push([joined + 150, 'account.disable', { name: `person${i}`, sessions: 0 }]);
  for (let n = 0; n < SIGN_INS; n += 1)
    lines.push([joined + 2 + (n * 160) / SIGN_INS, 'session.open', { step: 'passkey', authenticator: `k${i}` }]);
  return lines;
}

/** Three apps of one realm. */
function estate() {
  const arrived = configFromArguments({ upstream: 'http://127.0.0.1:9' });
  const [first] = arrived.apps;
  if (first === undefined) throw new Error('no app');
  const realm = { ...first.realm, id: 'staff' };
  const apps = ['portal', 'wiki', 'files'].map((id): AppConfig => ({ ...first, id, realm }));
  return { ...arrived, realms: new Map([['staff', realm]]), apps, tls: null };
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return (performance.now() - since) / 1000;
}

/** The same entries along the table, each read and dropped: the best plan that is known. */
function bare(path: string, kinds: readonly string[], at: number): number {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    const statement = db.prepare(`select seq, at, kind, outcome, account_id, app_id, detail from audit not indexed
      where kind in (${kinds.map(() => '?').join(', ')}) and at <= ? order by seq`);
    statement.setReturnArrays(true);
    let read = 0;
    for (const _ of statement.iterate(...kinds, at)) read += 1;
    return read;
  } finally {
    db.close();
  }
}

const metOf = (took: number, aim: number | undefined) =>
  aim === undefined ? '' : `, aim ${aim} s: ${took <= aim ? 'met' : 'MISSED'}`;

/** Says how long something takes, and how long others wait at most meanwhile. */
async function besides(name: string, work: () => Promise<number>, aim?: number): Promise<void> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const before = process.cpuUsage();
  let rows = 0;
  const took = await seconds(async () => {
    rows = await work();
  });
  delay.disable();
  const { user, system } = process.cpuUsage(before);
  const cpu = ((user + system) / 1e6).toFixed(2);
  const [most, usual] = [delay.max, delay.percentile(99)].map((ns) => (ns / 1e6).toFixed(0));
  say(
    `  ${name}: ${took.toFixed(2)} s (${cpu} s of processor time), ${rows} rows; others wait ${usual} ms (p99), ${most} ms at most${metOf(took, aim)}`,
  );
}

/** A year of the trend, with each organisation at its ends. */
async function trends(ctx: ManageContext, place: { readonly path: string }, aim: number | undefined): Promise<void> {
  const day = (n: number) => new Date(START + n * DAY).toISOString().slice(0, 10);
  const wish = { from: day(0), to: day(364), each: 'ends' } as const;
  say('  365 days of the trend:');
  await besides('as the console reads it', async () => (await showTrend.ask(ctx, wish)).rows.length, aim);
  await besides(
    'each organisation of each day',
    async () => (await showTrend.ask(ctx, { ...wish, each: 'days' })).rows.length,
  );
  await besides('as the command reads it', async () => (await wholeTrend(ctx, wish)).rows.length);
  const order = { place, now: ctx.clock.now(), wish };
  await besides('by a thread of its own', async () => {
    const worker = new Worker(new URL('./coverage-apart.ts', import.meta.url), { workerData: order });
    const [rows] = await once(worker, 'message');
    await worker.terminate();
    return Number(rows);
  });
}

async function measure(accounts: number, folder: string): Promise<void> {
  const clock = new StillClock(START + 366 * DAY);
  const place = { kind: 'sqlite', path: join(folder, `coverage-${accounts}.db`) } as const;
  const store = await openStore(place, { clock });
  const database = await openDatabase(place, { clock });
  const config = estate();
  try {
    const text = meaningOf(config);
    await store.log.putDocument({ digest: sha256Hex(text), kind: 'configuration', text, at: START });
    const all = [{ i: -1, day: 0, kind: 'config.load', detail: { meaning: sha256Hex(text), digest: 'd' } as object }];
    for (let i = 0; i < 40; i += 1)
      all.push({
        i: -1,
        day: 0,
        kind: 'organisation.add',
        detail: { organisation: `org-${i}`, realm: 'staff', name: `Practice ${i}`, policy: '{}' },
      });
    for (let i = 0; i < accounts; i += 1)
      for (const [day, kind, detail] of yearOf(i)) all.push({ i, day, kind, detail });
    all.sort((a, b) => a.day - b.day);
    for (let from = 0; from < all.length; from += AT_ONCE) {
      const rows = all.slice(from, from + AT_ONCE).map(({ i, day, kind, detail }, n) => ({
        ...{ at: Math.floor(START + day * DAY), kind, outcome: 'ok', actor: 'cli:bench', sessionId: null, appId: null },
        ...{ accountId: i < 0 ? null : `acc-${i}`, source: '192.0.2.7', detail: JSON.stringify(detail) },
        salt: `${from + n}`.padStart(32, '0'),
      }));
      await database.db.insertInto('audit').values(rows).execute();
    }
    const practice = { id: 'realm.staff', realm: 'staff', name: 'staff', contact: '', policy: '{}', createdAt: START };
    await store.organisations.insert(practice);
    for (let from = 0; from < accounts; from += AT_ONCE) {
      const rows = Array.from({ length: Math.min(AT_ONCE, accounts - from) }, (_, n) => ({
        ...{ id: `acc-${from + n}`, realm: 'staff', name: `person${from + n}`, passwordHash: null, groups: '[]' },
        ...{ email: null, admin: 0, roles: '[]', organisationId: 'realm.staff', disabledAt: null, createdAt: START },
      }));
      await database.db.insertInto('accounts').values(rows).execute();
    }
    const at = START + 250 * DAY;
    const kinds = Object.entries(EVERY_KIND).flatMap(([kind, effect]) => (effect === null ? [] : [kind]));
    const sql = await seconds(async () => bare(place.path, kinds, at));
    const ctx = { store, clock, random, config, actor: 'cli:bench', authority: MACHINE };
    let said = '';
    const took = await seconds(async () => {
      const { summary, record, total } = await showCoverage.ask(ctx, { at });
      said = `${total} accounts of ${record.entries} entries, ${summary.accounts.protected} protected`;
    });
    const met = metOf(took, AIMS[accounts]);
    say(
      `${accounts} accounts at 3 apps, ${all.length} entries: ${took.toFixed(2)} s (${said}), SQL alone ${sql.toFixed(2)} s, ${(took / sql).toFixed(1)} ×${met}`,
    );
    await trends(ctx, place, TREND_AIMS[accounts]);
  } finally {
    await database.close();
    await store.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-coverage-'));
try {
  for (const size of SIZES.length === 0 ? [5_000, 100_000] : SIZES) await measure(size, folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
