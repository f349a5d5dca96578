import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Notices } from '../notices/types.ts';
import type { KnownLockDown } from '../sessions/lock-down.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';

export interface LoginContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly seal: Seal;
  readonly notices: Notices;
  readonly lockDown: KnownLockDown;
}

/** Actor of a step whose person has not been proven to be anybody. */
export const ANONYMOUS = 'anonymous';
