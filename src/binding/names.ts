import { canonicalName } from '../accounts/name.ts';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { appName } from '../presets/names.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, Store } from '../store/types.ts';
import { boundLogin } from './jars.ts';

/** A name as the app or the person writes it, in the realm's one spelling; undefined when it is none that is accepted. */
export function realmName(app: AppConfig, given: string): string | undefined {
  const folded = appName(boundLogin(app).names, given);
  return folded === undefined ? undefined : canonicalName(folded, app.realm);
}

/**
 * Whether `given` names the account that is called `expected` at this app. `exact`, as where the app is not asked afterwards:
 * only the spelling that the app itself would make of it counts, since two accounts of an app may differ in case alone.
 */
export function namesSame(app: AppConfig, expected: string, given: string, exact = isNeverAsked(app)): boolean {
  const own = realmName(app, given);
  if (own === undefined || own !== realmName(app, expected)) return false;
  const { names } = boundLogin(app);
  return !exact || appName(names, given) === appName(names, expected);
}

/** Nobody can ask the app who is signed in: what was typed is all that there is. */
function isNeverAsked(app: AppConfig): boolean {
  return boundLogin(app).whoami === null;
}

/** What sessions' accounts are called at their app; forgotten with the session object when the account changes. */
const known = new WeakMap<Session, string | null>();

/**
 * What the session's account is called at its app: its alias there, or its own name. null when that name is another
 * account's alias: then it is called nothing at this app.
 */
export async function nameAtApp(store: Store, app: AppConfig, session: Session): Promise<string | null> {
  const before = known.get(session);
  if (before !== undefined) return before;
  const aliases = await store.appNames.ofAccount(session.accountId);
  const alias = aliases.find((row) => row.appId === app.id);
  let name: string | null = alias?.name ?? session.accountName;
  if (alias === undefined) {
    const taken = await store.appNames.byName(app.id, session.accountName);
    if (taken !== undefined && taken.accountId !== session.accountId) name = null;
  }
  known.set(session, name);
  return name;
}

/** The same, where it is known already: undefined when the store must be asked. */
export function knownNameAtApp(session: Session): string | null | undefined {
  return known.get(session);
}

/**
 * The account that an app means by a name; undefined when there is none. Throws `wrong-credentials` for a spelling that is
 * not accepted.
 */
export async function accountAtApp(store: Store, app: AppConfig, given: string): Promise<AccountRow | undefined> {
  const name = realmName(app, given);
  if (name === undefined) throw new SallyportError('wrong-credentials', 'the account name is not in an accepted form');
  const aliases = (await store.appNames.ofApp(app.id)).filter((row) => namesSame(app, row.name, given));
  if (aliases.length > 1) throw new SallyportError('wrong-account', 'two accounts have that name at this app');
  const [alias] = aliases;
  if (alias !== undefined) return store.accounts.byId(alias.accountId);
  const account = await store.accounts.byName(app.realm.id, name);
  if (account === undefined) return undefined;
  // It has another name at this app, so this one is not its.
  const own = await store.appNames.ofAccount(account.id);
  if (own.some((row) => row.appId === app.id)) return undefined;
  if (!namesSame(app, account.name, given))
    throw new SallyportError('wrong-credentials', 'a spelling of the name that the app may take for another account');
  return account;
}
