import type { View } from './check.ts';
import type { WrittenApp } from './schema.ts';
import type { Finding, Path } from './source.ts';

const SOURCES = ['file', 'url', 'sql', 'ldap'] as const;

type WrittenRoster = NonNullable<WrittenApp['roster']>;

/** Options that are of no use with that source. */
function idle(roster: WrittenRoster): readonly (keyof WrittenRoster)[] {
  const { url, sql, ldap } = roster;
  const asked = url !== undefined || ldap !== undefined;
  const database = sql?.store.kind === 'postgres';
  return [
    ...(asked ? [] : (['user', 'ca'] as const)),
    ...(asked || database ? [] : (['password_file'] as const)),
    ...(url === undefined ? (['token_file'] as const) : []),
  ];
}

function* faultsOf(roster: WrittenRoster, path: Path): Generator<Finding> {
  const [, ...more] = SOURCES.filter((each) => roster[each] !== undefined);
  const from: Path[] = SOURCES.map((each) => [...path, each]);
  const of = (...keys: readonly (keyof WrittenRoster)[]): Path[] => keys.map((key) => [...path, key]);
  for (const each of more) yield { path: [...path, each], message: 'A list has one source. Remove all but one.' };
  const useless = idle(roster).filter((each) => roster[each] !== undefined);
  const [first] = useless;
  if (first !== undefined) {
    const message = `Of no use with the source of this list: ${useless.join(', ')}. Remove ${useless.length === 1 ? 'it' : 'them'}.`;
    yield { path: [...path, first], message, from };
  }
  const { user, password_file, token_file, url, ldap, dormant_after, disable_dormant } = roster;
  if (user !== undefined && password_file === undefined)
    yield {
      path: [...path, 'user'],
      message: 'The user has no password. Name its file in password_file.',
      from: of('password_file'),
    };
  if ((url ?? ldap) !== undefined && password_file !== undefined && user === undefined)
    yield {
      path: [...path, 'password_file'],
      message: 'This is the password of nobody. Name the user.',
      from: of('user'),
    };
  if (user !== undefined && token_file !== undefined)
    yield { path: [...path, 'token_file'], message: 'A user with a password and a token: remove one of the two.' };
  if (disable_dormant && dormant_after === undefined)
    yield {
      path: [...path, 'disable_dormant'],
      message: 'Nothing is dormant here. Say in dormant_after when it is.',
      from: of('dormant_after'),
    };
}

/** What of the lists of apps does not fit together. */
export function* checkRosters({ sound }: View): Generator<Finding> {
  for (const [id, { roster }] of Object.entries(sound.apps))
    if (roster !== undefined) yield* faultsOf(roster, ['apps', id, 'roster']);
}
