import { totp } from '../support/person.ts';

const PERIOD_MS = 30_000;

/** The authenticator app of a person, and the sheet with recovery codes beside it. */
export class Phone {
  readonly secret: string;
  readonly #recovery: string[];
  #step: number;

  /** `used`: the step whose code was used to set it up. */
  constructor(secret: string, used: number, recovery: readonly string[]) {
    this.secret = secret;
    this.#step = used;
    this.#recovery = [...recovery];
  }

  static step(): number {
    return Math.floor(Date.now() / PERIOD_MS);
  }

  /**
   * A code that has not been used. A step is good for one sign-in and the clock allows two at a time: when there is none
   * left, a recovery code.
   */
  code(): { readonly way: 'totp' | 'recovery'; readonly code: string } {
    const step = Math.max(Phone.step(), this.#step + 1);
    if (step <= Phone.step() + 1) {
      this.#step = step;
      return { way: 'totp', code: totp(this.secret, step) };
    }
    const code = this.#recovery.shift();
    if (code === undefined) throw new Error('all codes of this person are used');
    return { way: 'recovery', code };
  }
}
