import { sha256 } from '../lib/bytes.ts';
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

/** Ends that are remembered for the page that tells of them, which is asked for next. */
const MAX_ENDED = 1_000;

/** Why sessions are over whose cookies were shown of late. */
export class EndedSessions {
  /** By the hash of the cookie. */
  readonly #ended = new Map<string, { readonly appId: string; readonly why: Ended }>();

  /** Only for a row of the store: cookies that nobody was given leave nothing here, and cost no look-up more than before. */
  note(hash: string, row: SessionWithAccount, now: number): void {
    const why = whyEnded(row, now);
    if (why === null) return;
    this.#ended.delete(hash);
    this.#ended.set(hash, { appId: row.appId, why });
    const [oldest] = this.#ended.keys();
    if (this.#ended.size > MAX_ENDED && oldest !== undefined) this.#ended.delete(oldest);
  }

  /** null: nothing is known of it, or nothing to tell. */
  of(cookie: string, appId: string): Ended | null {
    const known = this.#ended.get(sha256(cookie));
    return known?.appId === appId ? known.why : null;
  }
}
