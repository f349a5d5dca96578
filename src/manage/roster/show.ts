import { z } from 'zod';
import { CLASSES, type Reconciled, type RosterLine } from '../../coverage/reconcile.ts';
import type { NamedEntry } from '../../store/view-types.ts';
import { cursorForm, cursorOf, limitForm, placeIn, placeText } from '../places.ts';
import { query, type Reading } from '../query.ts';
import { compare, needRosterApp } from './compare.ts';
import { namesOf } from './read.ts';

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
  /** Since then it could not be read. */
  failed: z.strictObject({ at: z.number(), why: z.string() }).nullable(),
  /** Of the list, and of ours as they are now. */
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
}

const detailOf = ({ detail }: NamedEntry): Detail => JSON.parse(detail) as Detail; // by its outcome, of read.ts and fail.ts

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
    const kept = detail === undefined ? undefined : await ctx.store.log.document(detail.digest);
    const all = kept === undefined ? NOTHING : await compare(ctx.store, app, namesOf(kept.text), ctx.clock.now());
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
      failed: failed === undefined ? null : { at: failed.at, why: detailOf(failed).why },
      ...{ counts: { ...all.counts }, dormant: all.dormant, doubled: all.doubled },
      ...pageOf(all, asked),
    };
  },
});
