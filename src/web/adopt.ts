import { type InAll, SourceRate } from '../accounts/source-rate.ts';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { Caller, Login, SignedIn } from '../login/types.ts';
import type { SessionMap } from '../sessions/map.ts';

/** Sign-ins begun from one address (or /64) in a minute: a ward at shift change fits, a flood does not. */
const BEGINS = 300;
/** The sign-in page asks for one when it is opened, and again while it stays open. */
const CEREMONIES = 600;
const MINUTE = 60_000;
/** Within a minute, from everywhere: several times what a company of ten thousand begins at its busiest. */
const ALL_BEGINS: InAll = { anybody: 6_000, newcomers: 30_000, known: 36_000 };
const ALL_CEREMONIES: InAll = { anybody: 12_000, newcomers: 60_000, known: 60_000 };

export interface AdoptingLogin extends Login {
  /** Runs what may open a session, and knows of it once it is committed. */
  adopting<T extends { readonly signedIn: SignedIn | undefined }>(work: () => Promise<T>): Promise<T>;
}

/** What one source, and all of them, may begin; each throws `too-many-attempts` beyond. */
function beginningsOf(login: Login, clock: Clock) {
  const begins = new SourceRate(BEGINS, MINUTE, ALL_BEGINS);
  const ceremonies = new SourceRate(CEREMONIES, MINUTE, ALL_CEREMONIES);
  const bound = (wait: number, what: string): void => {
    if (wait > 0) throw new SallyportError('too-many-attempts', what, { retryAfter: Math.ceil(wait / 1000) });
  };
  return {
    async signIn(caller: Caller, account: string): Promise<void> {
      const wait = begins.take(caller.source, clock.monotonic());
      // Whose browser it is costs a look into the store: asked only where it decides.
      const known = wait > 0 && caller.browser !== null && (await login.knows(caller, account));
      bound(known ? begins.take(caller.source, clock.monotonic(), true) : wait, 'sign-ins begun');
    },
    ceremony(caller: Caller): void {
      bound(ceremonies.take(caller.source, clock.monotonic()), 'ceremonies begun');
    },
  };
}

/**
 * A login whose new and ended sessions this process knows of at once, without waiting for the store's push, and which takes a
 * bounded number of beginnings from one source.
 */
export function adoptingLogin(login: Login, sessions: SessionMap, clock: Clock): AdoptingLogin {
  const beginnings = beginningsOf(login, clock);
  const adopt = (work: () => Promise<SignedIn>): Promise<SignedIn> => sessions.adopting(work, (signedIn) => signedIn);
  return {
    closed: () => login.closed(),
    begin: async (caller, form) => {
      await beginnings.signIn(caller, form.account);
      return login.begin(caller, form);
    },
    knows: (caller, account) => login.knows(caller, account),
    hold: (caller, held) => login.hold(caller, held),
    waiting: (caller, pending) => login.waiting(caller, pending),
    offers: (caller, pending, session) => login.offers(caller, pending, session),
    passkeyDomains: (caller, pending, session) => login.passkeyDomains(caller, pending, session),
    second: (caller, pending, step, code) => adopt(() => login.second(caller, pending, step, code)),
    stepUp: (caller, session, step, code) => adopt(() => login.stepUp(caller, session, step, code)),
    afterEnrolment: (caller, tx, account, proofs) => login.afterEnrolment(caller, tx, account, proofs),
    adopting: (work) => sessions.adopting(work, ({ signedIn }) => signedIn),
    passkeyOptions: async (caller, ceremony) => {
      beginnings.ceremony(caller);
      return login.passkeyOptions(caller, ceremony);
    },
    passkey: (caller, ceremony, response, next) => adopt(() => login.passkey(caller, ceremony, response, next)),
    endOthers: (caller, session, which) => login.endOthers(caller, session, which),
    // The store announces each ended session to this process as it commits.
    signOutEverywhere: (caller, session) => login.signOutEverywhere(caller, session),
    signOut: async (caller, session) => {
      await login.signOut(caller, session);
      sessions.endNow(session);
    },
  };
}
