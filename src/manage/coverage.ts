import type { AppAtMoment } from '../coverage/apps.ts';
import type { Moment } from '../coverage/cells.ts';
import { appWants, passwordAlone, type Want } from '../coverage/summary.ts';
import { authenticatorsOf, lastUseAt } from '../coverage/uses.ts';
import { SallyportError } from '../errors.ts';
import { warranted } from './administration.ts';
import type { ManageContext } from './context.ts';
import {
  type CoverageAnswer,
  type CoverageRow,
  type CoverageWish,
  coverageAnswer,
  coverageWish,
} from './coverage-form.ts';
import { type Looked, look } from './coverage-look.ts';
import { lastUsesBy, momentOf, type Progress, usesBy } from './coverage-moment.ts';
import { query, type Reading } from './query.ts';

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
export async function coverageAt(
  ctx: Reading,
  wish: CoverageWish,
  progress: Progress = () => {},
): Promise<CoverageAnswer> {
  const now = ctx.clock.now();
  const at = wish.at ?? now;
  if (at > now) throw new SallyportError('usage', 'that moment is still to come');
  const moment = await momentOf(ctx.store, at, progress);
  const looked = await look(ctx, wish, moment, progress);
  const { rows, total, next } = looked.page;
  const ids = rows.map(({ id }) => id);
  const uses = await lastUsesBy(ctx.store, at, ids);
  const used = await withUses(ctx, moment, rows);
  const apps = ctx.reach === 'all' ? looked.apps : [];
  return {
    at,
    summary: summaryOf(ctx, looked),
    apps: apps.map((app) => ({ ...app, findings: app.findings.map(shownFinding) })),
    wanting: [...wantsOf(looked), ...(await unsealed(ctx, at))],
    record: recordOf(ctx, moment),
    rows: used.map((row) => ({ ...row, lastUsedAt: uses.get(row.id) ?? null })),
    total,
    next,
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
