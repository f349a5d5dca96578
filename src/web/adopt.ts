import { sourceKey } from '../accounts/source.ts';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { RateWindow } from '../lib/rate.ts';
import type { Login, SignedIn } from '../login/types.ts';
import type { SessionMap } from '../sessions/map.ts';

/** Sign-ins begun from one address (or /64) in a minute: a ward at shift change fits, a flood of rows in the store does not. */
const BEGINS = 300;
/** The sign-in page asks for one when it is opened, and again while it stays open. */
const CEREMONIES = 600;
const MINUTE = 60_000;

/**
 * A login whose new and ended sessions this process knows of at once, without waiting for the store's push, and which takes a
 * bounded number of beginnings from one source.
 */
export function adoptingLogin(login: Login, sessions: SessionMap, clock: Clock): Login {
  const begins = new RateWindow(BEGINS, MINUTE);
  const ceremonies = new RateWindow(CEREMONIES, MINUTE);
  const bound = (window: RateWindow, source: string, what: string): void => {
    const wait = window.take(sourceKey(source), clock.monotonic());
    if (wait > 0) throw new SallyportError('too-many-attempts', what, { retryAfter: Math.ceil(wait / 1000) });
  };
  const adopt = (signedIn: SignedIn): SignedIn => {
    sessions.adopt(signedIn.cookie, signedIn.session);
    return signedIn;
  };
  return {
    begin: async (caller, form) => {
      bound(begins, caller.source, 'sign-ins begun');
      return login.begin(caller, form);
    },
    hold: (caller, held) => login.hold(caller, held),
    waiting: (caller, pending) => login.waiting(caller, pending),
    second: async (caller, pending, step, code) => adopt(await login.second(caller, pending, step, code)),
    stepUp: async (caller, session, step, code) => adopt(await login.stepUp(caller, session, step, code)),
    afterEnrolment: async (caller, accountId, proofs, next) => {
      const signedIn = await login.afterEnrolment(caller, accountId, proofs, next);
      return signedIn === undefined ? undefined : adopt(signedIn);
    },
    passkeyOptions: async (caller, ceremony) => {
      bound(ceremonies, caller.source, 'ceremonies begun');
      return login.passkeyOptions(caller, ceremony);
    },
    passkey: async (caller, ceremony, response, next) => adopt(await login.passkey(caller, ceremony, response, next)),
    endOthers: (caller, session, which) => login.endOthers(caller, session, which),
    // The store announces each ended session to this process as it commits.
    signOutEverywhere: (caller, session) => login.signOutEverywhere(caller, session),
    signOut: async (caller, session) => {
      await login.signOut(caller, session);
      sessions.endNow(session);
    },
  };
}
