import { type Effect, onAccount } from './building.ts';
import { booleanOf, numberOf, textOf } from './detail.ts';
import { parseLife } from './life.ts';

export const issued = onAccount((account, { at, seq }, detail) => {
  // Entries of before say how long it lives, and not until when.
  const until = numberOf(detail, 'until') ?? at + parseLife(textOf(detail, 'ttl'));
  const id = textOf(detail, 'ticket') ?? '';
  account.ticket = { id, until, resetPassword: booleanOf(detail, 'resetPassword') === true, seq };
});

/** An enrolment was opened: by a link, which is used up, or by somebody who is signed in. */
export const opened = onAccount((account, _entry, detail) => {
  if (textOf(detail, 'ticket') !== null) account.ticket = null;
});

export const ticketsEnded = onAccount((account) => {
  account.ticket = null;
});

/** Who has enrolled by a link has no other left. */
export const finished = onAccount((account, _entry, detail) => {
  if (booleanOf(detail, 'adding') !== true) account.ticket = null;
});

export const enrolled = onAccount((account, { at, seq }, detail) => {
  const id = textOf(detail, 'authenticator');
  const kind = textOf(detail, 'kind');
  if (id === null || (kind !== 'totp' && kind !== 'passkey')) {
    // Something was added of which the record does not say what.
    account.knownFrom = null;
    return;
  }
  account.factors.set(id, {
    id,
    kind,
    label: textOf(detail, 'label') ?? '',
    enrolledAt: at,
    seq,
    rp: textOf(detail, 'rp'),
    userVerified: booleanOf(detail, 'userVerified'),
    deviceBound: booleanOf(detail, 'deviceBound'),
    backedUp: booleanOf(detail, 'backedUp'),
    disabledAt: null,
    disabledSeq: null,
  });
});

export const renamed = onAccount((account, _entry, detail) => {
  const factor = account.factors.get(textOf(detail, 'authenticator') ?? '');
  if (factor !== undefined) account.factors.set(factor.id, { ...factor, label: textOf(detail, 'label') ?? '' });
});

export const factorRemoved = onAccount((account, _entry, detail) => {
  const id = textOf(detail, 'authenticator');
  if (textOf(detail, 'kind') === 'recovery' || (id !== null && id === account.recovery?.id)) account.recovery = null;
  else if (id !== null) account.factors.delete(id);
});

export const factorDisabled = onAccount((account, { at, seq }, detail) => {
  const id = textOf(detail, 'authenticator') ?? '';
  const factor = account.factors.get(id);
  const { recovery } = account;
  if (factor !== undefined) {
    if (factor.disabledAt === null) account.factors.set(id, { ...factor, disabledAt: at, disabledSeq: seq });
    return;
  }
  // Codes of before had no id on record: what is disabled and no other factor is them.
  if (recovery !== null && (recovery.id === null || recovery.id === id))
    account.recovery = { ...recovery, disabledAt: recovery.disabledAt ?? at, disabledSeq: recovery.disabledSeq ?? seq };
});

/** New codes in place of the old ones. Of entries from before the use of codes was on record it is not known how many are left. */
export const codesReplaced = onAccount((account, { at, seq }, detail) => {
  const id = textOf(detail, 'authenticator');
  const left = id === null ? null : numberOf(detail, 'codes');
  account.recovery = { id, left, at, seq, disabledAt: null, disabledSeq: null };
});

/** The latest counts, in whatever order they are read: sign-ins may be read after everything else. Of an account of which nothing else is said, nothing. */
export const used: Effect = (on, { accountId, at, seq }, detail) => {
  const account = on.accounts.get(accountId ?? '');
  const id = textOf(detail, 'authenticator');
  if (id === null || account === undefined || account.removedAt !== null) return;
  const known = account.uses?.get(id);
  if (known !== undefined && (known.at > at || (known.at === at && known.seq > seq))) return;
  account.uses ??= new Map();
  account.uses.set(id, { at, seq });
};

export const codeUsed: Effect = (on, entry, detail) => {
  codesLeft(on, entry, detail);
  used(on, entry, detail);
};

const codesLeft = onAccount((account, { seq }, detail) => {
  const { recovery } = account;
  if (recovery === null) return;
  account.recovery = { ...recovery, left: numberOf(detail, 'left'), seq };
});
