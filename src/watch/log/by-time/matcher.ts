import { Heap } from './heap.ts';
import type { OurRequest } from './ours.ts';

/** One sending of ours: the span in which the app may have written it down, and whether it explains one of theirs already. */
interface Sending {
  used: boolean;
}

interface Span {
  readonly from: number;
  readonly to: number;
  readonly sending: Sending;
}

/** What is known of one method and path: spans that are still to come, and those that the moment is in. */
interface Alike {
  readonly ahead: Heap<Span>;
  readonly within: Heap<Span>;
  /** The moment up to which it was looked at. */
  at: number;
}

/** A request of theirs: when, by our clock, what is alike, and what is told of it when nothing of ours explains it. */
export interface Theirs<T> {
  readonly at: number;
  readonly alike: string;
  readonly open: boolean;
  readonly what: T;
}

export interface MatcherParts<T> {
  /** Seconds that the two logs may differ by, as ms, beyond what the clocks do. */
  readonly toleranceMs: number;
  readonly unexplained: (what: T) => void;
  /** How many sendings, and how many of theirs for which none was found yet, are remembered. */
  readonly most?: { readonly sendings: number; readonly late: number };
}

/** Logs have whole seconds, some rounded up. */
const SECOND = 1000;
/** How long it may be that a request became another protocol, such as a WebSocket, and is written down when that ends. */
export const OPEN_MS = 24 * 3_600_000;
/** Sendings between two rounds in which what is over is forgotten. */
const ROUND = 100_000;

export const MOST = { sendings: 1_000_000, late: 100_000 } as const;

/**
 * Pairs requests in an app's log with those that we sent, one with one: of two that are alike, one of which is ours, one is left. Theirs come
 * in the order of time, ours as they are read, far enough ahead. Among those that may explain one, that is taken which is over first, so that
 * as many are explained as can be.
 */
export class Matcher<T> {
  readonly #parts: MatcherParts<T>;
  readonly #most: { readonly sendings: number; readonly late: number };
  readonly #alike = new Map<string, Alike>();
  /** Without an explanation yet: one that takes long is in our log when it is over. */
  readonly #late = new Map<string, Theirs<T>[]>();
  #lateCount = 0;
  #held = 0;
  #sinceRound = 0;
  #now = Number.NEGATIVE_INFINITY;
  explained = 0;
  /** Sendings that were not remembered. */
  beyond = 0;

  constructor(parts: MatcherParts<T>) {
    this.#parts = parts;
    this.#most = parts.most ?? MOST;
  }

  ours({ begin, end, sends, open }: OurRequest, alike: string): void {
    const { toleranceMs } = this.#parts;
    const [from, to] = [begin - toleranceMs - SECOND, end + toleranceMs + SECOND];
    for (let i = 0; i < sends; i += 1) {
      const sending = { used: false };
      this.#add(alike, { from, to, sending });
      // What it answered to the question for another protocol is of the usual length; the protocol itself is not.
      if (open) this.#add(openly(alike), { from, to: to + OPEN_MS, sending });
    }
  }

  #add(alike: string, span: Span): void {
    if (span.from <= this.#now && this.#explainsLate(alike, span)) return;
    if (this.#held >= this.#most.sendings) this.#forget();
    if (this.#held >= this.#most.sendings) {
      this.beyond += 1;
      return;
    }
    const known = this.#alike.get(alike) ?? { ahead: new Heap(fromOf), within: new Heap(toOf), at: this.#now };
    this.#alike.set(alike, known);
    known.ahead.push(span);
    this.#held += 1;
    this.#sinceRound += 1;
    if (this.#sinceRound >= ROUND) this.#forget();
  }

  #explainsLate(alike: string, { from, to, sending }: Span): boolean {
    const waiting = this.#late.get(alike);
    const at = waiting?.findIndex((each) => each.at >= from && each.at <= to) ?? -1;
    if (waiting === undefined || at === -1 || sending.used) return false;
    waiting.splice(at, 1);
    if (waiting.length === 0) this.#late.delete(alike);
    this.#lateCount -= 1;
    this.explained += 1;
    sending.used = true;
    return true;
  }

  theirs(theirs: Theirs<T>): void {
    this.#now = Math.max(this.#now, theirs.at);
    const explained =
      (theirs.open && this.#explain(openly(theirs.alike), theirs.at)) || this.#explain(theirs.alike, theirs.at);
    if (explained) this.explained += 1;
    else this.#wait(theirs);
  }

  #explain(alike: string, at: number): boolean {
    const known = this.#alike.get(alike);
    if (known === undefined) return false;
    this.#moveTo(known, Math.max(at, known.at));
    for (let span = known.within.first; span !== undefined && span.from <= at; span = known.within.first) {
      known.within.pop();
      this.#held -= 1;
      if (span.sending.used) continue;
      span.sending.used = true;
      return true;
    }
    return false;
  }

  /** Spans that have begun are looked through by their ends; those that are over explain nothing any more. */
  #moveTo(known: Alike, at: number): void {
    known.at = at;
    for (let span = known.ahead.first; span !== undefined && span.from <= at; span = known.ahead.first) {
      known.ahead.pop();
      known.within.push(span);
    }
    for (let span = known.within.first; span !== undefined && span.to < at; span = known.within.first) {
      known.within.pop();
      this.#held -= 1;
    }
  }

  #wait(theirs: Theirs<T>): void {
    if (this.#lateCount >= this.#most.late) {
      this.#parts.unexplained(theirs.what);
      return;
    }
    const waiting = this.#late.get(theirs.alike) ?? [];
    // Of those that are alike, no more than can be looked through each time.
    if (waiting.length >= MOST_ALIKE) {
      this.#parts.unexplained(theirs.what);
      return;
    }
    this.#late.set(theirs.alike, waiting);
    waiting.push(theirs);
    this.#lateCount += 1;
  }

  #forget(): void {
    this.#sinceRound = 0;
    for (const [alike, known] of this.#alike) {
      this.#moveTo(known, Math.max(this.#now, known.at));
      if (known.ahead.size === 0 && known.within.size === 0) this.#alike.delete(alike);
    }
  }

  /** There is no more of either. */
  end(): void {
    for (const waiting of this.#late.values()) for (const { what } of waiting) this.#parts.unexplained(what);
    this.#late.clear();
    this.#lateCount = 0;
  }
}

const MOST_ALIKE = 100;
const openly = (alike: string): string => `${alike} #`;
const fromOf = ({ from }: Span): number => from;
const toOf = ({ to }: Span): number => to;
