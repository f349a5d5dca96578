import { SallyportError } from '../../../errors.ts';
import type { EntryView } from '../../../manage/entry-view.ts';
import type { Pieces } from '../../pour.ts';

/** What is asked for at a time, and kept of what was sent. */
export const AT_ONCE = 500;
/** Of those at most so many are sent at a time; that there were more is said. */
const MOST_SENT = 100;
/** Entries that are asked for again where a stream is taken up: one may have been numbered before others that were seen, and written after them. */
const OVERLAP = 200;
/** Further behind nothing is taken up: whoever was away for so long looks again. */
const TOO_FAR = 50_000;

/** How often is looked, how long a number may take to be written, and after how much silence something is said; ms. */
export interface Pace {
  readonly look: number;
  readonly late: number;
  readonly beat: number;
}

const PACE: Pace = { look: 2000, late: 10_000, beat: 15_000 };

export interface TailParts {
  /** Entries after a number that the asker may see, judged each time; `more`: not all of them. */
  readonly ask: (after: number) => Promise<{ readonly rows: readonly EntryView[]; readonly more: boolean }>;
  /** Number of the newest entry of all. */
  readonly head: () => Promise<number>;
  /** An entry as it is shown. */
  readonly show: (entry: EntryView) => string;
  /** The last entry that its receiver has seen; null: from now on. */
  readonly since: number | null;
  /** Whether what allowed it has ended since. */
  readonly over: () => boolean;
  /** Told once. */
  readonly ended: () => void;
}

function event(name: string, fields: Readonly<Record<string, unknown>>, id?: number): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(fields)}\n\n`;
}

/**
 * New entries of the record as server-sent events (HTML Standard, 9.2), each once: `entry`, whose id is its number, and `many` where more
 * came in than is sent. Taken up by the id of the last one, some before it may come again: their receiver tells by the number.
 * Nothing is asked for before what was sent is taken, and little is kept.
 */
export class RecordTail implements Pieces {
  readonly #parts: TailParts;
  readonly #pace: Pace;
  /** Numbers after `#low` that were sent. */
  readonly #sent = new Set<number>();
  /** The newest number of all at moments of late. Whatever is not above it is written once `late` has passed. */
  #heads: { readonly at: number; readonly head: number }[] = [];
  #low: number | null = null;
  #spokeAt = Number.NEGATIVE_INFINITY;
  #over = false;
  #wake: () => void = () => undefined;

  constructor(parts: TailParts, pace: Pace = PACE) {
    this.#parts = parts;
    this.#pace = pace;
  }

  /** What is to be sent next; waits until there is something. null when it was stopped; rejects where nothing more may be told. */
  async next(): Promise<Buffer | null> {
    try {
      for (let first = this.#low === null; ; first = false) {
        if (this.#over) return null;
        if (this.#parts.over()) throw new SallyportError('sign-in-required', 'ended meanwhile');
        const text = (first ? `retry: ${2 * this.#pace.look}\n\n` : '') + (await this.#look());
        if (text !== '') return this.#say(text);
        if (performance.now() - this.#spokeAt >= this.#pace.beat) return this.#say(': still here\n\n');
        await this.#pause();
      }
    } catch (error) {
      this.stop();
      throw error;
    }
  }

  stop(): void {
    if (this.#over) return;
    this.#over = true;
    this.#wake();
    this.#parts.ended();
  }

  #say(text: string): Buffer {
    this.#spokeAt = performance.now();
    return Buffer.from(text);
  }

  async #look(): Promise<string> {
    const at = performance.now();
    const head = await this.#parts.head();
    const { low, missed } = this.#begun(head);
    const { rows, more } = await this.#parts.ask(low);
    // Found out for somebody whose session ended meanwhile.
    if (this.#parts.over()) throw new SallyportError('sign-in-required', 'ended meanwhile');
    const fresh = rows.filter(({ seq }) => !this.#sent.has(seq)).toSorted((a, b) => a.seq - b.seq);
    for (const { seq } of fresh) this.#sent.add(seq);
    this.#goOn(at, head);
    const many = missed || more || fresh.length > MOST_SENT;
    const told = fresh.slice(-MOST_SENT).map((entry) => event('entry', this.#told(entry), entry.seq));
    return (many && fresh.length > 0) || missed ? event('many', {}) + told.join('') : told.join('');
  }

  #told(entry: EntryView) {
    return { seq: entry.seq, row: this.#parts.show(entry) };
  }

  /** From where is looked, and whether what lies before it and was not seen is passed over. */
  #begun(head: number): { readonly low: number; readonly missed: boolean } {
    if (this.#low !== null) return { low: this.#low, missed: false };
    const { since } = this.#parts;
    const missed = since !== null && head - since > TOO_FAR;
    this.#low = since === null || missed ? head : Math.max(0, Math.min(since, head) - OVERLAP);
    return { low: this.#low, missed };
  }

  /** What was numbered long ago is written, and has been seen. */
  #goOn(at: number, head: number): void {
    this.#heads.push({ at, head });
    const settled = this.#heads.findLast((each) => at - each.at >= this.#pace.late);
    if (settled === undefined) return;
    this.#heads = this.#heads.filter((each) => each.at > settled.at);
    this.#low = settled.head;
    for (const seq of this.#sent) if (seq <= settled.head) this.#sent.delete(seq);
  }

  #pause(): Promise<void> {
    // Stopped while it was looked: nobody would wake it.
    if (this.#over) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#pace.look).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
