import type { Config } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Random } from '../lib/random.ts';
import type { Alongside } from '../operations/types.ts';
import type { Reach } from '../roles.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';
import type { Authority } from './authority.ts';

/** What an administrator's operation needs; the same for the command line and the console. */
export interface ManageContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly config: Pick<Config, 'realms' | 'apps' | 'console' | 'mail' | 'tls' | 'record' | 'pages' | 'help'>;
  /** Seals links that go out by e-mail; absent: none can. */
  readonly seal?: Seal;
  /** Who does it, for the record: an account id or `cli:<user>`. */
  readonly actor: string;
  /** What they may do is judged by this, for each act and each list anew. */
  readonly authority: Authority;
  /** Accounts of other organisations are not there. Set once it is judged; absent: nothing is. */
  readonly reach?: Reach;
  /** The act that another person has proposed, where this is its confirmation. */
  readonly confirmed?: string;
  /** Id of the account that it was proposed about; null: none. A name may be another's by now. */
  readonly meant?: string | null;
  /** What a face does in the same transaction. */
  readonly alongside?: Alongside;
}
