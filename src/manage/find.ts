import { canonicalName } from '../accounts/name.ts';
import { someOf } from '../config/source.ts';
import type { AppConfig, RealmConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { nearest } from '../lib/nearest.ts';
import { within } from '../roles.ts';
import type { AccountRow, Store } from '../store/types.ts';
import type { ManageContext } from './context.ts';

const LONGEST_TOLD = 64;

/** What was typed, not at any length. */
function typedText(typed: string): string {
  return JSON.stringify(typed.length > LONGEST_TOLD ? `${typed.slice(0, LONGEST_TOLD)}…` : typed);
}

/** A name of an organisation that was typed, not at any length. */
export const organisationText = (typed: string): string => typedText(typed);

/** That a name is none, with the one that was probably meant and those that there are. */
export function noSuch(what: string, typed: string, known: readonly string[]): SallyportError {
  const meant = nearest(typed, known);
  const there = someOf(known) || 'none';
  const rest = meant === undefined ? `; there are: ${there}` : `. Did you mean ${meant}? There are: ${there}`;
  return new SallyportError('usage', `there is no ${what} ${typedText(typed)}${rest}`);
}

/** The app of that id. Throws `usage`. */
export function needApp(ctx: Pick<ManageContext, 'config'>, id: string): AppConfig {
  const { apps } = ctx.config;
  const app = apps.find((each) => each.id === id);
  if (app !== undefined) return app;
  const known = apps.map((each) => each.id);
  throw noSuch('app', id, known);
}

/** The realm of that id; the only one when none is named. Throws `usage`. */
export function needRealm(ctx: Pick<ManageContext, 'config'>, id: string | undefined): RealmConfig {
  const { realms } = ctx.config;
  const [only, ...others] = realms.values();
  if (id === undefined && only !== undefined && others.length === 0) return only;
  const names = [...realms.keys()];
  if (id === undefined) throw new SallyportError('usage', `there are several realms (${someOf(names)}): say which one`);
  const realm = realms.get(id);
  if (realm === undefined) throw noSuch('realm', id, names);
  return realm;
}

/** That what was typed is no account name, and what one is. */
export function nameFault(typed: string, { id, unicode }: RealmConfig): string {
  const rule = unicode
    ? 'letters of one script, digits and . _ + @ - are allowed, at most 128, and no blanks'
    : 'a to z, digits and . _ + @ - are allowed, at most 128, and no blanks; "unicode: true" at the realm allows letters of other alphabets';
  return `${typedText(typed)} is not an account name of realm ${id}: ${rule}`;
}

/** The canonical name, or `usage` when what was typed is none. */
export function needName(typed: string, realm: RealmConfig): string {
  const name = canonicalName(typed, realm);
  if (name === undefined) throw new SallyportError('usage', nameFault(typed, realm));
  return name;
}

/** Where an account is looked for; none outside of `reach` is there. */
type Looking = Pick<ManageContext, 'config' | 'reach'> & { readonly store: Pick<Store, 'accounts'> };

/** Whether the asker may know of the account: nobody has a reach before it was judged. */
export function isWithin(
  { reach }: Pick<ManageContext, 'reach'>,
  account: Pick<AccountRow, 'organisationId'>,
): boolean {
  return reach !== undefined && within(reach, account.organisationId);
}

/** The id of the account that something is of, where the asker may know of it. Throws `not-found`: there is no `what`. */
export async function needVisible(ctx: Looking, accountId: string | undefined, what: string): Promise<string> {
  const row = accountId === undefined ? undefined : await ctx.store.accounts.byId(accountId);
  if (row !== undefined && isWithin(ctx, row)) return row.id;
  throw new SallyportError('not-found', `there is no ${what}`);
}

/** A sentence that may name accounts of other organisations, as whoever may not know of them is told it. */
export function tellable({ reach }: Pick<ManageContext, 'reach'>, why: string): string {
  return reach === 'all' ? why : 'that name is in use already';
}

async function candidates(ctx: Looking, typed: string, realmId?: string) {
  const realms = realmId === undefined ? [...ctx.config.realms.values()] : [needRealm(ctx, realmId)];
  const found: AccountRow[] = [];
  for (const realm of realms) {
    const name = canonicalName(typed, realm);
    const account = name === undefined ? undefined : await ctx.store.accounts.byName(realm.id, name);
    if (account !== undefined && isWithin(ctx, account)) found.push(account);
  }
  return found;
}

/**
 * The account that is meant by an id or by a name, in one realm or, without one, in whichever has it. Throws `not-found`,
 * or `usage` when several realms have it.
 */
export async function needAccount(ctx: Looking, idOrName: string, realmId?: string): Promise<AccountRow> {
  // Ids are nobody's choice, names are: a name that is another's id in small letters must not lead away from it.
  const byId = await ctx.store.accounts.byId(idOrName);
  if (byId !== undefined && isWithin(ctx, byId) && (realmId === undefined || byId.realm === realmId)) return byId;
  const [account, second] = await candidates(ctx, idOrName, realmId);
  if (second !== undefined) {
    throw new SallyportError('usage', `several realms have an account ${JSON.stringify(idOrName)}: say which realm`);
  }
  if (account !== undefined) return account;
  throw new SallyportError('not-found', `there is no account ${JSON.stringify(idOrName)}`);
}

/** That some realm has an account of that name, or it is an id. Throws `not-found`. */
export async function needSome(ctx: Parameters<typeof needAccount>[0], idOrName: string): Promise<void> {
  if ((await candidates(ctx, idOrName)).length === 0) await needAccount(ctx, idOrName);
}
