import type { SessionWithAccount } from '../store/types.ts';

/** Why a session is over, as far as whoever still holds its cookie is told. */
export type Ended =
  | 'administrator'
  | 'elsewhere'
  | 'password'
  | 'authenticator'
  | 'enrolled'
  | 'idle'
  | 'absolute'
  | 'other';

const REASONS: ReadonlyMap<string, Ended | null> = new Map([
  ['revoked', 'administrator'],
  ['sign-out-everywhere', 'elsewhere'],
  ['signed-out-elsewhere', 'elsewhere'],
  ['password-changed', 'password'],
  ['authenticator-removed', 'authenticator'],
  ['enrolled-by-ticket', 'enrolled'],
  // By the person, in this browser: they know.
  ['sign-out', null],
] as const);

/**
 * Why a session of the store is not live at `now` (ms); null: it is, or there is nothing to tell. An account that may not
 * sign in is told no more than that the session is over.
 */
export function whyEnded(row: SessionWithAccount, now: number): Ended | null {
  if (row.endedAt !== null) return REASONS.get(row.endReason ?? '') ?? (row.endReason === 'sign-out' ? null : 'other');
  if (row.account.disabledAt !== null) return 'other';
  if (now >= row.expiresAt) return 'absolute';
  return now - row.lastSeenAt >= row.idleMs ? 'idle' : null;
}
