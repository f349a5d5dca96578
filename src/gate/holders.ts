import { canonicalName } from '../accounts/name.ts';
import type { AppConfig } from '../config/types.ts';

/** Who holds the one account that an app has: accounts of its realm, in the realm's spelling, and groups. */
export interface Holders {
  readonly accounts: ReadonlySet<string>;
  readonly groups: readonly string[];
}

/** The account of a session, as far as it decides. */
export interface Person {
  readonly accountName: string;
  readonly groups: readonly string[];
}

const known = new WeakMap<AppConfig, Holders>();

/** null for an app with accounts of its own for everybody, or without any. */
export function holdersOf(app: AppConfig): Holders | null {
  const { login } = app;
  if (login.kind !== 'bound' || login.one === null) return null;
  const before = known.get(app);
  if (before !== undefined) return before;
  const { accounts, groups } = login.one;
  // What can be nobody's name names nobody.
  const names = accounts.map((name) => canonicalName(name, app.realm)).filter((name) => name !== undefined);
  const made = { accounts: new Set(names), groups };
  known.set(app, made);
  return made;
}

/** Whether that is one of them. */
export function isHolder({ accounts, groups }: Holders, person: Person): boolean {
  return accounts.has(person.accountName) || groups.some((group) => person.groups.includes(group));
}
