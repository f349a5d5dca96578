import { canonicalName } from '../accounts/name.ts';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { holdersOf, isHolder } from '../gate/holders.ts';
import { appName, isExact, sameAtApp } from '../presets/names.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, AppNameRow, Store } from '../store/types.ts';
import { boundLogin } from './jars.ts';

/** A name as the app or the person writes it, in the realm's one spelling; undefined when it is none that is accepted. */
export function realmName(app: AppConfig, given: string): string | undefined {
  const folded = appName(boundLogin(app).names, given);
  return folded === undefined ? undefined : canonicalName(folded, app.realm);
}

/**
 * Whether what the app says, or what a header names, is the account that is called `expected` at this app: letter by letter,
 * but for what the app itself takes for one and the same. What the realm takes for one may be two people there.
 */
export function namesSame(app: AppConfig, expected: string, said: string): boolean {
  return sameAtApp(boundLogin(app).names, expected, said);
}

/**
 * Whether that may be typed for the account. Where the app says afterwards who has signed in, any spelling that the realm takes for the
 * name is: what the app makes of it decides. Where it cannot be asked, what was typed is all that there is.
 */
export function mayBeTyped(app: AppConfig, expected: string, typed: string): boolean {
  if (namesSame(app, expected, typed)) return true;
  if (boundLogin(app).whoami === null) return false;
  const name = realmName(app, typed);
  return name !== undefined && name === realmName(app, expected);
}

/** What sessions' accounts are called at their app; forgotten with the session object when the account changes. */
const known = new WeakMap<Session, string | null>();

/**
 * The aliases at that app which are the same name to it. Anybody may ask, by a name that they type: where the app tells names apart
 * letter by letter one row is looked up, and no more are read.
 */
async function aliasesOf(store: Pick<Store, 'appNames'>, app: AppConfig, name: string): Promise<AppNameRow[]> {
  if (isExact(boundLogin(app).names)) {
    const row = namesSame(app, name, name) ? await store.appNames.byName(app.id, name) : undefined;
    return row === undefined ? [] : [row];
  }
  return (await store.appNames.ofApp(app.id)).filter((row) => namesSame(app, row.name, name));
}

/**
 * What the session's account is called at its app: its alias there, or its own name. null when that name is another
 * account's alias: then it is called nothing at this app. Whoever holds the one account of an app is called as that is.
 */
export async function nameAtApp(store: Store, app: AppConfig, session: Session): Promise<string | null> {
  const before = knownNameAtApp(app, session);
  if (before !== undefined) return before;
  const own = await store.appNames.ofAccount(session.accountId);
  const alias = own.find((row) => row.appId === app.id);
  const others = alias === undefined ? await aliasesOf(store, app, session.accountName) : [];
  const taken = others.some(({ accountId }) => accountId !== session.accountId);
  const name = taken ? null : (alias?.name ?? session.accountName);
  known.set(session, name);
  return name;
}

/** The same, where it is known already: undefined when the store must be asked. */
export function knownNameAtApp(app: AppConfig, session: Session): string | null | undefined {
  const { one } = boundLogin(app);
  if (one === null) return known.get(session);
  const holders = holdersOf(app);
  return holders !== null && isHolder(holders, session) ? one.name : null;
}

/** The realm's spelling of the account whose password is tried with a typed name; undefined: nobody can be meant. */
export async function guessedName(store: Store, app: AppConfig, typed: string): Promise<string | undefined> {
  const [alias] = await aliasesOf(store, app, typed);
  const holder = alias === undefined ? undefined : await store.accounts.byId(alias.accountId);
  return holder?.name ?? realmName(app, typed);
}

/**
 * The account that an app means by a name; undefined when there is none. Throws `wrong-credentials` for a spelling that is
 * not accepted.
 */
export async function accountAtApp(store: Store, app: AppConfig, given: string): Promise<AccountRow | undefined> {
  const aliases = await aliasesOf(store, app, given);
  if (aliases.length > 1) throw new SallyportError('wrong-account', 'two accounts have that name at this app');
  const [alias] = aliases;
  if (alias !== undefined) return store.accounts.byId(alias.accountId);
  const name = realmName(app, given);
  if (name === undefined) throw new SallyportError('wrong-credentials', 'the account name is not in an accepted form');
  const account = await store.accounts.byName(app.realm.id, name);
  if (account === undefined) return undefined;
  // It has another name at this app, so this one is not its.
  const own = await store.appNames.ofAccount(account.id);
  if (own.some((row) => row.appId === app.id)) return undefined;
  if (namesSame(app, account.name, given)) return account;
  // The app has said it: somebody else there, who has no account here.
  if (boundLogin(app).whoami !== null) return undefined;
  throw new SallyportError('wrong-credentials', 'a spelling of the name that the app may take for another account');
}
