import { detailOf, numberOf, textOf } from './detail.ts';
import type {
  AccountStanding,
  Closed,
  ConfigurationLoaded,
  Detail,
  Finding,
  OrganisationState,
  RecordedEntry,
} from './types.ts';

/** What the entries that were read so far say; effects change it, one entry at a time. */
export interface Building {
  readonly accounts: Map<string, AccountStanding>;
  readonly organisations: Map<string, OrganisationState>;
  readonly findings: Map<string, Finding>;
  configuration: ConfigurationLoaded | null;
  closed: Closed | null;
  droppedBefore: number | null;
}

/** What an entry does to it. Only entries that tell of something that was done have effects. */
export type Effect = (on: Building, entry: RecordedEntry, detail: Detail) => void;

/** Of an account of which the record has said nothing: it may have anything. */
export function unknownAccount(id: string): AccountStanding {
  return {
    id,
    realm: null,
    name: null,
    organisation: null,
    groups: null,
    roles: null,
    password: null,
    addedAt: null,
    disabledAt: null,
    removedAt: null,
    factors: new Map(),
    recovery: null,
    ticket: null,
    uses: null,
    names: new Map(),
    knownFrom: null,
    basis: { began: null, place: null, state: null },
  };
}

/** What is known before anything was read. */
export function nothingYet(): Building {
  return {
    accounts: new Map(),
    organisations: new Map(),
    findings: new Map(),
    configuration: null,
    closed: null,
    droppedBefore: null,
  };
}

/**
 * The account of an entry `account.stands`, at moments before it of which nothing is on record: since when it was there (ms), and that
 * nobody can say how. undefined: the entry tells of none.
 */
export function stoodBefore(entry: RecordedEntry): (AccountStanding & { readonly addedAt: number }) | undefined {
  const { accountId } = entry;
  const detail = detailOf(entry);
  const addedAt = numberOf(detail, 'added');
  if (accountId === null || addedAt === null) return undefined;
  return {
    ...unknownAccount(accountId),
    realm: textOf(detail, 'realm'),
    name: textOf(detail, 'name'),
    // Where it belonged later: whoever looks after that organisation is told that something is not known.
    organisation: textOf(detail, 'organisation'),
    addedAt,
    basis: { began: entry.seq, place: null, state: null },
  };
}

/** An effect on the account of the entry, which is there from its first entry on. */
export function onAccount(effect: (account: AccountStanding, entry: RecordedEntry, detail: Detail) => void): Effect {
  return (on, entry, detail) => {
    const { accountId } = entry;
    if (accountId === null) return;
    let account = on.accounts.get(accountId);
    if (account === undefined) {
      account = unknownAccount(accountId);
      on.accounts.set(accountId, account);
    }
    effect(account, entry, detail);
  };
}
