import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import type { ThrottleStore } from '../store/types.ts';
import { sourceKey } from './source.ts';

const S = 1000;
const M = 60 * S;

/** What is guessed. TOTP and recovery codes share one count: neither is a way round the other's. */
export type Guess = 'password' | 'code' | 'enrol';

/** Guesses that are evaluated at once; the delay starts with the last of them. */
export const FREE_GUESSES = 5;
/** By number of failures, ms: free, then 30 s to an hour (800-63B-4 §3.2.2), the last for ever after. */
const ACCOUNT_DELAYS = [0, 0, 0, 0, 30 * S, M, 2 * M, 5 * M, 10 * M, 30 * M, 60 * M];
const ACCOUNT_FORGET = 24 * 60 * M;

/** An address may be a whole office: 30 failures are free. */
export const FREE_SOURCE_FAILURES = 30;
const SOURCE_DELAYS = [...Array<number>(FREE_SOURCE_FAILURES - 1).fill(0), 30 * S, M, 2 * M, 5 * M, 10 * M, 15 * M];
const SOURCE_FORGET = 60 * M;

export interface Target {
  readonly guess: Guess;
  readonly realm: string;
  /** Canonical; of an account that exists or not, alike. */
  readonly name: string;
  /** The browser has signed this account in before: its guesses are counted apart, so that a stranger's do not lock it out. */
  readonly known: boolean;
}

function accountKey(target: Target): string {
  // Names may hold any separator; the hash keeps (realm, name) apart and the table free of what strangers type.
  return `${target.guess}:${target.known ? 'known' : 'elsewhere'}:${sha256(JSON.stringify([target.realm, target.name]))}`;
}

function refuse(nextAt: number, now: number): never {
  throw new SallyportError('too-many-attempts', 'throttled', {
    retryAfter: Math.max(1, Math.ceil((nextAt - now) / 1000)),
  });
}

/** Throws `too-many-attempts` while the source must wait. Counts nothing. */
export async function checkSource(throttles: ThrottleStore, source: string, now: number): Promise<void> {
  const key = sourceKey(source);
  const row = await throttles.byKey(key);
  if (row === undefined) return;
  if (now < row.nextAt) refuse(row.nextAt, now);
  if (now - row.updatedAt > SOURCE_FORGET) await throttles.clear(key);
}

/** Counts a failure of the source. A success never clears it: who has one account of his own could reset it at will. */
export async function failSource(throttles: ThrottleStore, source: string, now: number): Promise<void> {
  await throttles.fail(sourceKey(source), now, SOURCE_DELAYS);
}

/**
 * Takes one guess before it is evaluated: it is counted as a failure first and cleared by success, so that guesses sent in
 * parallel cannot all slip through while none has failed yet. At most FREE_GUESSES are evaluated at once, then one after
 * each delay. Throws `too-many-attempts` for all others; those made during a delay are not counted.
 */
export async function takeGuess(throttles: ThrottleStore, target: Target, now: number): Promise<void> {
  const key = accountKey(target);
  let before = await throttles.byKey(key);
  if (before !== undefined && now < before.nextAt) refuse(before.nextAt, now);
  if (before !== undefined && now - before.updatedAt > ACCOUNT_FORGET) {
    await throttles.clear(key);
    before = undefined;
  }
  const after = await throttles.fail(key, now, ACCOUNT_DELAYS);
  const alone = after.failures === (before?.failures ?? 0) + 1;
  if (after.failures > FREE_GUESSES && !alone) refuse(after.nextAt, now);
}

/** After a success. */
export async function clearGuesses(throttles: ThrottleStore, target: Target): Promise<void> {
  await throttles.clear(accountKey(target));
}
