import { setImmediate as othersTurn } from 'node:timers/promises';
import type { Moment } from '../coverage/cells.ts';
import { FINDINGS, USES } from '../coverage/effects.ts';
import { type InForce, readMeaning } from '../coverage/in-force.ts';
import { Replay } from '../coverage/replay.ts';
import type { AccountStanding, RecordedState, Use } from '../coverage/types.ts';
import { authenticatorsOf } from '../coverage/uses.ts';
import { isOver } from '../lib/turns.ts';
import type { Store } from '../store/types.ts';
import type { EntryAsk } from '../store/view-types.ts';
import { keepState, keptState } from './coverage-kept.ts';
import { EVERY_KIND } from './coverage-kinds.ts';

type From = Pick<Store, 'views' | 'log'>;

/** Entries that are read at once. */
const AT_ONCE = 900;
/** After everything, ms. */
const EVER = 8.64e15;

/** How many entries were read, and of how many. */
export type Progress = (done: number, of: number) => void;

const KINDS = Object.entries(EVERY_KIND).flatMap(([kind, effect]) => (effect === null || USES.has(kind) ? [] : [kind]));
/** Of those that count whatever their outcome, findings, and of the others. */
const DONE = KINDS.filter((kind) => !FINDINGS.has(kind));

function merged(a: Float64Array, b: Float64Array): Float64Array {
  const all = new Float64Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all.sort();
}

/** What is asked for to know how everybody stood up to a moment (ms). */
export const asksUntil = (at: number): readonly [done: EntryAsk, found: EntryAsk] => [
  { kinds: DONE, outcomes: ['ok'], from: 0, until: at },
  { kinds: [...FINDINGS], outcomes: ['ok', 'refused', 'failed'], from: 0, until: at },
];

/** What is told later than a moment (ms) of the time before. */
export const askLater = (at: number): EntryAsk => ({
  kinds: ['account.stands', 'audit.dropped'],
  outcomes: ['ok'],
  from: at + 1,
  until: EVER,
});

/** Numbers of all that matters up to a moment, and of what was told later of the time before. */
async function numbersOf({ views }: From, at: number): Promise<{ seqs: Float64Array; later: Float64Array }> {
  const [done, found] = asksUntil(at);
  const seqs = merged(await views.entryNumbers(done), await views.entryNumbers(found));
  return { seqs, later: await views.entryNumbers(askLater(at)) };
}

/** Feeds a replay with them, or has what they said a moment ago. */
async function follow(from: From, at: number, progress: Progress): Promise<RecordedState> {
  const { views } = from;
  const { seqs, later } = await numbersOf(from, at);
  const known = keptState(views, { at, seqs, later });
  if (known !== undefined) return known;
  const replay = new Replay();
  for (let from = 0; from < seqs.length; from += AT_ONCE) {
    for (const row of await views.entriesByNumber([...seqs.subarray(from, from + AT_ONCE)])) replay.feed(row);
    progress(Math.min(seqs.length, from + AT_ONCE), seqs.length);
    await othersTurn();
  }
  for (let from = 0; from < later.length; from += AT_ONCE)
    for (const row of await views.entriesByNumber([...later.subarray(from, from + AT_ONCE)])) replay.later(row, at);
  const state = replay.state();
  // Entries that went while they were read are not in it, and would be asked for by no number.
  if (state.read === seqs.length) keepState(views, { at, seqs, later, state });
  return state;
}

/**
 * How everybody stood at a moment (ms), from the record alone, with the configuration that was in force. Others have their turns
 * meanwhile.
 */
export async function momentOf(store: From, at: number, progress: Progress = () => {}): Promise<Moment> {
  const state = await follow(store, at, progress);
  return { at, state, inForce: await meantBy(store, state.configuration?.meaning ?? null) };
}

/** What a configuration meant, by the digest that is on record; null: not on record, or not to be understood. */
export async function meantBy({ log }: Pick<Store, 'log'>, meaning: string | null): Promise<InForce | null> {
  const text = meaning === null ? undefined : (await log.document(meaning))?.text;
  return text === undefined ? null : (readMeaning(text) ?? null);
}

const PAGE = 2_000;

/** When each account of today last signed in by then. */
export async function lastUsesBy({ views }: From, at: number): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (let after = ''; ; ) {
    const page = await views.lastUses(at, after, PAGE);
    for (const { id, at: used } of page) if (used !== null) found.set(id, used);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return found;
    after = last.id;
    await othersTurn();
  }
}

/** Of each account when what it has was last used by then, by id of the account and of what it has; accounts that were removed have nothing. */
export async function usesBy(
  { views }: From,
  at: number,
  accounts: readonly AccountStanding[],
): Promise<Map<string, Map<string, Use>>> {
  const found = new Map<string, Map<string, Use>>();
  for (const part of chunks(accounts, PAGE)) {
    const asked = part.flatMap((account) =>
      authenticatorsOf(account).flatMap(({ id }) =>
        id === null ? [] : [{ accountId: account.id, authenticator: id }],
      ),
    );
    for (const { accountId, authenticator, at: used, seq } of await views.factorUses(asked, at)) {
      const known = found.get(accountId) ?? new Map<string, Use>();
      found.set(accountId, known.set(authenticator, { at: used, seq }));
    }
    await othersTurn();
  }
  return found;
}

function* chunks<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < all.length; i += size) yield all.slice(i, i + size);
}

/** Does something for each of many, while others have their turns. */
export async function eachInTurn<T>(all: Iterable<T>, work: (one: T) => void): Promise<void> {
  let since = performance.now();
  for (const one of all) {
    work(one);
    if (!isOver(since)) continue;
    await othersTurn();
    since = performance.now();
  }
}
