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

/** Entries that are read at once: a few ms of SQLite's time and of ours, in which nobody is served. */
const AT_ONCE = 1_000;
/** After everything. */
const EVER = 8.64e15;

/** How far it has come: entries that were read, accounts that were looked at, and of how many. */
export type Progress = (done: number, of: number, what: 'entries' | 'accounts') => void;

const OUTCOMES = ['ok', 'refused', 'failed'] as const;
/** What was done, and what was found from outside, whatever came of it. */
const MATTERS = Object.entries(EVERY_KIND).flatMap(([kind, effect]) => {
  if (effect === null || USES.has(kind)) return [];
  return (FINDINGS.has(kind) ? OUTCOMES : (['ok'] as const)).map((outcome) => ({ kind, outcome }));
});
const TELLING = ['account.stands', 'audit.dropped'].map((kind) => ({ kind, outcome: 'ok' as const }));

/** What is asked for to know how everybody stood up to a moment (ms). */
export const askUntil = (at: number): EntryAsk => ({ what: MATTERS, from: 0, until: at });

/** What is told later than a moment (ms) of the time before. */
export const askLater = (at: number): EntryAsk => ({ what: TELLING, from: at + 1, until: EVER });

/** Numbers of all that matters up to a moment, and of what was told later of the time before. */
async function numbersOf({ views }: From, at: number) {
  const seqs = await views.entryNumbers(askUntil(at));
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
    for (const row of await views.entriesByNumber(seqs.slice(from, from + AT_ONCE))) replay.feed(row);
    progress(Math.min(seqs.length, from + AT_ONCE), seqs.length, 'entries');
    await othersTurn();
  }
  for (let from = 0; from < later.length; from += AT_ONCE) {
    for (const row of await views.entriesByNumber(later.slice(from, from + AT_ONCE))) replay.later(row, at);
    await othersTurn();
  }
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

/** Accounts that are asked for at once, each of which SQLite looks for in the record. */
const ACCOUNTS_AT_ONCE = 250;

/** When each of these accounts last signed in by then, of those that are still there. */
export async function lastUsesBy({ views }: From, at: number, ids: readonly string[]): Promise<Map<string, number>> {
  const found = new Map<string, number>();
  for (const part of chunks(ids, ACCOUNTS_AT_ONCE)) {
    for (const { id, at: used } of await views.lastUses(at, part)) if (used !== null) found.set(id, used);
    await othersTurn();
  }
  return found;
}

/** Of each account when what it has was last used by then, by id of the account and of what it has; accounts that were removed have nothing. */
export async function usesBy(
  { views }: From,
  at: number,
  accounts: readonly AccountStanding[],
): Promise<Map<string, Map<string, Use>>> {
  const found = new Map<string, Map<string, Use>>();
  for (const part of chunks(accounts, ACCOUNTS_AT_ONCE)) {
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
