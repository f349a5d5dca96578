import { Sealer } from '../../../src/audit/sealer.ts';
import { loadConfigFile } from '../../../src/config/load.ts';
import type { AccountStanding } from '../../../src/coverage/types.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { MACHINE } from '../../../src/manage/authority.ts';
import type { ManageContext } from '../../../src/manage/context.ts';
import { showCoverage } from '../../../src/manage/coverage.ts';
import type { CoverageAnswer, CoverageApp, CoverageRow } from '../../../src/manage/coverage-form.ts';
import { momentOf } from '../../../src/manage/coverage-moment.ts';
import { rememberedLogKey } from '../../../src/manage/log-key.ts';
import { openSealedStore } from '../../../src/store/open-sealed.ts';
import { REALM } from '../make/hands.ts';
import { fileOf, type Place } from '../make/place.ts';
import type { ReportedAccount, ReportedDay } from './differences.ts';

/** Rows of one page. */
const PAGE = 5_000;

function accountOf(row: CoverageRow, standing: AccountStanding | undefined): ReportedAccount {
  const { name, organisation, addedAt, disabledAt, removedAt, lastUsedAt, cells } = row;
  return {
    who: name ?? '',
    organisation: organisation ?? '',
    joinedAt: addedAt ?? 0,
    disabledAt,
    goneAt: removedAt,
    signedInAt: lastUsedAt,
    codes: standing?.recovery?.left ?? null,
    devices: [...(standing?.factors.values() ?? [])].map(({ label, kind, enrolledAt, disabledAt: endedAt }) => {
      return { name: label, kind, since: enrolledAt, endedAt };
    }),
    cells: new Map(cells.map(({ app, basis: _basis, ...cell }) => [app, cell])),
  };
}

function appOf({ id, bound, unbound, routes }: CoverageApp): ReportedDay['apps'][number] {
  const exceptions = routes.flatMap(({ method, path, way, exception }) =>
    exception === null ? [] : [{ method, path, over: way === 'expired exemption', ...exception }],
  );
  const rules = routes.flatMap(({ path, way }) => {
    if (path === '/**' || (way !== 'passkey' && way !== 'second factor')) return [];
    return [{ path, require: way === 'passkey' ? ('passkey' as const) : ('mfa' as const) }];
  });
  return { id, bound, unbound, exceptions, rules };
}

function summaryOf({ summary, wanting }: CoverageAnswer): ReportedDay['summary'] {
  const { accounts, apps, organisations, strength, recoveryOnly, passwordAlone } = summary;
  const key = ({ what, app }: { what: string; app: string | null }) => `${what} ${app}`;
  return {
    accounts,
    apps,
    organisations: organisations.map(({ name, counts }) => ({ name, counts })),
    strength: [...strength].sort((a, b) => (a.acr < b.acr ? -1 : 1)),
    recoveryOnly,
    past: passwordAlone.through === 0 ? passwordAlone.past : [],
    wanting: wanting
      .map(({ what, app, count }) => ({ what, app: app ?? '', count }))
      .sort((a, b) => (key(a) < key(b) ? -1 : 1)),
  };
}

/** The whole of the answer, page by page. */
async function asked(ctx: ManageContext, at: number): Promise<{ answer: CoverageAnswer; rows: CoverageRow[] }> {
  const first = await showCoverage.ask(ctx, { at, limit: PAGE });
  const rows = [...first.rows];
  for (let { next } = first; next !== null; ) {
    const more = await showCoverage.ask(ctx, { at, limit: PAGE, cursor: next });
    rows.push(...more.rows);
    next = more.next;
  }
  return { answer: first, rows };
}

async function dayOf(ctx: ManageContext, at: number): Promise<{ day: ReportedDay; ms: number }> {
  const began = performance.now();
  const { answer, rows } = await asked(ctx, at);
  const ms = performance.now() - began;
  // What of an account the answer has no room for: devices, codes.
  const { state } = await momentOf(ctx.store, at);
  const { configuration, closed } = answer.record;
  const day = {
    accounts: new Map(rows.map((row) => [row.name ?? '', accountOf(row, state.accounts.get(row.id))])),
    organisations: [...state.organisations.values()].filter(({ realm }) => realm === REALM).map(({ name }) => name),
    apps: answer.apps.map(appOf),
    digest: configuration?.digest ?? null,
    since: configuration?.at ?? null,
    closed: closed !== null && (closed.until ?? Number.POSITIVE_INFINITY) > at,
    summary: summaryOf(answer),
  };
  return { day, ms };
}

export interface Reports {
  /** How it was at a moment, by the record; and how long it took to say so, ms. */
  at(moment: number): Promise<{ readonly day: ReportedDay; readonly ms: number }>;
  close(): Promise<void>;
}

/** Opens the record of an estate, and seals what commands have written since its server stopped. `now`: the moment at which it is looked at. */
export async function openReports(place: Place, now: number): Promise<Reports> {
  const clock = { now: () => now, monotonic: () => performance.now() };
  const env = place.postgres === null ? {} : { SALLYPORT_STORE_PASSWORD: new URL(place.postgres).password };
  const { config } = await loadConfigFile(fileOf(place), { clock, env });
  if (config === undefined) throw new Error('the configuration of the estate has faults');
  const { store, seal } = await openSealedStore(config, { clock, random: systemRandom });
  const key = rememberedLogKey({ store, clock, seal, random: systemRandom });
  await new Sealer({ store, clock, key, ordered: place.postgres === null }).turn();
  const ctx: ManageContext = { store, clock, random: systemRandom, config, actor: 'cli:estate', authority: MACHINE };
  return { at: (moment) => dayOf(ctx, moment), close: () => store.close() };
}
