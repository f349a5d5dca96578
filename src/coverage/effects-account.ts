import { type Building, type Effect, onAccount, unknownAccount } from './building.ts';
import { booleanOf, longOf, numberOf, textOf, wordsOf } from './detail.ts';
import { readFactors, readRecovery, readTicket } from './stands.ts';
import type { Detail, RecordedEntry } from './types.ts';

/** Whether an account that is added there makes its organisation: the one that is called as its realm has no entry of its own. */
export const isOwn = (realm: string | null, organisation: string | null): realm is string =>
  realm !== null && organisation === `realm.${realm}`;

/** The organisation that is called as its realm is made with its first account. */
export function ensureOwn(
  on: Pick<Building, 'organisations'>,
  realm: string | null,
  { seq }: Pick<RecordedEntry, 'seq'>,
): void {
  const organisation = `realm.${realm}`;
  if (realm === null || on.organisations.has(organisation)) return;
  on.organisations.set(organisation, {
    id: organisation,
    realm,
    name: realm,
    policy: '{}',
    seq,
    policySeq: seq,
  });
}

export const added: Effect = (on, entry, detail) => {
  const { accountId, at, seq } = entry;
  if (accountId === null) return;
  const [realm, organisation] = [textOf(detail, 'realm'), textOf(detail, 'organisation')];
  const disabled = booleanOf(detail, 'disabled') === true;
  on.accounts.set(accountId, {
    ...unknownAccount(accountId),
    realm,
    name: textOf(detail, 'name'),
    organisation,
    groups: wordsOf(detail, 'groups'),
    roles: booleanOf(detail, 'admin') === true ? ['owner everything'] : [],
    password: false,
    addedAt: at,
    disabledAt: disabled ? at : null,
    knownFrom: at,
    basis: { began: seq, place: seq, state: disabled ? seq : null },
  });
  if (isOwn(realm, organisation)) ensureOwn(on, realm, entry);
};

function namesIn(detail: Detail): Map<string, string> | undefined {
  try {
    const read: unknown = JSON.parse(longOf(detail, 'names') ?? '{}');
    if (typeof read !== 'object' || read === null) return undefined;
    return new Map(Object.entries(read).filter((each): each is [string, string] => typeof each[1] === 'string'));
  } catch {
    return undefined;
  }
}

/** How an account stood when the record began to hold all of it: in place of whatever was known before. */
export const stands: Effect = (on, entry, detail) => {
  const { accountId, at, seq } = entry;
  if (accountId === null) return;
  const before = on.accounts.get(accountId) ?? unknownAccount(accountId);
  const [factors, names] = [readFactors(detail, before, entry), namesIn(detail)];
  const disabledAt = numberOf(detail, 'disabled');
  const [realm, organisation] = [textOf(detail, 'realm'), textOf(detail, 'organisation')];
  const whole = factors !== undefined && names !== undefined;
  const samePlace = before.organisation === organisation && before.basis.place !== null;
  const sameState = before.disabledAt === disabledAt && before.basis.state !== null;
  on.accounts.set(accountId, {
    ...before,
    realm,
    name: textOf(detail, 'name'),
    organisation,
    groups: wordsOf(detail, 'groups'),
    roles:
      longOf(detail, 'roles')
        ?.split(',')
        .filter((role) => role !== '')
        .sort() ?? null,
    password: booleanOf(detail, 'password'),
    addedAt: numberOf(detail, 'added'),
    disabledAt,
    removedAt: null,
    factors: factors ?? before.factors,
    recovery: readRecovery(detail, before, entry),
    ticket: readTicket(detail, before, entry),
    names: names ?? before.names,
    // What was known from its beginning stays known from then.
    knownFrom: whole ? (before.knownFrom ?? at) : null,
    basis: {
      began: before.knownFrom === null ? seq : before.basis.began,
      place: samePlace ? before.basis.place : seq,
      state: sameState ? before.basis.state : disabledAt === null ? null : seq,
    },
  });
  if (isOwn(realm, organisation)) ensureOwn(on, realm, entry);
};

export const disabled = onAccount((account, { at, seq }) => {
  // Who was disabled already stays so from when they were.
  if (account.disabledAt === null) {
    account.disabledAt = at;
    account.basis.state = seq;
  }
  account.ticket = null;
});

export const enabled = onAccount((account, { seq }) => {
  account.disabledAt = null;
  account.basis.state = seq;
});

export const removed = onAccount((account, { at, seq }, detail) => {
  account.removedAt = at;
  account.realm ??= textOf(detail, 'realm');
  account.name ??= textOf(detail, 'name');
  account.ticket = null;
  account.recovery = null;
  account.factors.clear();
  account.uses = null;
  account.names.clear();
  account.basis.state = seq;
});

export const changed = onAccount((account, _entry, detail) => {
  account.name ??= textOf(detail, 'name');
  if (detail['groups'] !== undefined) account.groups = wordsOf(detail, 'groups');
});

/** Its open links end with the move (`account.move` to where it is already changes nothing). */
export const moved = onAccount((account, { seq }, detail) => {
  const to = textOf(detail, 'to');
  if (to !== textOf(detail, 'from')) account.ticket = null;
  account.organisation = to;
  account.basis.place = seq;
});

const grantIn = (detail: Detail): string => `${textOf(detail, 'role')} ${textOf(detail, 'for')}`;

export const granted = onAccount((account, _entry, detail) => {
  if (account.roles !== null) account.roles = [...new Set([...account.roles, grantIn(detail)])].sort();
  account.ticket = null;
});

export const revoked = onAccount((account, _entry, detail) => {
  if (account.roles !== null) account.roles = account.roles.filter((role) => role !== grantIn(detail));
});

export const named = onAccount((account, { appId }, detail) => {
  const name = textOf(detail, 'name');
  if (appId !== null && name !== null) account.names.set(appId, name);
});

export const unnamed = onAccount((account, { appId }) => {
  if (appId !== null) account.names.delete(appId);
});

/** `set: false`: the password was proven, which was there before. */
export const passwordSet = onAccount((account) => {
  account.password = true;
});
