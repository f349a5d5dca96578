import type { EnrolCaller } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import type { Caller } from '../../login/types.ts';
import type { Session } from '../../sessions/session.ts';
import type { Form, FormShape } from '../body.ts';
import type { OwnContext } from '../context.ts';
import type { Frame } from '../pages/frame.ts';
import type { Prefs } from '../prefs.ts';
import type { Answer } from '../reply.ts';

/** A request for a page. */
export interface PageRequest {
  readonly context: OwnContext;
  readonly caller: Caller & EnrolCaller;
  readonly frame: Frame;
  readonly prefs: Prefs;
  /** The last segment of an address that ends in one; else empty. */
  readonly parameter: string;
}

/** Whose it is. Throws `sign-in-required` where nobody is signed in. */
export function sessionOf({ context }: PageRequest): Session {
  if (context.session === null) throw new SallyportError('sign-in-required');
  return context.session;
}

/** A state change: of our own origin, its body read. */
export interface FormPost extends PageRequest {
  readonly form: Form;
}

export interface PostRoute extends FormShape {
  /** Every field that the address knows; any other is refused. */
  readonly fields: readonly string[];
  run(post: FormPost): Promise<Answer>;
  /** The page again, with what went wrong, for people; without it (or undefined) an error page is shown. */
  again?(post: FormPost, error: SallyportError): Promise<Answer | undefined>;
}

/**
 * Where an address is there for a session that was carried to a network which its organisation does not name. `anywhere`: it shows
 * and changes nothing of a session's account, only ends the session, or is one of a sign-in or an enrolment, which judge
 * that themselves. `own-network`: all others (docs/decisions/0069).
 */
type From = 'anywhere' | 'own-network';

/** One row of the table of addresses; what is not in the table does not exist. */
export interface Route {
  readonly path: string;
  readonly from: From;
  get?(request: PageRequest): Promise<Answer>;
  readonly post?: PostRoute;
}
