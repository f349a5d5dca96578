import type { SallyportError } from '../../errors.ts';
import type { Login, SecondStep, SignedIn } from '../../login/types.ts';
import { need } from '../body.ts';
import { CODE_PAGE_HEADERS } from '../headers.ts';
import { messageOf } from '../pages/error.ts';
import { codePage, recoveryPage, type SignInPage, signInPage } from '../pages/sign-in.ts';
import {
  type Answer,
  CLEAR_PENDING,
  done,
  retryHeader,
  see,
  setBrowser,
  setPending,
  setSession,
  showPage,
  withCookies,
} from '../reply.ts';
import { nextOf, safeNext, withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';

const START = '/.sallyport/sign-in';
const STEPS = { totp: '/.sallyport/sign-in/totp', recovery: '/.sallyport/sign-in/recovery' } as const;
const WRONG_CODE: Readonly<Record<SecondStep, string>> = {
  totp: 'That code did not match. Enter the newest code that the app shows, and check that your phone sets its time automatically.',
  recovery: 'That code did not match. Check it letter by letter, or use another one from your list.',
};

function askedNext(visit: Visit): string {
  return safeNext(nextOf(visit.context.query), visit.context.app.target);
}

function postedNext(deed: Deed): string {
  return safeNext(deed.form.get('next'), deed.context.app.target);
}

function first(visit: Visit, next: string, more: Pick<SignInPage, 'message' | 'account'> = {}) {
  const { app, help } = visit.context;
  return signInPage({ site: visit.site, help, next, source: app.realm.source, ...more });
}

function secondPage(visit: Visit, step: SecondStep, next: string, stepUp: boolean, message?: string) {
  const links = {
    totp: withNext(STEPS.totp, next),
    recovery: withNext(STEPS.recovery, next),
    restart: withNext(START, next),
  };
  const render = step === 'totp' ? codePage : recoveryPage;
  return render({ site: visit.site, help: visit.context.help, next, stepUp, links, message });
}

/** Cookies of a person who has just passed the second step. */
export function signedInCookies(signedIn: SignedIn): readonly string[] {
  return [setSession(signedIn.cookie), setBrowser(signedIn.browser), CLEAR_PENDING];
}

async function begin(login: Login, deed: Deed): Promise<Answer> {
  const { form, caller } = deed;
  const next = postedNext(deed);
  const account = need(form, 'account');
  const { cookie, offer } = await login.begin(caller, { account, password: form.get('password'), next });
  const answer = done(form.kind, withNext(STEPS.totp, next), { offer });
  return withCookies(answer, setPending(cookie));
}

/**
 * A code ends the sign-in that waits for one; where none waits, a signed-in person steps up. A session that was open
 * before in this browser ends, since its cookie is replaced.
 */
async function second(login: Login, deed: Deed, step: SecondStep): Promise<Answer> {
  const { form, caller, context } = deed;
  const code = need(form, 'code');
  const waiting = await login.waiting(caller, context.cookies.pending);
  if (!waiting && context.session !== null) {
    const signedIn = await login.stepUp(caller, context.session, step, code);
    return withCookies(done(form.kind, postedNext(deed)), ...signedInCookies(signedIn));
  }
  const signedIn = await login.second(caller, context.cookies.pending, step, code);
  if (context.session !== null) await login.signOut(caller, context.session);
  return withCookies(done(form.kind, safeNext(signedIn.next, context.app.target)), ...signedInCookies(signedIn));
}

async function beginAgain(deed: Deed, error: SallyportError): Promise<Answer> {
  const message = error.code === 'bad-body' ? 'Please fill in every field.' : messageOf(error);
  const account = deed.form.get('account');
  return showPage(error.status, first(deed, postedNext(deed), { message, account }), retryHeader(error));
}

async function secondAgain(
  login: Login,
  deed: Deed,
  step: SecondStep,
  error: SallyportError,
): Promise<Answer | undefined> {
  const next = postedNext(deed);
  const { cookies, session } = deed.context;
  if (error.code === 'pending-expired') {
    return withCookies(showPage(error.status, first(deed, next, { message: messageOf(error) })), CLEAR_PENDING);
  }
  if (!['wrong-credentials', 'code-used', 'too-many-attempts', 'bad-body'].includes(error.code)) return undefined;
  const waiting = await login.waiting(deed.caller, cookies.pending);
  const wrong = error.code === 'wrong-credentials' || error.code === 'bad-body';
  const message = wrong ? WRONG_CODE[step] : messageOf(error);
  const headers = { ...CODE_PAGE_HEADERS, ...retryHeader(error) };
  return showPage(error.status, secondPage(deed, step, next, !waiting && session !== null, message), headers);
}

function stepRoute(login: Login, step: SecondStep): Route {
  return {
    path: STEPS[step],
    get: async (visit) => {
      const next = askedNext(visit);
      const waiting = await login.waiting(visit.caller, visit.context.cookies.pending);
      if (!waiting && visit.context.session === null) return see(withNext(START, next));
      return showPage(200, secondPage(visit, step, next, !waiting), CODE_PAGE_HEADERS);
    },
    post: {
      fields: ['code', 'next'],
      run: (deed) => second(login, deed, step),
      again: (deed, error) => secondAgain(login, deed, step, error),
    },
  };
}

/** Signing in and stepping up. */
export function signInRoutes(login: Login): readonly Route[] {
  return [
    {
      path: START,
      get: async (visit) => {
        const next = askedNext(visit);
        return visit.context.session === null ? showPage(200, first(visit, next)) : see(next);
      },
      post: { fields: ['account', 'password', 'next'], run: (deed) => begin(login, deed), again: beginAgain },
    },
    stepRoute(login, 'totp'),
    stepRoute(login, 'recovery'),
  ];
}
