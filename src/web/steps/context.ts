import { SallyportError } from '../../errors.ts';
import { Openings } from '../../sessions/openings.ts';
import { OnwardForms } from '../elsewhere.ts';
import type { ServerParts } from '../parts.ts';

/** The parts that the steps work with, and what they keep between requests. */
export class StepContext {
  readonly parts: ServerParts;
  /** What is open without a session: exempt, or the surface of an app's own sign-in. */
  readonly openings = new Openings();
  readonly onward = new OnwardForms();

  constructor(parts: ServerParts) {
    this.parts = parts;
  }

  /** Throws `clock-untrusted` after a jump of the clock. */
  checkClock(): void {
    if (!this.parts.clockGuard.trusted()) throw new SallyportError('clock-untrusted', 'the clock has jumped');
  }

  readonly healthy = (): void => {
    this.checkClock();
    this.parts.healthy();
  };
}
