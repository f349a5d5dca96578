import { z } from 'zod';
import type { AuditKind } from '../audit/audit.ts';
import { detailOf, numberOf } from '../coverage/detail.ts';
import { ROLES } from '../roles.ts';
import type { OrganisationRow } from '../store/types.ts';
import type { OrganisationStanding } from '../store/view-types.ts';
import { certificateEndings, declaredEndings, type Ending } from './ending.ts';
import { entriesByDay } from './entries-on.ts';
import { waitingFor } from './proposals.ts';
import { query, type Reading } from './query.ts';
import { samplesAmong } from './samples.ts';
import { lastTrials } from './trials.ts';
import { untriedOf } from './untried.ts';

const DAY = 86_400_000;
const DAYS = 14;
/** What ends within this is worth a word. */
const SOON = 30 * DAY;
/** Entries of a kind that are counted of a day; of more it is that many. */
const FAILED_COUNTED = 1_000;

const SIGNED_IN = ['session.open'] as const satisfies readonly AuditKind[];
const REFUSED = [
  'sign-in.begin',
  'sign-in.second',
  'sign-in.step-up',
  'app.sign-in',
] as const satisfies readonly AuditKind[];

const counts = {
  accounts: z.number(),
  protected: z.number(),
  invited: z.number(),
  none: z.number(),
  disabled: z.number(),
  /** By the strongest that works, of those that are not disabled. */
  passkey: z.number(),
  totp: z.number(),
  recoveryOnly: z.number(),
};
type Counts = Readonly<Record<keyof typeof counts, number>>;

/** What somebody has to look at. The first that is most pressing. */
const NEEDS = [
  'certificate-over',
  'exemption-over',
  'unbound-over',
  'stands-open',
  'second-person',
  'certificate-ends',
  'exemption-ends',
  'unbound-ends',
  'without-factor',
  'invited',
  'recovery-only',
  'preset-untried',
  'notice-failed',
] as const;

const overview = z.strictObject({
  /** When it was counted, ms. */
  at: z.number(),
  organisations: z.array(z.strictObject({ id: z.string(), realm: z.string(), name: z.string(), ...counts })).readonly(),
  total: z.strictObject(counts),
  /** Sign-ins, and attempts that were refused, by day (UTC), the oldest first. */
  days: z.array(z.strictObject({ from: z.number(), signIns: z.number(), refused: z.number() })).readonly(),
  /** What ends within 30 days or is over: of everything, so only for whoever may see everything. */
  endings: z
    .array(
      z.strictObject({
        what: z.enum(['exemption', 'unbound', 'certificate']),
        app: z.string().nullable(),
        place: z.string(),
        owner: z.string().nullable(),
        endsAt: z.number(),
        over: z.boolean(),
      }),
    )
    .readonly(),
  /** Apps whose preset has not been tried where it stands. */
  untried: z.array(z.strictObject({ app: z.string(), preset: z.string(), why: z.string() })).readonly(),
  /** What lets somebody in past the second factor, by the last alert (`coverage.fell`); 0 for whoever may not see everything. */
  standsOpen: z.number(),
  /** Messages of the last days that nobody received. */
  noticesFailed: z.number(),
  /** Names of organisations that the demonstration has made up, with their people. */
  samples: z.array(z.string()).readonly(),
  /** Acts that somebody else than whoever asks has proposed, and that wait for a second person. */
  waiting: z.number(),
  needs: z.array(z.strictObject({ what: z.enum(NEEDS), count: z.number() })).readonly(),
});
export type Overview = Readonly<z.infer<typeof overview>>;

const NOTHING: Counts = {
  accounts: 0,
  protected: 0,
  invited: 0,
  none: 0,
  disabled: 0,
  passkey: 0,
  totp: 0,
  recoveryOnly: 0,
};

function sum(all: readonly Counts[]): Counts {
  const total = { ...NOTHING };
  // The keys of a literal are its own.
  for (const each of all) for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += each[key];
  return total;
}

async function organisationsOf({ store, reach }: Reading, now: number) {
  const rows = await store.organisations.list(reach);
  const standings = new Map((await store.views.standings(reach, now)).map((each) => [each.organisationId, each]));
  return rows.map(({ id, realm, name }: OrganisationRow) => {
    const { organisationId: _id, ...counted }: OrganisationStanding = standings.get(id) ?? {
      organisationId: id,
      ...NOTHING,
    };
    return { id, realm, name, ...counted };
  });
}

async function daysOf(ctx: Reading, now: number) {
  const first = (Math.floor(now / DAY) - DAYS + 1) * DAY;
  const span = { from: first, days: DAYS, now };
  const [signIns, refused] = await Promise.all([
    entriesByDay(ctx, { ...span, kinds: SIGNED_IN, outcome: 'ok' }),
    entriesByDay(ctx, { ...span, kinds: REFUSED, outcome: 'refused' }),
  ]);
  const days = signIns.map((count, i) => ({ from: first + i * DAY, signIns: count, refused: refused[i] ?? 0 }));
  const failed = { kinds: ['notice.failed'], outcome: 'failed', from: first, to: first + DAYS * DAY } as const;
  const noticesFailed = await ctx.store.views.countEntries({ ...failed, reach: ctx.reach, most: FAILED_COUNTED });
  return { days, noticesFailed };
}

/** How much stands open, by the last entry that told of it: one row, however long the record is. */
async function standsOpen({ store }: Reading): Promise<number> {
  const { rows } = await store.views.record({ reach: 'all', kinds: ['coverage.fell'], limit: 1 });
  const [row] = await store.views.entriesByNumber(rows.map(({ seq }) => seq));
  return row === undefined ? 0 : (numberOf(detailOf(row), 'open') ?? 0);
}

/** Of the whole installation; nothing for whoever is asked for single organisations. */
async function configured(ctx: Reading, now: number) {
  const { config, store, reach } = ctx;
  if (reach !== 'all') return { endings: [], untried: [], standsOpen: 0 };
  const places = [
    { app: null, tls: config.tls },
    { app: 'console', tls: config.console?.tls ?? null },
  ];
  const all = [...declaredEndings(config.apps, now), ...certificateEndings(places, now)];
  const endings = all.filter(({ endsAt }) => !(endsAt > now + SOON)).sort((a, b) => a.endsAt - b.endsAt);
  const untried = untriedOf(config.apps, await lastTrials(store));
  return { endings, untried, standsOpen: await standsOpen(ctx) };
}

function needsOf(
  { none, invited, recoveryOnly }: Counts,
  {
    endings,
    untried,
    standsOpen,
    noticesFailed,
    waiting,
  }: Pick<Overview, 'endings' | 'untried' | 'standsOpen' | 'noticesFailed' | 'waiting'>,
): Overview['needs'] {
  const ending = (what: Ending['what'], over: boolean) =>
    endings.filter((each) => each.what === what && each.over === over).length;
  const found: Readonly<Record<(typeof NEEDS)[number], number>> = {
    'certificate-over': ending('certificate', true),
    'exemption-over': ending('exemption', true),
    'unbound-over': ending('unbound', true),
    'stands-open': standsOpen,
    'second-person': waiting,
    'certificate-ends': ending('certificate', false),
    'exemption-ends': ending('exemption', false),
    'unbound-ends': ending('unbound', false),
    'without-factor': none,
    invited,
    'recovery-only': recoveryOnly,
    'preset-untried': untried.length,
    'notice-failed': noticesFailed,
  };
  return NEEDS.flatMap((what) => (found[what] > 0 ? [{ what, count: found[what] }] : []));
}

/** How things stand, for whoever looks after them: of the asker's organisations alone. */
export const showOverview = query({
  name: 'overview.show',
  does: 'who is protected and who is not, by organisation; sign-ins of the last days; what needs a person',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /overview',
  input: z.strictObject({}),
  output: overview,
  async read(ctx) {
    const at = ctx.clock.now();
    // Side by side where the database answers several at a time.
    const [organisations, { noticesFailed, days }] = await Promise.all([organisationsOf(ctx, at), daysOf(ctx, at)]);
    const total = sum(organisations);
    const waiting = await waitingFor(ctx, ctx.reach, ctx.self);
    const rest = { ...(await configured(ctx, at)), noticesFailed, waiting };
    const samples = await samplesAmong(ctx.store, organisations);
    return { at, organisations, total, days, samples, ...rest, needs: needsOf(total, rest) };
  },
});
