import { printable } from './answers.ts';
import type { CanaryReport, Failure, Probe, Verdict, Visitor } from './types.ts';

const MOST_FAILURES = 50;
const MOST_SAID = 8;

type Counts = Pick<
  CanaryReport,
  'asked' | 'held' | 'silent' | 'front' | 'frontSays' | 'failed' | 'unclear' | 'failures' | 'unclearWhy'
>;

/** Counts what came of the requests of a run. */
export class Tally {
  #asked = 0;
  #held = 0;
  #silent = 0;
  #front = 0;
  readonly #frontSays = new Set<string>();
  #failed = 0;
  #unclear = 0;
  #unclearWhy: string | null = null;
  readonly #failures: Failure[] = [];
  readonly #told = new Set<string>();

  take(probe: Probe, visitor: Visitor, verdict: Verdict): void {
    this.#asked += 1;
    if (verdict.kind === 'ours') this.#held += 1;
    else if (verdict.kind === 'silent') this.#silent += 1;
    else if (verdict.kind === 'front') this.#inFront(verdict.says);
    else if (verdict.kind === 'unclear') this.#doubt(1, `${probe.class}: ${printable(probe.line)}: ${verdict.why}`);
    else this.#fail({ class: probe.class, visitor, request: printable(probe.line), answer: verdict.answer });
  }

  #inFront(says: string): void {
    this.#front += 1;
    if (this.#frontSays.size < MOST_SAID) this.#frontSays.add(says);
  }

  /** Of so many that were to be tried, those that were not. */
  untried(planned: number): void {
    if (planned > this.#asked) this.#doubt(planned - this.#asked, 'the run was ended early');
  }

  /** Told by a node that it has let a request of this run through to the app. */
  letThrough(request: string): void {
    this.#failed += 1;
    const failure = { class: 'plain', visitor: 'nobody', request, answer: 'let through to the app by us' } as const;
    if (this.#failures.length < MOST_FAILURES) this.#failures.push(failure);
  }

  #doubt(count: number, why: string): void {
    this.#unclear += count;
    this.#unclearWhy ??= why;
  }

  #fail(failure: Failure): void {
    this.#failed += 1;
    const key = `${failure.class} ${failure.visitor}`;
    if (this.#told.has(key) || this.#failures.length >= MOST_FAILURES) return;
    this.#told.add(key);
    this.#failures.push(failure);
  }

  counts(): Counts {
    const numbers = { asked: this.#asked, held: this.#held, silent: this.#silent, failed: this.#failed };
    const front = { front: this.#front, frontSays: [...this.#frontSays] };
    return { ...numbers, ...front, unclear: this.#unclear, unclearWhy: this.#unclearWhy, failures: this.#failures };
  }
}
