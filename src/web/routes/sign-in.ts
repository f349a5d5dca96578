import type { Enrol } from '../../enrol/types.ts';
import type { SallyportError } from '../../errors.ts';
import type { Login, Offer, SecondStep, SignedIn, Waiting } from '../../login/types.ts';
import { type Form, need } from '../body.ts';
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
import { ALL, choicesFor, hereOf } from './choices.ts';
import { nextOf, safeNext, withNext } from './next.ts';
import type { FormPost, PageRequest, Route } from './route.ts';

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
export function secondStepFor(request: PageRequest, offers: readonly Offer[] = ALL): string {
  const last: Offer = request.frame.passkeys && request.prefs.method === 'passkey' ? 'passkey' : 'totp';
  const way = ([last, 'totp', ...offers] as const).find((each) => offers.includes(each));
  return STEPS[way ?? 'totp'];
}

export function askedNext(request: PageRequest): string {
  return safeNext(nextOf(request.context.query), request.context.app.target);
}

export function postedNext(post: FormPost): string {
  return safeNext(post.form.get('next'), post.context.app.target);
}

/** Where a page of a second step leads: as its address says, else as the first step did. */
export function nextOfStep(request: PageRequest, waiting: Waiting | null): string {
  const { query, app } = request.context;
  return safeNext(nextOf(query) ?? waiting?.next, app.target);
}

/**
 * Where a sign-in ends. Two tabs share the cookie of the one that waits, so its own goal is that of the tab that began
 * last: what this tab's form carries comes first.
 */
export function goalOf(post: FormPost, signedIn: SignedIn): string {
  // What the app answered to the password is given out at the login step's own address alone.
  if (signedIn.held === true) return signedIn.next;
  return safeNext(post.form.get('next') ?? signedIn.next, post.context.app.target);
}

/** Cookies of a person who has just passed the second step. */
export function signedInCookies(request: PageRequest, signedIn: SignedIn, method: Offer | null): readonly OwnCookie[] {
  const cookies = [setSession(signedIn.cookie), setBrowser(signedIn.browser), CLEAR_PENDING];
  // A recovery code is used when something is lost: not a way to be remembered.
  if (method === null || method === 'recovery' || method === request.prefs.method) return cookies;
  return [...cookies, setPrefs(writePrefs({ ...request.prefs, method }))];
}

/** The first page again, with what was wrong. */
export function startAgain(login: Login, post: FormPost, error: SallyportError): Answer {
  const view = { next: postedNext(post), source: post.context.app.realm.source, lockDown: login.closed(), error };
  const page = signInPage(post.frame, { ...view, account: post.form.get('account') });
  return showPage(error.status, page, retryHeader(error));
}

/** The sign-in is over: the person begins anew. */
export function expired(login: Login, post: FormPost, error: SallyportError): Answer {
  return withCookies(startAgain(login, post, error), CLEAR_PENDING);
}

async function begin(login: Login, post: FormPost): Promise<Answer> {
  const { form, caller } = post;
  const next = postedNext(post);
  const account = need(form, 'account');
  const { cookie, offer: offers } = await login.begin(caller, { account, password: form.get('password'), next });
  const offer = hereOf(post, offers);
  const answer = done(form.kind, withNext(secondStepFor(post, offer), next), { offer });
  return withCookies(answer, setPending(cookie));
}

/** After a recovery code the way leads by a page that says how many are left. Programs are told the number. */
async function recovered(enrol: Enrol, { session }: SignedIn, { kind }: Form, goal: string): Promise<Answer> {
  if (kind === 'json') return done(kind, goal, { recovery_left: await enrol.recoveryLeft(session) });
  return see(withNext(RECOVERED, goal));
}

/**
 * A code ends the sign-in that waits for one; where none waits, a signed-in person steps up. A session that was open
 * before in this browser ends, since its cookie is replaced.
 */
async function second({ login, enrol }: SignInParts, post: FormPost, step: SecondStep): Promise<Answer> {
  const { form, caller, context } = post;
  const code = need(form, 'code');
  const passed = async (signedIn: SignedIn, goal: string): Promise<Answer> => {
    const on = step === 'recovery' ? await recovered(enrol, signedIn, form, goal) : done(form.kind, goal);
    return withCookies(on, ...signedInCookies(post, signedIn, step));
  };
  const waiting = await login.waiting(caller, context.cookies.pending);
  if (waiting === null && context.session !== null) {
    // Another tab was quicker: who is signed in needs no code to go where this one was to lead.
    if (form.get('purpose') === SIGNING_IN) return done(form.kind, postedNext(post));
    const signedIn = await login.stepUp(caller, context.session, step, code);
    return passed(signedIn, postedNext(post));
  }
  const signedIn = await login.second(caller, context.cookies.pending, step, code);
  if (context.session !== null) await login.signOut(caller, context.session);
  return passed(signedIn, goalOf(post, signedIn));
}

interface SignInParts {
  readonly login: Login;
  readonly enrol: Enrol;
}

const RENDER = { totp: codePage, recovery: recoveryPage } as const;

async function secondAgain(
  login: Login,
  post: FormPost,
  step: SecondStep,
  error: SallyportError,
): Promise<Answer | undefined> {
  if (error.code === 'pending-expired') return expired(login, post, error);
  if (!['wrong-credentials', 'code-used', 'too-many-attempts', 'busy', 'bad-body', 'locked-down'].includes(error.code))
    return undefined;
  const waiting = await login.waiting(post.caller, post.context.cookies.pending);
  const stepUp = waiting === null && post.context.session !== null;
  const next = postedNext(post);
  const lockDown = login.closed();
  const page = RENDER[step](post.frame, { next, stepUp, lockDown, ...(await choicesFor(login, post, next)), error });
  return codePageAnswer(error.status, page, retryHeader(error));
}

function stepRoute(parts: SignInParts, step: SecondStep): Route {
  const { login } = parts;
  return {
    path: STEPS[step],
    from: 'anywhere',
    get: async (request) => {
      const waiting = await login.waiting(request.caller, request.context.cookies.pending);
      const next = nextOfStep(request, waiting);
      if (waiting === null && request.context.session === null) return see(withNext(START, next));
      const choices = await choicesFor(login, request, next);
      if (!choices.offers.includes(step)) return see(withNext(secondStepFor(request, choices.offers), next));
      return codePageAnswer(
        200,
        RENDER[step](request.frame, { next, stepUp: waiting === null, lockDown: login.closed(), ...choices }),
      );
    },
    post: {
      fields: ['code', 'next', 'purpose'],
      run: (post) => second(parts, post, step),
      again: (post, error) => secondAgain(login, post, step, error),
    },
  };
}

/** Signing in and stepping up. */
export function signInRoutes(login: Login, enrol: Enrol): readonly Route[] {
  return [
    {
      path: START,
      from: 'anywhere',
      get: async (request) => {
        const next = askedNext(request);
        if (request.context.session !== null) return see(next);
        const page = signInPage(request.frame, {
          next,
          source: request.context.app.realm.source,
          ended: request.context.ended,
          lockDown: login.closed(),
        });
        return showPage(200, page);
      },
      post: {
        fields: ['account', 'password', 'next'],
        run: (post) => begin(login, post),
        again: async (post, error) => startAgain(login, post, error),
      },
    },
    stepRoute({ login, enrol }, 'totp'),
    stepRoute({ login, enrol }, 'recovery'),
  ];
}
