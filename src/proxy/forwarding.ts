import type { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Session } from '../sessions/session.ts';
import type { Passage } from './passage.ts';
import type { Upstreams } from './upstreams.ts';

export interface ForwardHooks {
  /** Where what is open without a session is registered, to be cut when it would not be admitted any more. */
  readonly openings?: Pick<Session, 'onEnd'>;
  /** What crosses besides; default: everything that may. */
  readonly passage?: Passage;
  /** Gives a request that is sent once more an id of its own: two of one id would be a replay to whoever reads the app's log. */
  again?(): string;
  /** Called at most once, and only while nothing of the answer has been sent: show the page for this error. */
  fail(error: SallyportError): void;
}

export interface Forwarding {
  readonly upstreams: Upstreams;
  readonly clock: Clock;
}
