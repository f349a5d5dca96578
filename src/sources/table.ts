import { app } from './app.ts';
import { local } from './local.ts';
import type { KeptAccount, Source } from './types.ts';

/** Every source, in the order in which the reference names them. */
const SOURCES = [local, app] as const satisfies readonly Source[];

export type RealmSource = (typeof SOURCES)[number]['name'];

// The list above is not empty, which `map` forgets.
export const SOURCE_NAMES = SOURCES.map(({ name }) => name) as [RealmSource, ...RealmSource[]];

/** Who checks the password with each, in one sentence. */
export function sourcesInWords(): string {
  const each = SOURCES.map(({ name, checkedBy }) => `${name} (by ${checkedBy})`);
  return `${each.slice(0, -1).join(', ')} or ${each.at(-1)}`;
}

const BY_NAME: ReadonlyMap<RealmSource, (typeof SOURCES)[number]> = new Map(SOURCES.map((each) => [each.name, each]));

export function sourceOf(name: RealmSource): (typeof SOURCES)[number] {
  const source = BY_NAME.get(name);
  if (source === undefined) throw new TypeError(`there is no source ${name}`);
  return source;
}

/** Whether an account may sign in to a realm at all: it is of that realm, and its source has not let it go. */
export function standsIn<T extends Pick<KeptAccount, 'disabledAt'> & { readonly realm: string }>(
  account: T | undefined,
  realm: { readonly id: string; readonly source: RealmSource },
): account is T {
  return account !== undefined && account.realm === realm.id && !sourceOf(realm.source).gone(account);
}
