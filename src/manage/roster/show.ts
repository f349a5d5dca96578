import { z } from 'zod';
import type { AppConfig } from '../../config/types.ts';
import { CLASSES, type Reconciled, type RosterLine } from '../../coverage/reconcile.ts';
import { provenNames } from '../../rosters/kept.ts';
import type { RosterRow } from '../../store/types.ts';
import type { NamedEntry } from '../../store/view-types.ts';
import { cursorForm, cursorOf, limitForm, placeIn, placeText } from '../places.ts';
import { query, type Reading } from '../query.ts';
import { compare, needRosterApp } from './compare.ts';
import { type ErasedNames, erasedForm, erasedOf } from './erased.ts';

const form = z.strictObject({
  app: z.string(),
  /** Only of this class, or those that are dormant. */
  only: z.enum([...CLASSES, 'dormant']).optional(),
  limit: limitForm(1000).optional(),
  cursor: cursorForm.optional(),
});
export type RosterQuestion = Readonly<z.infer<typeof form>>;

const line = z.strictObject({
  /** As the app writes it; of what it does not have, our name. */
  name: z.string(),
  account: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
  class: z.enum(CLASSES),
  dormant: z.boolean(),
  usedAt: z.number().nullable(),
});

const shown = z.strictObject({
  app: z.string(),
  realm: z.string(),
  /** Where it is read from by itself; null: somebody brings it. */
  source: z.enum(['file', 'url', 'sqlite', 'postgres', 'ldap']).nullable(),
  everyMs: z.number().nullable(),
  dormantAfterMs: z.number().nullable(),
  disableDormant: z.boolean(),
  /** The list that this is about; null: none was read yet. */
  read: z
    .strictObject({
      at: z.number(),
      from: z.string(),
      by: z.string().nullable(),
      digest: z.string(),
      names: z.number(),
    })
    .nullable(),
  /** Names that the list had and has no more; null: it has all. */
  erased: erasedForm.nullable(),
  /** Since then it could not be read. */
  failed: z.strictObject({ at: z.number(), why: z.string() }).nullable(),
  /** Of the list, and of ours as they are now; of when it was read, where all of its names were erased. */
  counts: z.strictObject(Object.fromEntries(CLASSES.map((name) => [name, z.number()] as const))),
  dormant: z.number(),
  doubled: z.number(),
  rows: z.array(line).readonly(),
  next: z.string().nullable(),
});
export type RosterView = Readonly<z.infer<typeof shown>>;

const AT_ONCE = 100;
/** Entries that are looked at for the last list; of more failures on end nothing older is known. */
const LOOKED_AT = 100;
const NOTHING: Reconciled = {
  lines: [],
  counts: { unknown: 0, 'never-came': 0, invited: 0, unused: 0, used: 0, disabled: 0, gone: 0 },
  dormant: 0,
  doubled: 0,
};

interface Detail {
  readonly digest: string;
  readonly from: string;
  readonly names: number;
  readonly why: string;
  readonly dormant: number;
  readonly doubled: number;
}

const detailOf = ({ detail }: NamedEntry): Detail => JSON.parse(detail) as Detail; // by its outcome, of read.ts and fail.ts

/** What was counted when a list was read, of which no name is left. */
function countedIn(entry: NamedEntry): Reconciled {
  const said = JSON.parse(entry.detail) as Readonly<Record<string, number>>; // by its outcome, of read.ts
  const counts = Object.fromEntries(CLASSES.map((name) => [name, said[name.replace('-', '_')] ?? 0]));
  const { dormant, doubled } = detailOf(entry);
  return { lines: [], counts: { ...NOTHING.counts, ...counts }, dormant, doubled };
}

interface Compared {
  readonly all: Reconciled;
  readonly erased: ErasedNames | null;
}

/** What is kept of a list beside ours as they are now, or what was counted then. Throws `sealed-value-invalid` for a list that is not the one on record. */
async function compared(ctx: Reading, app: AppConfig, good: NamedEntry | undefined): Promise<Compared> {
  if (good === undefined) return { all: NOTHING, erased: null };
  const { digest, names: had } = detailOf(good);
  const row: RosterRow | undefined = await ctx.store.rosters.byDigest(digest);
  const kept = row?.text == null ? [] : provenNames({ digest, text: row.text }).names;
  const erased = await erasedOf(ctx, row ?? { digest, erasedBy: null, text: null }, [had, kept.length]);
  const all = erased?.whole === true ? countedIn(good) : await compare(ctx.store, app, kept, ctx.clock.now());
  return { all, erased };
}

/** The last list that was read, and the failure since. */
async function lastOf({ store }: Pick<Reading, 'store'>, appId: string) {
  const asked = { reach: 'all', appId, kinds: ['roster.read'], limit: LOOKED_AT } as const;
  const { rows } = await store.views.record(asked);
  const at = rows.findIndex(({ outcome }) => outcome === 'ok');
  return { good: at < 0 ? undefined : rows[at], failed: at === 0 ? undefined : rows[0] };
}

const isOf = (only: RosterQuestion['only']) => (each: RosterLine) =>
  only === undefined || (only === 'dormant' ? each.dormant : each.class === only);

const place = z.tuple([z.int().min(0), placeText]);

/** Rows behind a place: their order is that of their class, then of their name. */
function behind(lines: readonly RosterLine[], cursor: string | undefined): readonly RosterLine[] {
  const from = placeIn(cursor, place);
  if (from === undefined) return lines;
  const [rank, name] = from;
  return lines.filter((each) => {
    const own = CLASSES.indexOf(each.class);
    return own > rank || (own === rank && each.name > name);
  });
}

function pageOf(
  { lines }: Reconciled,
  { only, limit = AT_ONCE, cursor }: RosterQuestion,
): Pick<RosterView, 'rows' | 'next'> {
  const left = behind(lines.filter(isOf(only)), cursor);
  const rows = left.slice(0, limit);
  const last = left.length > limit ? rows.at(-1) : undefined;
  return {
    rows: rows.map(({ name, account, class: of, dormant }) => ({
      ...{ name, class: of, dormant, usedAt: account?.usedAt ?? null },
      account: account === null ? null : { id: account.id, name: account.name },
    })),
    next: last === undefined ? null : cursorOf([CLASSES.indexOf(last.class), last.name]),
  };
}

/** How the accounts of an app, as it listed them last, compare with ours as they are now. Throws `usage`. */
export const showRoster = query({
  name: 'roster.show',
  does: 'how the accounts that an app has compare with ours',
  needs: { roles: ['owner', 'administrator', 'auditor'], of: 'everything' },
  http: 'GET /apps/{app}/roster',
  input: form,
  output: shown,
  async read(ctx, asked) {
    const app = needRosterApp(ctx, asked.app);
    const { good, failed } = await lastOf(ctx, app.id);
    const detail = good === undefined ? undefined : detailOf(good);
    const { all, erased } = await compared(ctx, app, good);
    const { roster } = app;
    return {
      ...{ app: app.id, realm: app.realm.id, source: roster?.source?.kind ?? null },
      everyMs: roster?.source == null ? null : roster.everyMs,
      dormantAfterMs: roster?.dormantAfterMs ?? null,
      disableDormant: roster?.disableDormant ?? false,
      read:
        good === undefined || detail === undefined
          ? null
          : { at: good.at, by: good.by, from: detail.from, digest: detail.digest, names: detail.names },
      erased,
      failed: failed === undefined ? null : { at: failed.at, why: detailOf(failed).why },
      ...{ counts: { ...all.counts }, dormant: all.dormant, doubled: all.doubled },
      ...pageOf(all, asked),
    };
  },
});
