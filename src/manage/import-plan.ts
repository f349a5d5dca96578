import { covers, within } from '../roles.ts';
import type { AccountRow } from '../store/types.ts';
import { newAccountRow } from './accounts.ts';
import type { ManageContext } from './context.ts';
import { isWithin, tellable } from './find.ts';
import { type Places, placesOf, readLine, type Wish } from './import-line.ts';
import type { LineFault, ReadText } from './import-text.ts';
import { lockedOutOf, readOnce } from './names-at-apps.ts';
import type { Reading } from './query.ts';

/** Fields of an account that a line can change. */
export const CHANGEABLE = ['email', 'groups', 'organisation'] as const;
export type Changed = (typeof CHANGEABLE)[number];

/** What a good line does. */
export type Planned =
  | { readonly what: 'new'; readonly wish: Wish; readonly row: AccountRow }
  | { readonly what: 'changed'; readonly wish: Wish; readonly row: AccountRow; readonly fields: readonly Changed[] }
  | { readonly what: 'unchanged'; readonly wish: Wish; readonly row: AccountRow };

export interface Plan {
  readonly lines: readonly Planned[];
  readonly faults: readonly LineFault[];
}

/** What the line says otherwise than the account is; what it leaves empty stays. */
export function changesOf({ email, groups, organisation }: Wish, row: AccountRow): readonly Changed[] {
  const wanted = groups === undefined ? undefined : new Set(groups);
  const regrouped =
    wanted !== undefined && (wanted.size !== row.groups.length || row.groups.some((each) => !wanted.has(each)));
  const differ: Readonly<Record<Changed, boolean>> = {
    email: email !== undefined && email !== row.email,
    groups: regrouped,
    organisation: organisation !== undefined && organisation !== row.organisationId,
  };
  return CHANGEABLE.filter((field) => differ[field]);
}

/** Those that are asked about, and how. */
export type Asker = Pick<Reading, 'authority' | 'reach' | 'grants' | 'self'>;

/** Why the asker may not do this to an account that there is; undefined when they may. Out of reach it is told as little as elsewhere. */
export function whyNot(
  { authority, reach, grants, self }: Asker,
  row: AccountRow,
  fields: readonly Changed[],
): string | undefined {
  if (!within(reach, row.organisationId)) return tellable({ reach }, 'that name is in use already');
  if (fields.length === 0) return undefined;
  // By a token of their own neither.
  if (self === row.id && fields.includes('organisation')) return 'nobody moves themselves to another organisation';
  if (self === row.id && authority.kind === 'person') return undefined;
  return covers(grants, row.roles) ? undefined : 'the person holds a role that the asker may not act upon';
}

const keyOf = ({ realm, name }: Pick<Wish, 'realm' | 'name'>): string => JSON.stringify([realm, name]);

/** Accounts that there are of those names, in few statements. */
async function existing(ctx: ManageContext, wishes: readonly Wish[]): Promise<Map<string, AccountRow>> {
  const names = Map.groupBy(wishes, ({ realm }) => realm);
  const rows: AccountRow[] = [];
  for (const [realm, those] of names) {
    const found = await ctx.store.accounts.byNames(realm, [...new Set(those.map(({ name }) => name))]);
    for (const row of found) rows.push(row);
  }
  return new Map(rows.map((row) => [keyOf(row), row]));
}

interface Judging {
  readonly ctx: Reading;
  readonly places: Places;
  readonly there: ReadonlyMap<string, AccountRow>;
  readonly names: ReturnType<typeof readOnce>;
  readonly newOnly: boolean;
}

const wrong = ({ line }: Wish, column: string | null, message: string): LineFault => ({ line, column, message });

function judgeExisting({ ctx, newOnly }: Judging, wish: Wish, row: AccountRow): Planned | LineFault {
  if (newOnly)
    return wrong(wish, 'account', isWithin(ctx, row) ? `${row.name} exists in realm ${row.realm}` : tellable(ctx, ''));
  const fields = changesOf(wish, row);
  const why = whyNot(ctx, row, fields);
  if (why !== undefined) return wrong(wish, 'account', why);
  return fields.length === 0 ? { what: 'unchanged', wish, row } : { what: 'changed', wish, row, fields };
}

async function judgeNew({ ctx, places, names }: Judging, wish: Wish): Promise<Planned | LineFault> {
  const organisation = wish.organisation ?? places.fallback.get(wish.realm);
  if (typeof organisation !== 'string') return wrong(wish, 'organisation', organisation?.message ?? 'say which');
  const { realm, name, email, groups } = wish;
  const row = newAccountRow(ctx, realm, name, { email, groups, organisationId: organisation });
  const why = await lockedOutOf(names, ctx.config.apps, row, null);
  return why === undefined ? { what: 'new', wish, row } : wrong(wish, 'account', tellable(ctx, why));
}

const isFault = (each: Wish | Planned | LineFault): each is LineFault => 'message' in each;

/** What each line would do, and what is wrong with the others; nothing is written. */
export async function planOf(ctx: Reading, { columns, rows }: ReadText, newOnly = false): Promise<Plan> {
  const places = await placesOf(ctx);
  const read = rows.map((row) => readLine(ctx, columns, row, places));
  const wishes = read.flatMap((each) => (isFault(each) ? [] : [each]));
  const judging = { ctx, places, newOnly, there: await existing(ctx, wishes), names: readOnce(ctx.store) };
  const [lines, faults, seen] = [[] as Planned[], [] as LineFault[], new Map<string, number>()];
  for (const each of read) {
    const judged = isFault(each) ? each : await judgeLine(judging, each, seen);
    if (isFault(judged)) faults.push(judged);
    else lines.push(judged);
  }
  return { lines, faults };
}

async function judgeLine(judging: Judging, wish: Wish, seen: Map<string, number>): Promise<Planned | LineFault> {
  const key = keyOf(wish);
  const earlier = seen.get(key);
  if (earlier !== undefined) return wrong(wish, 'account', `${wish.name} stands on line ${earlier} already`);
  seen.set(key, wish.line);
  const row = judging.there.get(key);
  return row === undefined ? judgeNew(judging, wish) : judgeExisting(judging, wish, row);
}
