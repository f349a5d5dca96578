import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { networksOf, type Width } from '../lib/networks.ts';
import type { Store, ThrottleStore } from '../store/types.ts';

const S = 1000;
const M = 60 * S;
const H = 60 * M;
const DAY = 24 * H;

/** What is guessed. TOTP and recovery codes share one count: neither is a way round the other's. */
export type Guess = 'password' | 'code' | 'enrol';

/**
 * Who guesses. `known`: a browser in which the account has signed in before. `proven`: whoever has passed another factor of
 * the account just now. `elsewhere`: anybody. Each has a count of its own, so that the guesses of a stranger hold off
 * strangers.
 */
export type Standing = 'known' | 'proven' | 'elsewhere';

/** Guesses that are evaluated at once; the delay starts with the last of them. */
export const FREE_GUESSES = 5;

interface Pace {
  /** By number of failures, ms; the last for ever after. */
  readonly delays: readonly number[];
  /** A count is begun anew after this long without a failure, ms. */
  readonly forgetMs: number;
}

/** Free, then 30 s to an hour (800-63B-4 §3.2.2). */
const HOURLY = [0, 0, 0, 0, 30 * S, M, 2 * M, 5 * M, 10 * M, 30 * M, H];
const USUAL: Pace = { delays: HOURLY, forgetMs: DAY };
/** Guesses that never disable an authenticator: some 380 a year at the most, whatever the patience (docs/decisions/0017). */
const STRANGERS: Pace = { delays: [...HOURLY, H, H, H, 2 * H, 4 * H, 8 * H, DAY], forgetMs: 30 * DAY };

/** Failures of a network that are free: an address may be a whole office, a /24 a whole town. `region` is not counted. */
const FREE_FAILURES: Readonly<Record<Exclude<Width, 'region'>, number>> = {
  own: 30,
  block: 120,
  site: 240,
  carrier: 960,
};
/** Failures of one address, or /64, that are free. */
export const FREE_SOURCE_FAILURES = FREE_FAILURES.own;
const SOURCE_FORGET = H;

function sourceDelays(free: number): readonly number[] {
  return [...Array<number>(free - 1).fill(0), 30 * S, M, 2 * M, 5 * M, 10 * M, 15 * M];
}

export interface Target {
  readonly guess: Guess;
  readonly realm: string;
  /** Canonical; of an account that exists or not, alike. */
  readonly name: string;
  readonly from: Standing;
}

/** Names may hold any separator; the hash keeps (realm, name) apart and the table free of what strangers type. */
export function targetKey({ guess, from, realm, name }: Target): string {
  return `${guess}:${from}:${sha256(JSON.stringify([realm, name]))}`;
}

const GUESSES: readonly Guess[] = ['password', 'code', 'enrol'];
const STANDINGS: readonly Standing[] = ['known', 'proven', 'elsewhere'];

/** Everything that is counted of an account. */
export function everyTarget(realm: string, name: string): Target[] {
  return GUESSES.flatMap((guess) => STANDINGS.map((from) => ({ guess, from, realm, name })));
}

function paceOf({ guess, from }: Target): Pace {
  return guess === 'code' && from === 'elsewhere' ? STRANGERS : USUAL;
}

function refuse(nextAt: number, now: number): SallyportError {
  return new SallyportError('too-many-attempts', 'throttled', {
    retryAfter: Math.max(1, Math.ceil((nextAt - now) / 1000)),
  });
}

interface Counted {
  readonly key: string;
  readonly free: number;
}

/** The counted networks of a source, widest first. */
function countedOf(source: string): Counted[] {
  return networksOf(source).flatMap(({ width, key }) =>
    width === 'region' ? [] : [{ key: `source:${key}`, free: FREE_FAILURES[width] }],
  );
}

/**
 * Throws `too-many-attempts` while the source, or a network that it is in, must wait; counts nothing. Returns how often the
 * source itself has failed within the hour.
 */
export async function checkSource(throttles: ThrottleStore, source: string, now: number): Promise<number> {
  const counted = countedOf(source);
  const rows = await throttles.byKeys(counted.map(({ key }) => key));
  const waits = rows.reduce((latest, { nextAt }) => Math.max(latest, nextAt), 0);
  if (now < waits) throw refuse(waits, now);
  const own = rows.find(({ key }) => key === counted.at(-1)?.key);
  return own === undefined || now - own.updatedAt > SOURCE_FORGET ? 0 : own.failures;
}

/**
 * Counts a failure of the source and of each network that it is in. A success never clears it: who has one account of his
 * own could reset it at will.
 */
export async function failSource(throttles: ThrottleStore, source: string, now: number): Promise<void> {
  for (const { key, free } of countedOf(source))
    await throttles.fail(key, now, sourceDelays(free), { forgetMs: SOURCE_FORGET });
}

/** A place among the guesses at one account that are being judged. Whatever becomes of it, it counts only once it is judged. */
export interface Place {
  readonly target: Target;
  /** Tells accounts apart. */
  readonly key: string;
  /**
   * The guess was wrong: it counts, in the caller's transaction. Throws `too-many-attempts`, and counts nothing, when other
   * guesses were judged meanwhile (on another node) that leave no room for this one: its outcome must not be told.
   */
  failed(throttles: ThrottleStore, now: number): Promise<void>;
  /** The guess was right: the count ends, in the caller's transaction. Throws as `failed`. */
  passed(throttles: ThrottleStore, now: number): Promise<void>;
}

/** Guesses that are being judged now, by store and account. Not kept: a process that dies has told nobody anything. */
const judging = new WeakMap<object, Map<string, number>>();

function judgingOf(store: object): Map<string, number> {
  const known = judging.get(store);
  if (known !== undefined) return known;
  const made = new Map<string, number>();
  judging.set(store, made);
  return made;
}

function placeOf(target: Target, seen: number): Place {
  const key = targetKey(target);
  const { delays, forgetMs } = paceOf(target);
  const room = { free: FREE_GUESSES, seen, forgetMs };
  return {
    target,
    key,
    async failed(throttles, now) {
      const after = await throttles.fail(key, now, delays, room);
      if (after === undefined) throw refuse(now + S, now);
    },
    async passed(throttles, now) {
      // Of strangers' guesses only as many are forgiven as are free: signing in often must not give them more.
      const forgiven = paceOf(target) === STRANGERS ? FREE_GUESSES : Number.MAX_SAFE_INTEGER;
      if (!(await throttles.forgive(key, forgiven, { ...room, at: now }))) throw refuse(now + S, now);
    },
  };
}

/** The count as it stands; throws `too-many-attempts` during a delay, or for the guess that is one too many at once. */
async function roomFor(throttles: ThrottleStore, target: Target, before: number, now: number): Promise<number> {
  const row = await throttles.byKey(targetKey(target));
  if (row !== undefined && now < row.nextAt) throw refuse(row.nextAt, now);
  const over = row === undefined || now - row.updatedAt > paceOf(target).forgetMs;
  const failures = over ? 0 : row.failures;
  if (before >= Math.max(1, FREE_GUESSES - failures)) throw refuse(now + S, now);
  return failures;
}

/**
 * Judges one guess: first a place, then `judge`, which says in its own transaction what became of it. So guesses sent at once
 * cannot all slip through while none has failed yet, and one that could not be judged (no room to work, no store, an app that
 * does not answer, a client that left) counts against nobody. At most FREE_GUESSES are judged at once, then one after each
 * delay; all others throw `too-many-attempts` and are not counted.
 */
export async function withPlace<T>(
  store: Pick<Store, 'throttles'>,
  target: Target,
  now: number,
  judge: (place: Place) => Promise<T>,
): Promise<T> {
  const places = judgingOf(store);
  const key = targetKey(target);
  const before = places.get(key) ?? 0;
  if (before >= FREE_GUESSES) throw refuse(now + S, now);
  places.set(key, before + 1);
  try {
    return await judge(placeOf(target, await roomFor(store.throttles, target, before, now)));
  } finally {
    const left = (places.get(key) ?? 1) - 1;
    if (left > 0) places.set(key, left);
    else places.delete(key);
  }
}
