import { textOf } from '../detail.ts';
import type { EFFECTS } from '../effects.ts';
import { isOwn } from '../effects-account.ts';
import { findingKey } from '../effects-rest.ts';
import type { Detail, RecordedEntry } from '../types.ts';

/** What an entry is about. Of entries about different things none changes what the other did. */
export type Subject =
  | { readonly of: 'account'; readonly id: string }
  | { readonly of: 'organisation'; readonly id: string }
  | { readonly of: 'finding'; readonly id: string }
  | { readonly of: 'configuration' | 'closed'; readonly id: '' };

/** Kinds of entries that change something. */
type Effectful = {
  [K in keyof typeof EFFECTS]: (typeof EFFECTS)[K] extends null ? never : K;
}[keyof typeof EFFECTS];

/** What entries of each kind are about; `everything`: in whatever order they come, they say the same. */
const ABOUT: Readonly<Record<Effectful, Subject['of'] | 'everything'>> = {
  'account.add': 'account',
  'account.stands': 'account',
  'account.disable': 'account',
  'account.enable': 'account',
  'account.remove': 'account',
  'account.set': 'account',
  'account.move': 'account',
  'account.password': 'account',
  'role.grant': 'account',
  'role.revoke': 'account',
  'app-name.set': 'account',
  'app-name.remove': 'account',
  'ticket.issue': 'account',
  'ticket.revoke': 'account',
  'enrol.open': 'account',
  'enrol.password': 'account',
  'enrol.authenticator': 'account',
  'enrol.finish': 'account',
  'authenticator.rename': 'account',
  'authenticator.remove': 'account',
  'authenticator.disabled': 'account',
  'recovery.replace': 'account',
  'recovery.use': 'account',
  'sign-in.second': 'account',
  'sign-in.step-up': 'account',
  'organisation.add': 'organisation',
  'organisation.stands': 'organisation',
  'organisation.set': 'organisation',
  'organisation.restrict': 'organisation',
  'organisation.remove': 'organisation',
  'config.load': 'configuration',
  'lock-down.begin': 'closed',
  'lock-down.end': 'closed',
  'audit.dropped': 'everything',
  'canary.passed': 'finding',
  'canary.failed': 'finding',
  'origin.checked': 'finding',
  'origin.log-read': 'finding',
  'roster.read': 'finding',
};

const BY_KIND: ReadonlyMap<string, Subject['of'] | 'everything'> = new Map(Object.entries(ABOUT));

/** What an entry that has an effect is about; undefined: of no one thing. */
export function subjectOf(entry: RecordedEntry, detail: Detail): Subject | undefined {
  const of = BY_KIND.get(entry.kind);
  switch (of) {
    case 'account':
      return entry.accountId === null ? undefined : { of, id: entry.accountId };
    case 'organisation':
      return { of, id: textOf(detail, 'organisation') ?? '' };
    case 'finding':
      return { of, id: findingKey(entry) };
    case 'configuration':
    case 'closed':
      return { of, id: '' };
    case 'everything':
    case undefined:
      return undefined;
    default:
      return of satisfies never;
  }
}

/** The realm whose own organisation the entry makes besides, where there is none; null: of none. */
export function ownRealmOf({ kind, accountId }: RecordedEntry, detail: Detail): string | null {
  if (accountId === null || (kind !== 'account.add' && kind !== 'account.stands')) return null;
  const realm = textOf(detail, 'realm');
  return isOwn(realm, textOf(detail, 'organisation')) ? realm : null;
}
