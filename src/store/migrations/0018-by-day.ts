import { sql } from 'kysely';
import { columnTypes, type Migration, type MigrationDb } from './migration.ts';

const DAY = 86_400_000;

/** What is counted by day: sign-ins, and attempts that were refused. `row`: of the record. */
const counts = (row: string) => `(
  (${row}.outcome = 'ok' and ${row}.kind = 'session.open') or (${row}.outcome = 'refused'
    and ${row}.kind in ('sign-in.begin', 'sign-in.second', 'sign-in.step-up', 'app.sign-in')))`;

const ADD = 'on conflict do update set entries = entries + excluded.entries';

/** Adds all that is on record of an account to an organisation, or takes it away. */
const allOf = (sign: '' | '-', account: string, organisation: string) => `
  insert into entries_by_day (organisation_id, kind, outcome, day, entries)
    select ${organisation}, kind, outcome, at / ${DAY}, ${sign}count(*) from audit
    where account_id = ${account} and ${organisation} is not null and ${counts('audit')}
    group by kind, outcome, at / ${DAY} ${ADD};`;

const tidy = (organisation: string) =>
  `delete from entries_by_day where organisation_id = ${organisation} and entries <= 0;`;

const oneMore = `
  insert into entries_by_day (organisation_id, kind, outcome, day, entries)
    select organisation_id, new.kind, new.outcome, new.at / ${DAY}, 1 from accounts
    where id = new.account_id and organisation_id is not null ${ADD};`;

const dayOfOld = `organisation_id = (select organisation_id from accounts where id = old.account_id)
    and kind = old.kind and outcome = old.outcome and day = old.at / ${DAY}`;
const oneLess = `
  update entries_by_day set entries = entries - 1 where ${dayOfOld};
  delete from entries_by_day where ${dayOfOld} and entries <= 0;`;

/** An entry belongs to where its account belongs today (docs/decisions/0050): what comes, goes and moves, of either. */
const TRIGGERS = [
  ['entry_counted', `after insert on audit when new.account_id is not null and ${counts('new')}`, oneMore],
  ['entry_gone', `after delete on audit when old.account_id is not null and ${counts('old')}`, oneLess],
  ['account_counted', 'after insert on accounts', allOf('', 'new.id', 'new.organisation_id')],
  [
    'account_gone',
    'after delete on accounts',
    allOf('-', 'old.id', 'old.organisation_id') + tidy('old.organisation_id'),
  ],
  [
    'account_moved',
    'after update of organisation_id on accounts when old.organisation_id is not new.organisation_id',
    allOf('-', 'old.id', 'old.organisation_id') +
      tidy('old.organisation_id') +
      allOf('', 'new.id', 'new.organisation_id'),
  ],
] as const;

async function fill(db: MigrationDb): Promise<void> {
  await sql
    .raw(`insert into entries_by_day (organisation_id, kind, outcome, day, entries)
      select accounts.organisation_id, audit.kind, audit.outcome, audit.at / ${DAY}, count(*)
      from audit cross join accounts on accounts.id = audit.account_id
      where accounts.organisation_id is not null and ${counts('audit')} group by 1, 2, 3, 4`)
    .execute(db);
}

/**
 * How many sign-ins and refusals there were of each organisation on each day, kept by the database itself in whatever transaction changes
 * it, so that nobody who writes can forget it (docs/decisions/0050). On SQLite, which has one writer at a time: on PostgreSQL those who sign in to
 * one organisation would wait for each other, and it counts the entries as quickly.
 */
export const byDay: Migration = {
  name: '0018-by-day',
  async up(db, kind) {
    if (kind !== 'sqlite') return;
    const { text, int } = columnTypes(kind);
    await db.schema
      .createTable('entries_by_day')
      .addColumn('organisation_id', text, (c) => c.notNull())
      .addColumn('kind', text, (c) => c.notNull())
      .addColumn('outcome', text, (c) => c.notNull())
      .addColumn('day', int, (c) => c.notNull())
      .addColumn('entries', int, (c) => c.notNull())
      .addPrimaryKeyConstraint('entries_by_day_pk', ['organisation_id', 'kind', 'outcome', 'day'])
      .modifyEnd(sql`strict, without rowid`)
      .execute();
    await fill(db);
    for (const [name, when, work] of TRIGGERS)
      await sql.raw(`create trigger ${name} ${when} begin ${work} end`).execute(db);
  },
};
