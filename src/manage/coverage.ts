import { z } from 'zod';
import { type AppAtMoment, appsAt } from '../coverage/apps.ts';
import { appsOf, type Cell, cellOf, type Moment } from '../coverage/cells.ts';
import { appWants, passwordAlone, Tally, type Want } from '../coverage/summary.ts';
import type { AccountStanding } from '../coverage/types.ts';
import { authenticatorsOf, lastUseAt } from '../coverage/uses.ts';
import { SallyportError } from '../errors.ts';
import { within } from '../roles.ts';
import { warranted } from './administration.ts';
import type { ManageContext } from './context.ts';
import {
  type CoverageAnswer,
  type CoverageRow,
  type CoverageWish,
  coverageAnswer,
  coverageWish,
} from './coverage-form.ts';
import { eachInTurn, lastUsesBy, momentOf, type Progress, usesBy } from './coverage-moment.ts';
import { cursorOf, placeIn, placeText } from './places.ts';
import { query, type Reading } from './query.ts';

const AT_ONCE = 50;

/** Everything of a moment within a reach: what is shown is chosen of it. */
interface Looked {
  readonly moment: Moment;
  readonly apps: readonly AppAtMoment[];
  readonly tally: Tally;
  readonly rows: readonly CoverageRow[];
}

function rowOf(moment: Moment, account: AccountStanding, cells: ReadonlyMap<string, Cell>): Omit<CoverageRow, 'class'> {
  const { id, realm, name, organisation, addedAt, disabledAt, removedAt } = account;
  const known = moment.state.organisations.get(organisation ?? '');
  return {
    id,
    realm,
    name,
    organisationId: organisation,
    organisation: known?.name ?? null,
    addedAt,
    disabledAt,
    removedAt,
    lastUsedAt: null,
    authenticators: [],
    cells: [...cells].map(([app, cell]) => ({ app, ...cell, lastUsedAt: null })),
  };
}

function chosen({ organisationId, organisation, cells, class: overall }: CoverageRow, wish: CoverageWish): boolean {
  if (wish.organisation !== undefined && wish.organisation !== organisationId && wish.organisation !== organisation)
    return false;
  if (wish.app === undefined) return wish.class === undefined || overall === wish.class;
  return cells.some((cell) => cell.app === wish.app && (wish.class === undefined || cell.class === wish.class));
}

const byName = (a: CoverageRow, b: CoverageRow): number => {
  const [x, y] = [a.name ?? '', b.name ?? ''];
  return x < y ? -1 : x > y ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
};

/** Whether an account was within reach, by where it belonged then. */
const reaches = ({ reach }: Reading, { organisation }: AccountStanding): boolean =>
  reach === 'all' || (organisation !== null && within(reach, organisation));

async function look(ctx: Reading, wish: CoverageWish, moment: Moment): Promise<Looked> {
  const apps = moment.inForce?.apps ?? [];
  const tally = new Tally();
  const rows: CoverageRow[] = [];
  await eachInTurn(moment.state.accounts.values(), (account) => {
    if (!reaches(ctx, account)) return;
    const of = appsOf(account, apps);
    const cells = new Map(of.map((app) => [app.id, cellOf(moment, account, app)]));
    const row = { ...rowOf(moment, account, cells), class: tally.add(account, cells) };
    if (chosen(row, wish))
      rows.push(wish.app === undefined ? row : { ...row, cells: row.cells.filter(({ app }) => app === wish.app) });
  });
  // Whoever sees single organisations hears of the apps of their people's realms alone, in what is wanting too.
  const seen = appsAt(moment).filter(({ id }) => ctx.reach === 'all' || tally.byApp.has(id));
  return { moment, apps: seen, tally, rows: rows.sort(byName) };
}

const placeForm = z.tuple([placeText, placeText]);

/** The page after the cursor, and the cursor of the next. */
function pageOf(rows: readonly CoverageRow[], { cursor, limit = AT_ONCE }: CoverageWish) {
  const place = placeIn(cursor, placeForm);
  const [name = '', id = ''] = place ?? [];
  const after = place === undefined ? 0 : rows.findIndex((row) => byName(row, { ...row, name, id }) > 0);
  const shown = after < 0 ? [] : rows.slice(after, after + limit);
  const last = shown.at(-1);
  const more = last !== undefined && after + limit < rows.length;
  return { rows: shown, next: more ? cursorOf([last.name ?? '', last.id]) : null };
}

function wantsOf({ moment, apps, tally }: Looked): Want[] {
  const { unknown } = tally.accounts;
  const none = { app: null, basis: [] };
  return [
    ...appWants(apps),
    ...(unknown === 0 ? [] : [{ what: 'unknown-accounts' as const, count: unknown, ...none }]),
    ...(moment.inForce === null ? [{ what: 'configuration-not-on-record' as const, count: 1, ...none }] : []),
  ];
}

function summaryOf({ reach }: Reading, { moment, apps, tally }: Looked): CoverageAnswer['summary'] {
  const { organisations } = moment.state;
  return {
    accounts: tally.accounts,
    apps: [...tally.byApp].map(([app, counts]) => ({ app, counts })).sort((a, b) => (a.app < b.app ? -1 : 1)),
    organisations: [...tally.byOrganisation]
      .map(([id, counts]) => ({ id, name: organisations.get(id)?.name ?? id, counts }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
    strength: tally.strength(),
    recoveryOnly: tally.recoveryOnly,
    passwordAlone: passwordAlone(apps, tally.byApp, reach === 'all'),
  };
}

function recordOf({ reach }: Reading, { state }: Moment): CoverageAnswer['record'] {
  const { configuration, closed, droppedBefore, outOfOrder, unknownKinds, read } = state;
  const shown = configuration === null ? null : (({ sbom: _sbom, ...rest }) => rest)(configuration);
  if (reach === 'all') return { entries: read, configuration: shown, closed, droppedBefore, outOfOrder, unknownKinds };
  // How much is on record, and of what kinds, tells what others do; a digest tells that the configuration is of a guessed text.
  const confined = shown && { ...shown, digest: null, meaning: null };
  return {
    entries: null,
    configuration: confined,
    closed,
    droppedBefore,
    outOfOrder: null,
    unknownKinds: null,
  };
}

const shownFinding = ({ kind, ok, at, seq }: AppAtMoment['findings'][number]) => ({ kind, ok, at, seq });

/** Entries of that time without a place in the log; only asked for everything, since it reads all numbers. */
async function unsealed(ctx: Reading, at: number): Promise<Want[]> {
  if (ctx.reach !== 'all') return [];
  const { count, oldest } = await ctx.store.log.waiting();
  // What was written a moment ago is sealed within a second.
  if (count === 0 || oldest === null || oldest > Math.min(at, ctx.clock.now() - 60_000)) return [];
  return [{ what: 'unsealed', app: null, count, basis: [] }];
}

/**
 * How every account stood at a moment: the matrix as its factors (docs/decisions/0055). Rows of one page; all of them are counted.
 * Throws `usage` for a moment to come.
 */
export async function coverageAt(ctx: Reading, wish: CoverageWish, progress?: Progress): Promise<CoverageAnswer> {
  const now = ctx.clock.now();
  const at = wish.at ?? now;
  if (at > now) throw new SallyportError('usage', 'that moment is still to come');
  const moment = await momentOf(ctx.store, at, progress);
  const looked = await look(ctx, wish, moment);
  const uses = await lastUsesBy(ctx.store, at);
  const page = pageOf(looked.rows, wish);
  const used = await withUses(ctx, moment, page.rows);
  const apps = ctx.reach === 'all' ? looked.apps : [];
  return {
    at,
    summary: summaryOf(ctx, looked),
    apps: apps.map((app) => ({ ...app, findings: app.findings.map(shownFinding) })),
    wanting: [...wantsOf(looked), ...(await unsealed(ctx, at))],
    record: recordOf(ctx, moment),
    rows: used.map((row) => ({ ...row, lastUsedAt: uses.get(row.id) ?? null })),
    total: looked.rows.length,
    next: page.next,
  };
}

/** The rows with what each account has, and when it was last used by then. */
async function withUses(ctx: Reading, moment: Moment, rows: readonly CoverageRow[]): Promise<CoverageRow[]> {
  const accounts = rows.flatMap(({ id }) => moment.state.accounts.get(id) ?? []);
  const used = await usesBy(ctx.store, moment.at, accounts);
  const apps = new Map(moment.inForce?.apps.map((app) => [app.id, app]));
  return rows.map((row) => {
    const account = moment.state.accounts.get(row.id);
    if (account === undefined) return row;
    const all = authenticatorsOf({ ...account, uses: used.get(row.id) ?? null });
    return {
      ...row,
      authenticators: all.map(({ id, kind, enrolledAt, disabledAt, used: last }) => ({
        ...{ id, kind, enrolledAt, disabledAt, lastUsedAt: last?.at ?? null, lastUsedSeq: last?.seq ?? null },
      })),
      cells: row.cells.map((cell) => ({
        ...cell,
        lastUsedAt: lastUseAt(all, apps.get(cell.app) ?? { rp: null }, cell)?.at ?? null,
      })),
    };
  });
}

const described = {
  name: 'coverage.show',
  does: 'which accounts could get in at a moment of the past, how, and by which entries it is so',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'reach' },
  http: 'GET /coverage',
} as const;

/** All of it at once, for whoever writes it into a file; `progress` is told how far reading has come. */
export function wholeCoverage(
  ctx: ManageContext,
  wish: Omit<CoverageWish, 'limit' | 'cursor'>,
  progress?: Progress,
): Promise<CoverageAnswer> {
  return warranted(ctx, described, (within) =>
    coverageAt(within, { ...wish, limit: Number.MAX_SAFE_INTEGER }, progress),
  );
}

/** The same for whoever asks for one page of it. */
export const showCoverage = query({
  ...described,
  input: coverageWish,
  output: coverageAnswer,
  read: (ctx, wish) => coverageAt(ctx, wish),
});
