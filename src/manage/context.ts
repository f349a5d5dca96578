import type { Config } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Store } from '../store/types.ts';

/** What an administrator's operation needs; the same for the command line and the console. */
export interface ManageContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Pick<Config, 'realms' | 'apps' | 'mail'>;
  /** Who does it, for the record: an account id or `cli:<user>`. */
  readonly actor: string;
}
