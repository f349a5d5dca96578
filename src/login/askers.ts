import type { Asker } from '../operations/types.ts';
import type { Session } from '../sessions/session.ts';
import { ANONYMOUS, type LoginContext } from './context.ts';
import type { Caller } from './types.ts';

/** Whoever stands before the sign-in pages of an app. */
export interface Visitor extends Asker {
  readonly as: 'anybody';
  readonly caller: Caller;
}

/** Signed in, about their own account. */
export interface Owner extends Asker {
  readonly as: 'owner';
  readonly caller: Caller;
  readonly session: Session;
}

/** What every operation of this room is asked with. */
export interface Invocation<B extends Asker> {
  readonly ctx: LoginContext;
  readonly by: B;
}

const at = (caller: Caller) => ({ caller, appId: caller.app.id, source: caller.source });

export function visitor(caller: Caller): Visitor {
  return { as: 'anybody', actor: ANONYMOUS, ...at(caller) };
}

export function owner(caller: Caller, session: Session): Owner {
  return { as: 'owner', actor: session.accountId, ...at(caller), session };
}
