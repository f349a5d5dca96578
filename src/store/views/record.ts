import { type RawBuilder, type SqlBool, sql } from 'kysely';
import { AUDIT_COLUMNS } from '../audit-rows.ts';
import { chunks } from '../columns.ts';
import type { Scope } from '../database.ts';
import { accountsWithin } from '../organisations.ts';
import type { AuditRow } from '../types.ts';
import type { NamedEntry, RecordFilter, RecordPage, RecordPlace, ViewStore } from '../view-types.ts';
import { contains } from './contains.ts';
import { ofAccountWithin, seesFew } from './reach.ts';

/** Entries that one answer looks through where no index leads to what is asked for; whoever asks on goes on from there. */
export const LOOKED_THROUGH = 50_000;

const COLUMNS = AUDIT_COLUMNS.map((column) => `audit.${column}` as const);

const OUTCOMES = ['ok', 'refused', 'failed'] as const;

/** Along which index entries are read. */
type Way =
  | { readonly by: 'number' | 'moment' }
  | { readonly by: 'account'; readonly accountId?: string }
  | { readonly by: 'kind'; readonly kind: string; readonly outcome: AuditRow['outcome'] };

function entries({ db }: Scope, way: Way, { from, to, before, after }: RecordFilter) {
  let some = db.selectFrom('audit');
  if (way.by === 'kind') some = some.where('audit.kind', '=', way.kind).where('audit.outcome', '=', way.outcome);
  if (way.by === 'account' && way.accountId !== undefined) some = some.where('audit.accountId', '=', way.accountId);
  if (from !== undefined) some = some.where('audit.at', '>=', from);
  if (to !== undefined) some = some.where('audit.at', '<', to);
  if (after !== undefined) some = some.where('audit.seq', '>', after);
  if (before !== undefined) some = some.where(sql<SqlBool>`(audit.at, audit.seq) < (${before.at}, ${before.seq})`);
  return some;
}

/** Whoever did it: as it stands there, or by the name of an account that the asker may know of. */
function doneBy({ kind }: Scope, actor: string, { reach }: RecordFilter): RawBuilder<SqlBool> {
  return sql`(${contains(kind, sql`audit.actor`, actor)} or audit.actor in
    (select accounts.id from accounts where ${contains(kind, sql`accounts.name`, actor)} and ${accountsWithin(reach)}))`;
}

/** Entries of accounts within reach; those of no account, or of one that was removed, are for whoever may see everything. */
function matching(scope: Scope, way: Way, filter: RecordFilter) {
  const { reach, appId, kinds, outcome, actor } = filter;
  let some = entries(scope, way, filter);
  const few = way.by === 'account' && way.accountId === undefined;
  if (reach !== 'all') some = some.where(ofAccountWithin(scope, reach, few, sql`audit.account_id`));
  if (kinds !== undefined) some = some.where('audit.kind', 'in', kinds.length === 0 ? [''] : [...kinds]);
  if (outcome !== undefined) some = some.where('audit.outcome', '=', outcome);
  if (appId !== undefined) some = some.where('audit.appId', '=', appId);
  if (actor !== undefined) some = some.where(doneBy(scope, actor, filter));
  return some;
}

/** Whether every entry along the way matches: then none is looked at for nothing. */
function isDense({ by }: Way, { reach, appId, actor, kinds, outcome }: RecordFilter): boolean {
  if (reach !== 'all' || appId !== undefined || actor !== undefined) return false;
  return by === 'kind' || (kinds === undefined && outcome === undefined);
}

const SPANS = [3_600_000, 60_000, 1_000, 1];

/**
 * A place between two entries that tells nothing of either: the next whole hour after the last that was looked through, or as
 * whole a moment as lies before where the look began.
 */
function between({ at }: RecordPlace, { before }: RecordFilter): RecordPlace {
  const whole = SPANS.map((span) => Math.ceil((at + 1) / span) * span);
  return { at: whole.find((moment) => before === undefined || moment < before.at) ?? at, seq: 0 };
}

/** How far was looked; undefined: there are no more entries than that, or all match. */
async function horizonOf(scope: Scope, way: Way, filter: RecordFilter): Promise<RecordPlace | undefined> {
  if (way.by === 'account' || way.by === 'number' || isDense(way, filter)) return undefined;
  const last = await lastLookedAt(scope, way, filter);
  return last === undefined || filter.reach === 'all' ? last : between(last, filter);
}

function lastLookedAt(scope: Scope, way: Way, filter: RecordFilter): Promise<RecordPlace | undefined> {
  return entries(scope, way, filter)
    .select(['audit.at', 'audit.seq'])
    .orderBy('audit.at', 'desc')
    .orderBy('audit.seq', 'desc')
    .limit(1)
    .offset(LOOKED_THROUGH - 1)
    .executeTakeFirst();
}

async function waysFor(scope: Scope, filter: RecordFilter): Promise<readonly Way[]> {
  const { accountId, kinds = [], outcome, after } = filter;
  if (accountId !== undefined) return [{ by: 'account', accountId }];
  if (after !== undefined) return [{ by: 'number' }];
  // Of few accounts all entries are read by account, and none by moment.
  if (await seesFew(scope, filter.reach)) return [{ by: 'account' }];
  const [kind, second] = kinds;
  if (kind === undefined || second !== undefined) return [{ by: 'moment' }];
  const outcomes = outcome === undefined ? OUTCOMES : [outcome];
  return outcomes.map((each) => ({ by: 'kind', kind, outcome: each }));
}

const newer = (a: RecordPlace, b: RecordPlace): number => b.at - a.at || b.seq - a.seq;

/** Along one way: what matches, and how far was looked. */
async function along(scope: Scope, way: Way, filter: RecordFilter) {
  const horizon = await horizonOf(scope, way, filter);
  let some = matching(scope, way, filter).select(COLUMNS);
  if (horizon !== undefined) some = some.where(sql<SqlBool>`(audit.at, audit.seq) >= (${horizon.at}, ${horizon.seq})`);
  const rows = await some
    .orderBy('audit.at', 'desc')
    .orderBy('audit.seq', 'desc')
    .limit(filter.limit + 1)
    .execute();
  return { rows, horizon };
}

/** Names of accounts within reach, by id. */
async function namesOf({ db }: Scope, ids: readonly string[], reach: RecordFilter['reach']) {
  const names = new Map<string, string>();
  for (const part of chunks([...new Set(ids)], 500)) {
    const rows = await db
      .selectFrom('accounts')
      .select(['id', 'name'])
      .where('id', 'in', part)
      .where(accountsWithin(reach))
      .execute();
    for (const { id, name } of rows) names.set(id, name);
  }
  return names;
}

async function named(scope: Scope, rows: readonly Omit<NamedEntry, 'account' | 'by'>[], filter: RecordFilter) {
  const ids = rows.flatMap(({ accountId, actor }) => (accountId === null ? [actor] : [accountId, actor]));
  const names = await namesOf(scope, ids, filter.reach);
  return rows.map((row): NamedEntry => {
    const account = row.accountId === null ? null : (names.get(row.accountId) ?? null);
    return { ...row, account, by: names.get(row.actor) ?? null };
  });
}

async function page(scope: Scope, filter: RecordFilter): Promise<RecordPage> {
  const parts = [];
  for (const way of await waysFor(scope, filter)) parts.push(await along(scope, way, filter));
  // What lies beyond the nearest horizon was not looked at along every way: it comes later.
  const [horizon] = parts.flatMap((part) => (part.horizon === undefined ? [] : [part.horizon])).sort(newer);
  const all = parts
    .flatMap((part) => part.rows)
    .filter((row) => horizon === undefined || newer(row, horizon) <= 0)
    .sort(newer);
  const shown = all.slice(0, filter.limit);
  const last = shown.at(-1);
  const next = all.length > filter.limit && last !== undefined ? { at: last.at, seq: last.seq } : (horizon ?? null);
  // Written from the same type.
  const rows = shown.map((row) => ({ ...row, outcome: row.outcome as AuditRow['outcome'] }));
  return { rows: await named(scope, rows, filter), next };
}

export function recordViews(scope: Scope): Pick<ViewStore, 'record'> {
  return { record: (filter) => page(scope, filter) };
}
