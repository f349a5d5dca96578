import type { SallyportError } from '../../errors.ts';
import type { Login } from '../../login/types.ts';
import type { LockDownRow } from '../../store/types.ts';
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
import { choicesFor, type SignInChoices } from './choices.ts';
import { withNext } from './next.ts';
import type { FormPost, PageRequest, Route } from './route.ts';
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

const PASSKEY = '/.sallyport/sign-in/passkey';

async function options(login: Login, post: FormPost): Promise<Answer> {
  const ceremony = await ceremonyOf(login, post);
  if (ceremony === 'overtaken') return done('json', postedNext(post));
  const started = await login.passkeyOptions(post.caller, ceremony);
  const answer = json(started.options);
  return started.cookie === null ? answer : withCookies(answer, setCeremony(started.cookie));
}

/**
 * From the page that asks for a password too, whose `form-action` is our own origin alone: a redirect to an app that
 * sends people on to another host would end there. A page of ours in between ends the form.
 */
function goOn(post: FormPost, goal: string): Answer {
  if (post.form.kind === 'json') return done('json', goal);
  return showPage(200, signedInPage(post.frame, { next: goal }), { Refresh: `0; url=${goal}` });
}

async function answered(login: Login, post: FormPost): Promise<Answer> {
  const { form, caller, context } = post;
  const ceremony = await ceremonyOf(login, post);
  // Who is signed in needs no passkey to go where this tab was to lead.
  if (ceremony === 'overtaken') return done(form.kind, postedNext(post));
  const signedIn = await login.passkey(caller, ceremony, need(form, 'response'), postedNext(post));
  const cookies = signedInCookies(post, signedIn, 'passkey');
  if (ceremony.purpose === 'step-up') return withCookies(done(form.kind, postedNext(post)), ...cookies);
  // The cookie of a session that was open before in this browser is replaced: nobody could end it any more.
  if (context.session !== null) await login.signOut(caller, context.session);
  const goal = goalOf(post, signedIn);
  return withCookies(ceremony.purpose === 'start' ? goOn(post, goal) : done(form.kind, goal), ...cookies);
}

interface Shown extends SignInChoices {
  readonly lockDown: LockDownRow | null;
  readonly next: string;
  readonly stepUp: boolean;
  readonly only: boolean;
  readonly error?: SallyportError;
}

/** The page that the person wants is open to passkeys alone. */
function onlyPasskeys(request: PageRequest): boolean {
  return request.context.query.split('&').includes('only=yes');
}

function show(request: PageRequest, { error, ...view }: Shown): Answer {
  const page = passkeyPage(request.frame, { ...view, error });
  return codePageAnswer(error?.status ?? 200, page, error === undefined ? {} : retryHeader(error));
}

async function again(login: Login, post: FormPost, error: SallyportError): Promise<Answer | undefined> {
  if (error.code === 'pending-expired') return expired(login, post, error);
  if (error.code === 'sign-in-required') return startAgain(login, post, error);
  if (!['passkey-refused', 'too-many-attempts', 'busy', 'bad-body', 'locked-down'].includes(error.code))
    return undefined;
  if (!isKnown(post.form)) return undefined;
  const ceremony = await ceremonyOf(login, post);
  if (ceremony === 'overtaken') return done(post.form.kind, postedNext(post));
  if (ceremony.purpose === 'start') return startAgain(login, post, error);
  const next = postedNext(post);
  const only = post.form.get('only') === 'yes';
  const choices = await choicesFor(login, post, next, only);
  return show(post, {
    next,
    stepUp: ceremony.purpose === 'step-up',
    lockDown: login.closed(),
    ...choices,
    only,
    error,
  });
}

/** Passkey ceremonies: without a name, as the second step, and to confirm. */
export function passkeyRoutes(login: Login): readonly Route[] {
  return [
    {
      path: PASSKEY,
      from: 'anywhere',
      get: async (request) => {
        const { session, cookies } = request.context;
        const waiting = await login.waiting(request.caller, cookies.pending);
        const next = nextOfStep(request, waiting);
        if (waiting === null && session === null) return see(withNext(START, next));
        const only = onlyPasskeys(request);
        const choices = await choicesFor(login, request, next, only);
        if (!choices.offers.includes('passkey') && !only)
          return see(withNext(secondStepFor(request, choices.offers), next));
        return show(request, { next, stepUp: waiting === null, lockDown: login.closed(), ...choices, only });
      },
      post: {
        fields: ['response', 'next', 'purpose', 'start', 'only'],
        objects: ['response'],
        limit: CEREMONY_BYTES,
        run: (post) => answered(login, post),
        again: (post, error) => again(login, post, error),
      },
    },
    {
      path: `${PASSKEY}/options`,
      from: 'anywhere',
      post: { fields: ['purpose', 'next', 'start'], run: (post) => options(login, post) },
    },
  ];
}
