import type { Login, SignedIn } from '../login/types.ts';
import type { SessionMap } from '../sessions/map.ts';

/** A login whose new and ended sessions this process knows of at once, without waiting for the store's push. */
export function adoptingLogin(login: Login, sessions: SessionMap): Login {
  const adopt = (signedIn: SignedIn): SignedIn => {
    sessions.adopt(signedIn.cookie, signedIn.session);
    return signedIn;
  };
  return {
    begin: (caller, form) => login.begin(caller, form),
    waiting: (caller, pending) => login.waiting(caller, pending),
    second: async (caller, pending, step, code) => adopt(await login.second(caller, pending, step, code)),
    stepUp: async (caller, session, step, code) => adopt(await login.stepUp(caller, session, step, code)),
    afterEnrolment: async (caller, accountId, proofs, next) => {
      const signedIn = await login.afterEnrolment(caller, accountId, proofs, next);
      return signedIn === undefined ? undefined : adopt(signedIn);
    },
    // The store announces each ended session to this process as it commits.
    signOutEverywhere: (caller, session) => login.signOutEverywhere(caller, session),
    signOut: async (caller, session) => {
      await login.signOut(caller, session);
      sessions.endNow(session);
    },
  };
}
