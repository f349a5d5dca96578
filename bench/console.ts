import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { configFromArguments } from '../src/config/load.ts';
import type { Config } from '../src/config/types.ts';
import { systemClock as clock } from '../src/lib/clock.ts';
import { systemRandom as random } from '../src/lib/random.ts';
import { findAccounts } from '../src/manage/account-find.ts';
import { showAccountPage } from '../src/manage/account-page.ts';
import { MACHINE } from '../src/manage/authority.ts';
import type { ManageContext } from '../src/manage/context.ts';
import { showOverview } from '../src/manage/overview.ts';
import { findRecord } from '../src/manage/record-find.ts';
import { findSessions } from '../src/manage/session-find.ts';
import { migrate } from '../src/store/migrate.ts';
import { openDatabase } from '../src/store/open.ts';
import type { Schema } from '../src/store/schema.ts';
import { createStore } from '../src/store/store.ts';
import { startPostgres } from '../test/support/postgres.ts';
import { nameOf, type Size, seed } from './console/seed.ts';
import { table } from './report.ts';

/**
 * `npm run bench:console [-- part of a name]`: how long the console's lists take with 100,000 accounts in 658 organisations, each beside a bare SQL
 * statement that reads the same rows. `own`: processor time of this process, during which, on SQLite, it does nothing else.
 */

const SIZE: Size = { accounts: 100_000, organisations: 658, sessions: 5_000, entries: 200_000 };
const ROUNDS = 40;

interface Case {
  readonly name: string;
  /** ms, of the 95th percentile. */
  readonly aim: number;
  ask(ctx: ManageContext, round: number): Promise<unknown>;
  readonly bare: (round: number) => RawBuilder<unknown>;
}

const like = (text: string) =>
  sql`select * from accounts where name like ${`%${text}%`} or email like ${`%${text}%`} order by name limit 50`;
const standing = () =>
  sql`select organisation_id, count(*) from accounts left join
    (select account_id, max(kind) as kind from authenticators where disabled_at is null group by account_id) as own
    on own.account_id = accounts.id group by organisation_id`;
const page = (round: number) => sql`select * from accounts order by name limit 50 offset ${round}`;

const scopes = (round: number) => ({ organisation: `org-${round}` });

const CASES: readonly Case[] = [
  { name: 'accounts, first page', aim: 50, ask: (ctx) => findAccounts.ask(ctx, {}), bare: page },
  {
    name: 'search, one is found',
    aim: 50,
    ask: (ctx, round) => findAccounts.ask(ctx, { text: nameOf(round * 977) }),
    bare: (round) => like(nameOf(round * 977)),
  },
  {
    name: 'search, thousands are found',
    aim: 50,
    ask: (ctx) => findAccounts.ask(ctx, { text: 'morgan' }),
    bare: () => like('morgan'),
  },
  {
    name: 'search, nobody is found',
    aim: 50,
    ask: (ctx, round) => findAccounts.ask(ctx, { text: `nobody${round}` }),
    bare: (round) => like(`nobody${round}`),
  },
  {
    name: 'without a factor',
    aim: 50,
    ask: (ctx) => findAccounts.ask(ctx, { state: 'none' }),
    bare: () =>
      sql`select * from accounts where not exists (select 1 from authenticators where account_id = accounts.id) order by name limit 50`,
  },
  {
    name: 'a group',
    aim: 50,
    ask: (ctx) => findAccounts.ask(ctx, { group: 'ops' }),
    bare: () => sql`select * from accounts where groups like '%"ops"%' order by name limit 50`,
  },
  {
    name: 'a group of nobody',
    aim: 50,
    ask: (ctx) => findAccounts.ask(ctx, { group: 'nobody' }),
    bare: () => sql`select * from accounts where groups like '%"nobody"%' order by name limit 50`,
  },
  {
    name: 'unused for 90 days',
    aim: 50,
    ask: (ctx) => findAccounts.ask(ctx, { unusedFor: 90 * 86_400_000 }),
    bare: () =>
      sql`select * from accounts where not exists (select 1 from authenticators
        where account_id = accounts.id and last_used_at > ${Date.now() - 90 * 86_400_000}) order by name limit 50`,
  },
  {
    name: 'accounts of an organisation',
    aim: 50,
    ask: (ctx, round) => findAccounts.ask(ctx, scopes(round)),
    bare: (round) => sql`select * from accounts where organisation_id = ${`org-${round}`} order by name limit 50`,
  },
  {
    name: 'one account, its page',
    aim: 50,
    ask: (ctx, round) => showAccountPage.ask(ctx, { account: `account-${round * 997}` }),
    bare: (round) => sql`select * from accounts where id = ${`account-${round * 997}`}`,
  },
  { name: 'overview', aim: 200, ask: (ctx) => showOverview.ask(ctx, {}), bare: standing },
  {
    name: 'record, newest',
    aim: 50,
    ask: (ctx) => findRecord.ask(ctx, {}),
    bare: () => sql`select * from audit order by seq desc limit 50`,
  },
  {
    name: 'record, one kind',
    aim: 50,
    ask: (ctx) => findRecord.ask(ctx, { kind: 'sign-in.second' }),
    bare: () => sql`select * from audit where kind = 'sign-in.second' order by seq desc limit 50`,
  },
  {
    name: 'record, by nobody',
    aim: 50,
    ask: (ctx) => findRecord.ask(ctx, { actor: 'nobody at all' }),
    bare: () =>
      sql`select * from (select * from audit order by seq desc limit 50000) as newest where actor like '%nobody at all%'`,
  },
  {
    name: 'sessions, first page',
    aim: 50,
    ask: (ctx) => findSessions.ask(ctx, {}),
    bare: () =>
      sql`select * from sessions join accounts on accounts.id = account_id where ended_at is null order by sessions.created_at desc limit 50`,
  },
];

/** Processor time of this process, ms. */
function spent(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Sorted times of one of them, ms: by the clock, and of the processor, which does not count what others do on the machine. */
async function times(rounds: number, work: (round: number) => Promise<unknown>) {
  await work(0);
  const [taken, busy]: [number[], number[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    const [began, before] = [performance.now(), spent()];
    await work(round);
    taken.push(performance.now() - began);
    busy.push(spent() - before);
  }
  return { taken: taken.sort((a, b) => a - b), busy: busy.sort((a, b) => a - b) };
}

/** Who sees one organisation, and who sees half of them all. */
const SCOPED: Readonly<Record<string, number>> = { 'account-1': 1, 'account-2': SIZE.organisations / 2 };
const NAMES = [
  'accounts, first page',
  'search, thousands are found',
  'overview',
  'record, newest',
  'sessions, first page',
];

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;

async function measure(kind: string, ctx: ManageContext, db: Kysely<Schema>): Promise<void> {
  const rows = [['', 'p50 ms', 'p95 ms', 'own p50 ms', 'bare p50 ms', 'ratio', 'aim ms', '']];
  const confined = Object.entries(SCOPED).flatMap(([accountId, organisations]) => {
    const by = { ...ctx, authority: { kind: 'person', accountId, fresh: true } } as const;
    const some = CASES.filter(({ name }) => NAMES.includes(name));
    return some.map((each) => ({ each: { ...each, name: `${each.name}, of ${organisations}` }, by }));
  });
  const all = [...CASES.map((each) => ({ each, by: ctx })), ...confined];
  for (const { each, by } of all.filter((one) => one.each.name.includes(process.argv[2] ?? ''))) {
    const ours = await times(ROUNDS, (round) => each.ask(by, round));
    const bare = await times(ROUNDS, (round) => each.bare(round).execute(db));
    const [p50, p95, own, least] = [at(ours.taken, 0.5), at(ours.taken, 0.95), at(ours.busy, 0.5), at(bare.taken, 0.5)];
    const cells = [p50, p95, own, least, p50 / least, each.aim].map((value, i) => value.toFixed(i === 5 ? 0 : 2));
    rows.push([each.name, ...cells, p95 <= each.aim ? 'held' : 'MISSED']);
  }
  console.log(`\n${kind}: ${JSON.stringify(SIZE)}\n\n${table(rows)}`);
}

async function on(place: Config['store'], config: Config): Promise<void> {
  const database = await openDatabase(place, { clock });
  try {
    await migrate(database, clock);
    await seed(database, SIZE, clock.now());
    for (const [id, count] of Object.entries(SCOPED)) {
      const grants = Array.from({ length: count }, (_, i) => ({ role: 'auditor', organisation: `org-${i}` }));
      const roles = JSON.stringify(grants);
      await database.db.updateTable('accounts').set({ roles, admin: 1 }).where('id', '=', id).execute();
    }
    const store = createStore(database, clock);
    const ctx: ManageContext = { store, clock, random, config, actor: 'cli:bench', authority: MACHINE };
    await measure(place.kind, ctx, database.db);
  } finally {
    await database.close();
  }
}

const folder = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
// As it comes; the tests make do with less.
const server = await startPostgres(['shared_buffers=128MB']);
try {
  const arrived = configFromArguments({ data: folder, upstream: 'http://127.0.0.1:9' });
  const realm = [...arrived.realms.values()][0];
  if (realm === undefined) throw new Error('no realm');
  const config: Config = { ...arrived, realms: new Map([['staff', { ...realm, id: 'staff' }]]), tls: null };
  await on({ kind: 'sqlite', path: join(folder, 'console.db') }, config);
  await on({ kind: 'postgres', url: await server.database() }, config);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
