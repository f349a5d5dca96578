import { printable } from './answers.ts';
import type { CanaryReport, Failure, Probe, Verdict, Visitor } from './types.ts';

const MOST_FAILURES = 50;

type Counts = Pick<CanaryReport, 'asked' | 'held' | 'silent' | 'failed' | 'unclear' | 'failures' | 'unclearWhy'>;

/** Counts what came of the requests of a run. */
export class Tally {
  #asked = 0;
  #held = 0;
  #silent = 0;
  #failed = 0;
  #unclear = 0;
  #unclearWhy: string | null = null;
  readonly #failures: Failure[] = [];
  readonly #told = new Set<string>();

  take(probe: Probe, visitor: Visitor, verdict: Verdict): void {
    this.#asked += 1;
    if (verdict.kind === 'ours') this.#held += 1;
    else if (verdict.kind === 'silent') this.#silent += 1;
    else if (verdict.kind === 'unclear') this.#doubt(1, `${probe.class}: ${printable(probe.line)}: ${verdict.why}`);
    else this.#fail({ class: probe.class, visitor, request: printable(probe.line), answer: verdict.answer });
  }

  /** Of so many that were to be tried, those that were not. */
  untried(planned: number): void {
    if (planned > this.#asked) this.#doubt(planned - this.#asked, 'the run was ended early');
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
    return { ...numbers, unclear: this.#unclear, unclearWhy: this.#unclearWhy, failures: this.#failures };
  }
}
