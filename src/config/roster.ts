import { checkAuthority, readPassword } from './files.ts';
import type { WrittenApp } from './schema.ts';
import type { Finding } from './source.ts';
import type { Config, RosterConfig, RosterSource } from './types.ts';

type WrittenRoster = NonNullable<WrittenApp['roster']>;

function sourceOf(roster: WrittenRoster, path: (file: string) => string): RosterSource | null {
  const { file, url, sql, ldap, user, password_file, token_file, ca } = roster;
  const of = (name: string | undefined) => (name === undefined ? null : path(name));
  const asker = { user: user ?? null, passwordFile: of(password_file), ca: of(ca) };
  if (file !== undefined) return { kind: 'file', path: path(file) };
  if (url !== undefined) return { kind: 'url', url, tokenFile: of(token_file), ...asker };
  if (ldap !== undefined) return { kind: 'ldap', ...ldap.url, base: ldap.base, filter: ldap.filter, ...asker };
  if (sql === undefined) return null;
  const { store, query } = sql;
  if (store.kind === 'sqlite') return { kind: 'sqlite', path: path(store.path), query };
  return { kind: 'postgres', url: store.url, query, passwordFile: of(password_file) };
}

/** The list of an app, of a file that has no fault. */
export function resolveRoster(roster: WrittenRoster, path: (file: string) => string): RosterConfig {
  return {
    source: sourceOf(roster, path),
    column: roster.column ?? null,
    everyMs: roster.every,
    dormantAfterMs: roster.dormant_after ?? null,
    disableDormant: roster.disable_dormant,
  };
}

interface Named {
  readonly path: readonly string[];
  readonly file: string;
}

/** The files that a list is asked with, by what they hold. */
function filesOf({ apps }: Pick<Config, 'apps'>): { readonly secrets: Named[]; readonly authorities: Named[] } {
  const secrets: Named[] = [];
  const authorities: Named[] = [];
  for (const { id, roster } of apps) {
    const source = roster?.source ?? null;
    if (source === null) continue;
    const at = (name: string, file: string | null) =>
      file === null ? [] : [{ path: ['apps', id, 'roster', name], file }];
    if ('passwordFile' in source) secrets.push(...at('password_file', source.passwordFile));
    if ('tokenFile' in source) secrets.push(...at('token_file', source.tokenFile));
    if ('ca' in source) authorities.push(...at('ca', source.ca));
  }
  return { secrets, authorities };
}

/** What is wrong with the files that lists are asked with; each is read again whenever it is needed. */
export async function rosterFiles(config: Pick<Config, 'apps'>): Promise<Finding[]> {
  const { secrets, authorities } = filesOf(config);
  const read = secrets.map(async ({ path, file }) => {
    const found = await readPassword(file);
    return 'fault' in found ? [{ path, message: found.fault }] : [];
  });
  const trusted = authorities.map(({ path, file }) => checkAuthority(file, path));
  return (await Promise.all([...read, ...trusted])).flat();
}
