import type { Enrol } from '../../enrol/types.ts';
import type { SallyportError } from '../../errors.ts';
import type { Login, Offer, SecondStep, SignedIn, Waiting } from '../../login/types.ts';
import { need } from '../body.ts';
import { SIGNING_IN } from '../pages/ceremony.ts';
import { codePage, recoveryPage, signInPage } from '../pages/sign-in.ts';
import { writePrefs } from '../prefs.ts';
import {
  type Answer,
  CLEAR_PENDING,
  codePageAnswer,
  done,
  type OwnCookie,
  retryHeader,
  see,
  setBrowser,
  setPending,
  setPrefs,
  setSession,
  showPage,
  withCookies,
} from '../reply.ts';
import { nextOf, safeNext, withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';
import { ALL, hereOf, waysOf } from './ways.ts';

export const START = '/.sallyport/sign-in';
export const RECOVERED = `${START}/recovered`;
const STEPS: Readonly<Record<Offer, string>> = {
  totp: '/.sallyport/sign-in/totp',
  recovery: '/.sallyport/sign-in/recovery',
  passkey: '/.sallyport/sign-in/passkey',
};

/**
 * The page of the second step: by the way that this browser's person took last, where it is among those that are open; else by
 * a code, and by what there is where there is none. Not knowing them is fine: that page sends on who has not what it asks for.
 */
export function secondStepFor(visit: Visit, offers: readonly Offer[] = ALL): string {
  const last: Offer = visit.frame.passkeys && visit.prefs.method === 'passkey' ? 'passkey' : 'totp';
  const way = ([last, 'totp', ...offers] as const).find((each) => offers.includes(each));
  return STEPS[way ?? 'totp'];
}

export function askedNext(visit: Visit): string {
  return safeNext(nextOf(visit.context.query), visit.context.app.target);
}

export function postedNext(deed: Deed): string {
  return safeNext(deed.form.get('next'), deed.context.app.target);
}

/** Where a page of a second step leads: as its address says, else as the first step did. */
export function nextOfStep(visit: Visit, waiting: Waiting | null): string {
  const { query, app } = visit.context;
  return safeNext(nextOf(query) ?? waiting?.next, app.target);
}

/**
 * Where a sign-in ends. Two tabs share the cookie of the one that waits, so its own goal is that of the tab that began
 * last: what this tab's form carries comes first.
 */
export function goalOf(deed: Deed, signedIn: SignedIn): string {
  // What the app answered to the password is given out at the login step's own address alone.
  if (signedIn.held === true) return signedIn.next;
  return safeNext(deed.form.get('next') ?? signedIn.next, deed.context.app.target);
}

/** Cookies of a person who has just passed the second step. */
export function signedInCookies(visit: Visit, signedIn: SignedIn, method: Offer | null): readonly OwnCookie[] {
  const cookies = [setSession(signedIn.cookie), setBrowser(signedIn.browser), CLEAR_PENDING];
  // A recovery code is used when something is lost: not a way to be remembered.
  if (method === null || method === 'recovery' || method === visit.prefs.method) return cookies;
  return [...cookies, setPrefs(writePrefs({ ...visit.prefs, method }))];
}

/** The first page again, with what was wrong. */
export function startAgain(deed: Deed, error: SallyportError): Answer {
  const view = { next: postedNext(deed), source: deed.context.app.realm.source, error };
  const page = signInPage(deed.frame, { ...view, account: deed.form.get('account') });
  return showPage(error.status, page, retryHeader(error));
}

/** The sign-in is over: the person begins anew. */
export function expired(deed: Deed, error: SallyportError): Answer {
  return withCookies(startAgain(deed, error), CLEAR_PENDING);
}

async function begin(login: Login, deed: Deed): Promise<Answer> {
  const { form, caller } = deed;
  const next = postedNext(deed);
  const account = need(form, 'account');
  const { cookie, offer: offers } = await login.begin(caller, { account, password: form.get('password'), next });
  const offer = hereOf(deed, offers);
  const answer = done(form.kind, withNext(secondStepFor(deed, offer), next), { offer });
  return withCookies(answer, setPending(cookie));
}

/** Where a code leads: after a recovery code by way of a page that says how many are left. Programs are told the number. */
async function passed(enrol: Enrol, deed: Deed, signedIn: SignedIn, step: SecondStep, goal: string): Promise<Answer> {
  const { kind } = deed.form;
  if (step !== 'recovery') return done(kind, goal);
  if (kind === 'json') return done(kind, goal, { recovery_left: await enrol.recoveryLeft(signedIn.session) });
  return see(withNext(RECOVERED, goal));
}

/**
 * A code ends the sign-in that waits for one; where none waits, a signed-in person steps up. A session that was open
 * before in this browser ends, since its cookie is replaced.
 */
async function second({ login, enrol }: SignInParts, deed: Deed, step: SecondStep): Promise<Answer> {
  const { form, caller, context } = deed;
  const code = need(form, 'code');
  const waiting = await login.waiting(caller, context.cookies.pending);
  if (waiting === null && context.session !== null) {
    // Another tab was quicker: who is signed in needs no code to go where this one was to lead.
    if (form.get('purpose') === SIGNING_IN) return done(form.kind, postedNext(deed));
    const signedIn = await login.stepUp(caller, context.session, step, code);
    const on = await passed(enrol, deed, signedIn, step, postedNext(deed));
    return withCookies(on, ...signedInCookies(deed, signedIn, step));
  }
  const signedIn = await login.second(caller, context.cookies.pending, step, code);
  if (context.session !== null) await login.signOut(caller, context.session);
  const on = await passed(enrol, deed, signedIn, step, goalOf(deed, signedIn));
  return withCookies(on, ...signedInCookies(deed, signedIn, step));
}

interface SignInParts {
  readonly login: Login;
  readonly enrol: Enrol;
}

const RENDER = { totp: codePage, recovery: recoveryPage } as const;

async function secondAgain(
  login: Login,
  deed: Deed,
  step: SecondStep,
  error: SallyportError,
): Promise<Answer | undefined> {
  if (error.code === 'pending-expired') return expired(deed, error);
  if (!['wrong-credentials', 'code-used', 'too-many-attempts', 'busy', 'bad-body'].includes(error.code))
    return undefined;
  const waiting = await login.waiting(deed.caller, deed.context.cookies.pending);
  const stepUp = waiting === null && deed.context.session !== null;
  const next = postedNext(deed);
  const page = RENDER[step](deed.frame, { next, stepUp, ...(await waysOf(login, deed, next)), error });
  return codePageAnswer(error.status, page, retryHeader(error));
}

function stepRoute(parts: SignInParts, step: SecondStep): Route {
  const { login } = parts;
  return {
    path: STEPS[step],
    get: async (visit) => {
      const waiting = await login.waiting(visit.caller, visit.context.cookies.pending);
      const next = nextOfStep(visit, waiting);
      if (waiting === null && visit.context.session === null) return see(withNext(START, next));
      const ways = await waysOf(login, visit, next);
      if (!ways.offers.includes(step)) return see(withNext(secondStepFor(visit, ways.offers), next));
      return codePageAnswer(200, RENDER[step](visit.frame, { next, stepUp: waiting === null, ...ways }));
    },
    post: {
      fields: ['code', 'next', 'purpose'],
      run: (deed) => second(parts, deed, step),
      again: (deed, error) => secondAgain(login, deed, step, error),
    },
  };
}

/** Signing in and stepping up. */
export function signInRoutes(login: Login, enrol: Enrol): readonly Route[] {
  return [
    {
      path: START,
      get: async (visit) => {
        const next = askedNext(visit);
        if (visit.context.session !== null) return see(next);
        const page = signInPage(visit.frame, {
          next,
          source: visit.context.app.realm.source,
          ended: visit.context.ended,
        });
        return showPage(200, page);
      },
      post: {
        fields: ['account', 'password', 'next'],
        run: (deed) => begin(login, deed),
        again: async (deed, error) => startAgain(deed, error),
      },
    },
    stepRoute({ login, enrol }, 'totp'),
    stepRoute({ login, enrol }, 'recovery'),
  ];
}
