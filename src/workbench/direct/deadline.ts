import { CommandRefused } from '../../terminal/exit.ts';
import { count } from '../../terminal/output.ts';

/** What a command has no more time for. */
export class TooLong extends CommandRefused {}

/** How long a command may take with an app, which may answer slowly, or without end. */
export class Deadline {
  readonly #seconds: number;
  readonly #until: number;

  constructor(seconds: number) {
    this.#seconds = seconds;
    this.#until = Date.now() + Math.round(1000 * seconds);
  }

  /** What is left, ms; 0: nothing. */
  get left(): number {
    return Math.max(0, this.#until - Date.now());
  }

  get past(): boolean {
    return this.left === 0;
  }

  /** A part of what is left, for something after which something else is to be tried. */
  part(share: number): Deadline {
    return new Deadline((this.left * share) / 1000);
  }

  /** Why it ends. */
  fault(): TooLong {
    const said = count(Math.round(this.#seconds), 'second');
    return new TooLong(
      `The app took longer than ${said} over what was asked of it: it answers slowly, or without end (--within gives it more time).`,
    );
  }

  /** Throws TooLong once it is past. */
  check(): void {
    if (this.past) throw this.fault();
  }
}
