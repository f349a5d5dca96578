import type { Clock } from '../lib/clock.ts';
import type { RealmSource } from '../sources/table.ts';
import type { Store } from '../store/types.ts';
import type { Session } from './session.ts';

/** What the sessions in memory are kept with. */
export interface SessionMapOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** Source of the app's realm; undefined when the configuration has no such app in that realm (any more). */
  readonly sourceOf: (appId: string, realm: string) => RealmSource | undefined;
  /** Whether what is open would still be admitted, by the rules in force and the session as it is now. Must not throw. */
  readonly stands: (session: Session, about: unknown) => boolean;
  readonly onError: (error: unknown) => void;
}
