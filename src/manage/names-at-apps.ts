import { canonicalName } from '../accounts/name.ts';
import type { AppConfig, Config } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { appName, isExact, nameRulesOf, sameAtApp } from '../presets/names.ts';
import type { AccountRow, AppNameRow, StoreParts } from '../store/types.ts';

/** What is asked of the store: who is called what where. */
export interface NamesStore {
  readonly accounts: Pick<StoreParts['accounts'], 'byId' | 'byName'>;
  readonly appNames: Pick<StoreParts['appNames'], 'ofAccount' | 'ofApp' | 'byName'>;
}

function hasOneAccount({ login }: AppConfig): boolean {
  return login.kind === 'bound' && login.one !== null;
}

/** Characters of the longest name that an app is believed to have. */
const LONGEST = 256;

/**
 * The name as the app has it, letter by letter. Throws `usage` for what can be no name: nothing, blanks at an end, characters
 * that are not seen, or what the app's preset does not accept, and at an app that has one account for all.
 */
export function needAppName(typed: string, app: AppConfig): string {
  if (hasOneAccount(app))
    throw new SallyportError(
      'usage',
      `${app.id} has one account, which its configuration says who holds: login.held_by`,
    );
  const isText = typed !== '' && typed === typed.trim() && typed.length <= LONGEST && typed.isWellFormed();
  if (!isText || /[\p{C}\ufffd]/u.test(typed))
    throw new SallyportError('usage', 'a name at an app is a text without blanks at its ends, at most 256 characters');
  if (appName(nameRulesOf(app.login), typed) === undefined)
    throw new SallyportError('usage', `${JSON.stringify(typed)} is not in a form that ${app.id} accepts as a name`);
  return typed;
}

/** Who is called by a name at an app, other than one account. */
export interface Holder {
  readonly account: AccountRow;
  /** Its alias there; null: it is its own name. */
  readonly alias: string | null;
}

/** The aliases at an app that are the same name to it. Where it tells names apart letter by letter, one row is looked up. */
async function aliasesOf(store: NamesStore, app: AppConfig, name: string): Promise<readonly AppNameRow[]> {
  const rules = nameRulesOf(app.login);
  if (!isExact(rules)) return (await store.appNames.ofApp(app.id)).filter((row) => sameAtApp(rules, row.name, name));
  const row = sameAtApp(rules, name, name) ? await store.appNames.byName(app.id, name) : undefined;
  return row === undefined ? [] : [row];
}

/** Another account that an app calls by that name as an alias; undefined when none. */
async function holderOfAlias(store: NamesStore, app: AppConfig, name: string, except: string | null) {
  for (const row of await aliasesOf(store, app, name)) {
    if (row.accountId === except) continue;
    const account = await store.accounts.byId(row.accountId);
    if (account !== undefined) return { account, alias: row.name };
  }
  return undefined;
}

/** Another account whose own name that is at an app, having no alias there; undefined when none. */
async function holderOfName(store: NamesStore, app: AppConfig, name: string, except: string | null) {
  const rules = nameRulesOf(app.login);
  const own = canonicalName(appName(rules, name) ?? name, app.realm);
  const account = own === undefined ? undefined : await store.accounts.byName(app.realm.id, own);
  if (account === undefined || account.id === except || !sameAtApp(rules, account.name, name)) return undefined;
  const aliases = await store.appNames.ofAccount(account.id);
  return aliases.some(({ appId }) => appId === app.id) ? undefined : { account, alias: null };
}

/** Whoever else an app calls by that name; undefined when nobody. `except`: id of the account that it is for. */
export async function holderAtApp(
  store: NamesStore,
  app: AppConfig,
  name: string,
  except: string | null,
): Promise<Holder | undefined> {
  return (await holderOfAlias(store, app, name, except)) ?? (await holderOfName(store, app, name, except));
}

/** Why an account that is to have its own name at the apps of its realm would be locked out of one; undefined: of none. */
export async function lockedOutOf(
  store: NamesStore,
  apps: Config['apps'],
  { realm, name }: Pick<AccountRow, 'realm' | 'name'>,
  except: string | null,
): Promise<string | undefined> {
  for (const app of apps.filter((each) => each.realm.id === realm && !hasOneAccount(each))) {
    const holder = await holderOfAlias(store, app, name, except);
    if (holder !== undefined)
      return `${holder.account.name} is called ${JSON.stringify(holder.alias)} at ${app.id}, so ${name} could not sign in there: take that alias away first`;
  }
  return undefined;
}

/** Aliases of an app as they were read, and each by its name. */
interface Read {
  readonly rows: AppNameRow[];
  readonly named: ReadonlyMap<string, AppNameRow>;
}

/** The same store, whose aliases are read once: for many names at one time. */
export function readOnce(store: NamesStore): NamesStore {
  const known = new Map<string, Promise<Read>>();
  const read = async (appId: string): Promise<Read> => {
    const rows = await store.appNames.ofApp(appId);
    return { rows, named: new Map(rows.map((row) => [row.name, row])) };
  };
  const of = (appId: string): Promise<Read> => {
    const reading = known.get(appId) ?? read(appId);
    known.set(appId, reading);
    return reading;
  };
  return {
    accounts: store.accounts,
    appNames: {
      ofAccount: (id) => store.appNames.ofAccount(id),
      ofApp: async (appId) => (await of(appId)).rows,
      byName: async (appId, name) => (await of(appId)).named.get(name),
    },
  };
}
