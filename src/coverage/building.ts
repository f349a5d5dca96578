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
