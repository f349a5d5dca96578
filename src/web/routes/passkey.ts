import type { SallyportError } from '../../errors.ts';
import type { Login } from '../../login/types.ts';
import { CEREMONY_BYTES, need } from '../body.ts';
import { passkeyPage } from '../pages/sign-in.ts';
import { signedInPage } from '../pages/signed-in.ts';
import {
  type Answer,
  codePageAnswer,
  done,
  json,
  retryHeader,
  see,
  setCeremony,
  showPage,
  withCookies,
} from '../reply.ts';
import { ceremonyOf, isKnown } from './ceremony.ts';
import { withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';
import {
  expired,
  goalOf,
  nextOfStep,
  postedNext,
  START,
  secondStepFor,
  signedInCookies,
  startAgain,
} from './sign-in.ts';
import { type Ways, waysOf } from './ways.ts';

const PASSKEY = '/.sallyport/sign-in/passkey';

async function options(login: Login, deed: Deed): Promise<Answer> {
  const ceremony = await ceremonyOf(login, deed);
  if (ceremony === 'overtaken') return done('json', postedNext(deed));
  const started = await login.passkeyOptions(deed.caller, ceremony);
  const answer = json(started.options);
  return started.cookie === null ? answer : withCookies(answer, setCeremony(started.cookie));
}

/**
 * From the page that asks for a password too, whose `form-action` is our own origin alone: a redirect to an app that
 * sends people on to another host would end there. A page of ours in between ends the form.
 */
function goOn(deed: Deed, goal: string): Answer {
  if (deed.form.kind === 'json') return done('json', goal);
  return showPage(200, signedInPage(deed.frame, { next: goal }), { Refresh: `0; url=${goal}` });
}

async function answered(login: Login, deed: Deed): Promise<Answer> {
  const { form, caller, context } = deed;
  const ceremony = await ceremonyOf(login, deed);
  // Who is signed in needs no passkey to go where this tab was to lead.
  if (ceremony === 'overtaken') return done(form.kind, postedNext(deed));
  const signedIn = await login.passkey(caller, ceremony, need(form, 'response'), postedNext(deed));
  const cookies = signedInCookies(deed, signedIn, 'passkey');
  if (ceremony.purpose === 'step-up') return withCookies(done(form.kind, postedNext(deed)), ...cookies);
  // The cookie of a session that was open before in this browser is replaced: nobody could end it any more.
  if (context.session !== null) await login.signOut(caller, context.session);
  const goal = goalOf(deed, signedIn);
  return withCookies(ceremony.purpose === 'start' ? goOn(deed, goal) : done(form.kind, goal), ...cookies);
}

interface Shown extends Ways {
  readonly next: string;
  readonly stepUp: boolean;
  readonly only: boolean;
  readonly error?: SallyportError;
}

/** The page that the person wants is open to passkeys alone. */
function onlyPasskeys(visit: Visit): boolean {
  return visit.context.query.split('&').includes('only=yes');
}

function show(visit: Visit, { error, ...view }: Shown): Answer {
  const page = passkeyPage(visit.frame, { ...view, error });
  return codePageAnswer(error?.status ?? 200, page, error === undefined ? {} : retryHeader(error));
}

async function again(login: Login, deed: Deed, error: SallyportError): Promise<Answer | undefined> {
  if (error.code === 'pending-expired') return expired(deed, error);
  if (error.code === 'sign-in-required') return startAgain(deed, error);
  if (!['passkey-refused', 'too-many-attempts', 'busy', 'bad-body'].includes(error.code)) return undefined;
  if (!isKnown(deed.form)) return undefined;
  const ceremony = await ceremonyOf(login, deed);
  if (ceremony === 'overtaken') return done(deed.form.kind, postedNext(deed));
  if (ceremony.purpose === 'start') return startAgain(deed, error);
  const next = postedNext(deed);
  const only = deed.form.get('only') === 'yes';
  const ways = await waysOf(login, deed, next, only);
  return show(deed, { next, stepUp: ceremony.purpose === 'step-up', ...ways, only, error });
}

/** Passkey ceremonies: without a name, as the second step, and to confirm. */
export function passkeyRoutes(login: Login): readonly Route[] {
  return [
    {
      path: PASSKEY,
      get: async (visit) => {
        const { session, cookies } = visit.context;
        const waiting = await login.waiting(visit.caller, cookies.pending);
        const next = nextOfStep(visit, waiting);
        if (waiting === null && session === null) return see(withNext(START, next));
        const only = onlyPasskeys(visit);
        const ways = await waysOf(login, visit, next, only);
        if (!ways.offers.includes('passkey') && !only) return see(withNext(secondStepFor(visit, ways.offers), next));
        return show(visit, { next, stepUp: waiting === null, ...ways, only });
      },
      post: {
        fields: ['response', 'next', 'purpose', 'start', 'only'],
        objects: ['response'],
        limit: CEREMONY_BYTES,
        run: (deed) => answered(login, deed),
        again: (deed, error) => again(login, deed, error),
      },
    },
    { path: `${PASSKEY}/options`, post: { fields: ['purpose', 'next', 'start'], run: (deed) => options(login, deed) } },
  ];
}
