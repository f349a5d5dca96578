import { setImmediate as othersTurn } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { NumberSet } from '../../lib/number-set.ts';
import type { Scope } from '../database.ts';
import type { EntryAsk, EntryMoments, EntryTold, LastUse, ViewStore } from '../view-types.ts';

/** Numbers of entries that are read at once, along the index by kind, outcome and moment: some ms, in which SQLite serves nobody. */
const PAGE = 10_000;
/** The same, of which each is read as a row. */
const MOMENTS_AT_ONCE = 4_000;

type Way = EntryAsk['what'][number];

interface Place {
  readonly at: number;
  readonly seq: number;
}

/** As one text: of many small rows most of the time goes into making objects of them. */
function numbersAsText({ kind }: Scope): RawBuilder<string | null> {
  return kind === 'sqlite' ? sql`group_concat(seq)` : sql`string_agg(seq::text, ',')`;
}

/** That a column is among so many values: as one parameter, so that the statement is the same for any number of them. */
function among(kind: Scope['kind'], column: RawBuilder<unknown>, values: readonly (string | number)[]) {
  if (kind === 'sqlite') return sql<SqlBool>`${column} in (select value from json_each(${JSON.stringify(values)}))`;
  return sql<SqlBool>`${column} = any(${values})`;
}

/** After one place and not beyond another: one limit each way, since SQLite goes along an index as far as the first that it finds. */
function along({ db }: Scope, { kind, outcome }: Way, after: Place, upTo: Place) {
  return db
    .selectFrom('audit')
    .where('kind', '=', kind)
    .where('outcome', '=', outcome)
    .where(sql<SqlBool>`(at, seq) > (${after.at}, ${after.seq})`)
    .where(sql<SqlBool>`(at, seq) <= (${upTo.at}, ${upTo.seq})`);
}

/** The last of so many entries; undefined: there are fewer. */
function lastOfPage(scope: Scope, way: Way, after: Place, upTo: Place): Promise<Place | undefined> {
  return along(scope, way, after, upTo)
    .select(['at', 'seq'])
    .orderBy('at')
    .orderBy('seq')
    .limit(1)
    .offset(PAGE - 1)
    .executeTakeFirst();
}

const COMMA = 44;
const NAUGHT = 48;

/** Adds the numbers of a text of digits and commas. */
function addFrom(text: string, to: NumberSet): void {
  let number = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code !== COMMA) {
      number = number * 10 + code - NAUGHT;
      continue;
    }
    to.add(number);
    number = 0;
  }
  to.add(number);
}

/** Numbers of the entries of one kind and outcome, page by page. */
async function addAlong(scope: Scope, way: Way, ask: EntryAsk, to: NumberSet): Promise<void> {
  const end: Place = { at: ask.until, seq: Number.MAX_SAFE_INTEGER };
  let place: Place = { at: ask.from, seq: 0 };
  for (;;) {
    const last = await lastOfPage(scope, way, place, end);
    const page = along(scope, way, place, last ?? end).select(numbersAsText(scope).as('text'));
    const { text } = await page.executeTakeFirstOrThrow();
    if (text !== null) addFrom(text, to);
    if (last === undefined) return;
    place = last;
    await othersTurn();
  }
}

async function numbers(scope: Scope, ask: EntryAsk): Promise<readonly number[]> {
  const set = new NumberSet();
  for (const way of ask.what) await addAlong(scope, way, ask, set);
  const found: number[] = [];
  for (const some of set.inOrder()) {
    for (const seq of some) found.push(seq);
    await othersTurn();
  }
  return found;
}

/** Numbers and moments of the entries of one kind and outcome, page by page. */
async function* momentsAlong(scope: Scope, way: Way, ask: EntryAsk): AsyncGenerator<readonly Place[]> {
  const end: Place = { at: ask.until, seq: Number.MAX_SAFE_INTEGER };
  let place: Place = { at: ask.from, seq: 0 };
  for (;;) {
    const some = along(scope, way, place, end).select(['at', 'seq']).orderBy('at').orderBy('seq');
    const rows = await some.limit(MOMENTS_AT_ONCE).execute();
    yield rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < MOMENTS_AT_ONCE) return;
    place = last;
    await othersTurn();
  }
}

async function moments(scope: Scope, ask: EntryAsk): Promise<EntryMoments> {
  const [seqs, ats]: [number[], number[]] = [[], []];
  for (const way of ask.what)
    for await (const rows of momentsAlong(scope, way, ask))
      for (const { seq, at } of rows) {
        seqs.push(seq);
        ats.push(at);
      }
  return { seqs: Float64Array.from(seqs), ats: Float64Array.from(ats) };
}

const COLUMNS = ['seq', 'at', 'kind', 'outcome', 'accountId', 'appId', 'detail'] as const;

/** The column of all the rows as one list, in the order in which the statement comes by them, which is the same for each of its columns. */
function asList(kind: Scope['kind'], column: (typeof COLUMNS)[number]): RawBuilder<string | null> {
  return kind === 'sqlite' ? sql`json_group_array(${sql.ref(column)})` : sql`json_agg(${sql.ref(column)})::text`;
}

/** Seven texts, whatever the rows: objects that a driver makes of rows take longer to make, and to read, than all the rest. */
async function byNumber({ kind, db }: Scope, seqs: readonly number[]): Promise<EntryTold[]> {
  const row = await db
    .selectFrom('audit')
    .select(COLUMNS.map((column) => asList(kind, column).as(column)))
    .where(among(kind, sql`seq`, seqs))
    .executeTakeFirstOrThrow();
  const list = <T>(text: string | null): readonly T[] => JSON.parse(text ?? '[]');
  // The database made them of columns of these types, and of every row each of them.
  const [kinds, outcomes] = [list<string>(row.kind), list<EntryTold['outcome']>(row.outcome)];
  const [accounts, apps] = [list<string | null>(row.accountId), list<string | null>(row.appId)];
  const [moments, details] = [list<number>(row.at), list<string>(row.detail)];
  const entries = list<number>(row.seq).map(
    (seq, i): EntryTold => ({
      seq,
      at: moments[i] ?? 0,
      kind: kinds[i] ?? '',
      outcome: outcomes[i] ?? 'failed',
      accountId: accounts[i] ?? null,
      appId: apps[i] ?? null,
      detail: details[i] ?? '',
    }),
  );
  return entries.sort((a, b) => a.seq - b.seq);
}

/** From the moment backwards along the entries of each account, as far as its last sign-in. */
async function lastUses({ kind, db }: Scope, at: number, ids: readonly string[]): Promise<LastUse[]> {
  const last = sql<number | null>`(select a.at from audit a where a.account_id = accounts.id and a.at <= ${at}
    and a.kind = 'session.open' and a.outcome = 'ok' order by a.at desc, a.seq desc limit 1)`;
  const rows = await db
    .selectFrom('accounts')
    .select(['id', last.as('at')])
    .where(among(kind, sql`accounts.id`, ids))
    .execute();
  return rows.map(({ id, at: used }) => ({ id, at: used === null ? null : Number(used) }));
}

async function accountIds({ db }: Scope, after: string, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('accounts')
    .select('id')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(({ id }) => id);
}

type Views = Pick<ViewStore, 'entryNumbers' | 'entryMoments' | 'entriesByNumber' | 'accountIds' | 'lastUses'>;

export function coverageViews(scope: Scope): Views {
  return {
    accountIds: (after, limit) => accountIds(scope, after, limit),
    entryNumbers: (ask) => numbers(scope, ask),
    entryMoments: (ask) => moments(scope, ask),
    entriesByNumber: (seqs) => byNumber(scope, seqs),
    lastUses: (at, ids) => lastUses(scope, at, ids),
  };
}
