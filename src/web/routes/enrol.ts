import type { Enrol, EnrolState } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Html } from '../../lib/html.ts';
import type { AdoptingLogin } from '../adopt.ts';
import { CEREMONY_BYTES, type Form, need } from '../body.ts';
import type { OrganisationLooks } from '../looks.ts';
import { closedPage, codesPage, type EnrolPage, enrolPage, invitationPage } from '../pages/enrol.ts';
import type { Frame } from '../pages/frame.ts';
import {
  type Answer,
  CLEAR_PENDING,
  done,
  json,
  type OwnCookie,
  retryHeader,
  see,
  setPending,
  showPage,
  withCookies,
} from '../reply.ts';
import { isWeak, newPassword, wantsAdvice } from './new-password.ts';
import { ACCOUNT, accountAfter, safeNext, withNext } from './next.ts';
import { type FormPost, type PageRequest, type Route, sessionOf } from './route.ts';
import { postedNext, secondStepFor, signedInCookies } from './sign-in.ts';

export interface EnrolParts {
  readonly enrol: Enrol;
  readonly login: AdoptingLogin;
  readonly clock: Clock;
  readonly looks: OrganisationLooks;
}

type Shows = Pick<EnrolParts, 'enrol' | 'looks'>;

/** The frame of a page about one account: of its organisation, whatever host it is shown at. */
async function framed(
  { looks }: Shows,
  { frame }: PageRequest,
  { organisationId }: Pick<EnrolState, 'organisationId'>,
): Promise<Frame> {
  return { ...frame, organisation: await looks.of(organisationId) };
}

/** A code opens nothing of the app: every rule of it asks for a passkey. */
function passkeysAlone({ rules }: PageRequest['caller']['app']): boolean {
  return rules.length > 0 && rules.every(({ require }) => require === 'passkey');
}

async function pageOf(parts: Shows, request: PageRequest, view: Omit<EnrolPage, 'only'>): Promise<Html> {
  return enrolPage(await framed(parts, request, view.state), { ...view, only: passkeysAlone(request.caller.app) });
}

const ENROL = '/.sallyport/enrol';
const TICKET = /^[A-Za-z0-9_-]{16,256}$/;

async function ticketPage(parts: Shows, request: PageRequest): Promise<Answer> {
  const ticket = request.parameter;
  const invitation = TICKET.test(ticket) ? await parts.enrol.peek(request.caller, ticket) : undefined;
  if (invitation === undefined) return closed(request, new SallyportError('ticket-invalid'));
  const frame = await framed(parts, request, invitation);
  return showPage(200, invitationPage(frame, { accountName: invitation.accountName, ticket }));
}

function closed(request: PageRequest, error: SallyportError): Answer {
  return showPage(error.status, closedPage(request.frame, { error }));
}

async function guided(parts: Shows, request: PageRequest): Promise<Answer> {
  const state = await parts.enrol.state(request.caller, request.context.cookies.pending);
  const choose = request.context.query.split('&').includes('add');
  if (state !== undefined) return showPage(200, await pageOf(parts, request, { state, choose }));
  return request.context.session === null ? closed(request, new SallyportError('pending-expired')) : see(ACCOUNT);
}

function readyForTotp(state: EnrolState | undefined): boolean {
  if (state === undefined || state.totp !== null || state.confirmed) return false;
  return state.password === 'none' || state.password === 'done';
}

/** Where there is nothing to choose, a person is shown the QR code without being asked to press a button for it. */
async function goOn(enrol: Enrol, post: FormPost, cookie: string): Promise<Answer> {
  const chosen = post.form.kind === 'form' && !post.frame.passkeys;
  if (chosen && readyForTotp(await enrol.state(post.caller, cookie))) await enrol.totp(post.caller, cookie);
  return withCookies(done(post.form.kind, ENROL), setPending(cookie));
}

async function open(enrol: Enrol, post: FormPost): Promise<Answer> {
  const ticket = need(post.form, 'ticket');
  if (!TICKET.test(ticket)) throw new SallyportError('ticket-invalid', 'not in the form of a ticket');
  const { cookie } = await enrol.open(post.caller, ticket);
  return goOn(enrol, post, cookie);
}

/** Opens an enrolment of a signed-in person, who has used a factor within the last minutes. */
export async function addAnother(enrol: Enrol, post: FormPost): Promise<Answer> {
  const { cookie } = await enrol.add(post.caller, sessionOf(post), postedNext(post));
  return goOn(enrol, post, cookie);
}

/** The page once more, when a person is about to set a password that is easily guessed; pressing again sets it. */
async function advised({ enrol, looks }: Shows, post: FormPost, password: string): Promise<Answer | undefined> {
  if (!(await wantsAdvice(post.form, password))) return undefined;
  const state = await enrol.state(post.caller, pendingOf(post));
  if (state?.password !== 'set') return undefined;
  const advice = await enrol.advise(post.caller, pendingOf(post), password);
  return isWeak(advice)
    ? showPage(200, await pageOf({ enrol, looks }, post, { state, choose: false, advice }))
    : undefined;
}

async function password(parts: Shows, post: FormPost): Promise<Answer> {
  const { enrol } = parts;
  const typed = newPassword(post.form);
  const advice = await advised(parts, post, typed);
  if (advice !== undefined) return advice;
  const { cookie } = await enrol.password(post.caller, post.context.cookies.pending, typed);
  return goOn(enrol, post, cookie);
}

/** The enrolment that is open, or one that a signed-in person opens by asking for the first step. */
async function opened(
  enrol: Enrol,
  post: FormPost,
): Promise<{ pending: string | null; cookies: readonly OwnCookie[] }> {
  const { pending } = post.context.cookies;
  const { session } = post.context;
  if (session === null || (await enrol.state(post.caller, pending)) !== undefined) return { pending, cookies: [] };
  const { cookie } = await enrol.add(post.caller, session);
  return { pending: cookie, cookies: [setPending(cookie)] };
}

async function totp(enrol: Enrol, post: FormPost): Promise<Answer> {
  const { pending, cookies } = await opened(enrol, post);
  const made = await enrol.totp(post.caller, pending);
  return withCookies(post.form.kind === 'json' ? json(made) : see(ENROL), ...cookies);
}

async function passkeyOptions(enrol: Enrol, post: FormPost): Promise<Answer> {
  const { pending, cookies } = await opened(enrol, post);
  return withCookies(json(await enrol.passkeyOptions(post.caller, pending)), ...cookies);
}

function labelOf(form: Form): string | undefined {
  const label = form.get('label');
  return label === undefined || label === '' ? undefined : [...label].slice(0, 60).join('');
}

async function passkey(enrol: Enrol, post: FormPost): Promise<Answer> {
  const { caller, context, form } = post;
  const response = need(form, 'response');
  const { cookie } = await enrol.passkey(caller, context.cookies.pending, response, labelOf(form));
  return withCookies(done(form.kind, ENROL), setPending(cookie));
}

async function confirm(enrol: Enrol, post: FormPost): Promise<Answer> {
  const { caller, context, form } = post;
  const { cookie } = await enrol.confirm(caller, context.cookies.pending, need(form, 'code'), labelOf(form));
  return withCookies(done(form.kind, ENROL), setPending(cookie));
}

const GOALS = { account: ACCOUNT, 'sign-in': '/.sallyport/sign-in' } as const;

async function finish({ enrol, login, clock }: EnrolParts, post: FormPost): Promise<Answer> {
  const { caller, context, form } = post;
  const ended = await login.adopting(() =>
    enrol.finish(caller, context.cookies.pending, (tx, account, proofs) =>
      login.afterEnrolment(caller, tx, account, proofs),
    ),
  );
  const { signedIn } = ended;
  const last = ended.proofs.findLast(({ kind }) => kind === 'totp' || kind === 'passkey');
  const method = last?.kind === 'passkey' || last?.kind === 'totp' ? last.kind : null;
  const cookies = signedIn === undefined ? [CLEAR_PENDING] : signedInCookies(post, signedIn, method);
  if (signedIn !== undefined && context.session !== null) await login.signOut(caller, context.session);
  // Whoever added one for a page that wanted it goes on there.
  const next = safeNext(ended.next, context.app.target);
  const go = ended.adding && next === '/' ? 'account' : ended.adding || signedIn !== undefined ? 'app' : 'sign-in';
  const href = go === 'app' ? next : GOALS[go];
  if (form.kind === 'json') {
    return withCookies(json({ ok: true, next: href, recovery_codes: ended.recoveryCodes }), ...cookies);
  }
  if (ended.recoveryCodes.length === 0)
    return withCookies(see(go === 'account' ? accountAfter('added') : href), ...cookies);
  // Shown once: without the language switch, which would lead to another page.
  const about = { account: ended.accountName, origin: context.origin, madeAt: clock.now() };
  const view = { codes: ended.recoveryCodes, go, href, ...about } as const;
  const page = codesPage({ ...post.frame, here: null }, view);
  return withCookies(showPage(200, page), ...cookies);
}

/** The step again with what was wrong; or that the enrolment is over. */
function again(parts: Shows) {
  const { enrol } = parts;
  return async (post: FormPost, error: SallyportError): Promise<Answer | undefined> => {
    if (error.code === 'pending-expired' || error.code === 'ticket-invalid') return closed(post, error);
    if (error.status >= 500 || error.status === 415) return undefined;
    const state = await enrol.state(post.caller, post.context.cookies.pending);
    if (state === undefined) return undefined;
    return showPage(error.status, await pageOf(parts, post, { state, choose: false, error }), retryHeader(error));
  };
}

/** Where a signed-in person is sent to use a factor again; the page that was wanted, if any, is not lost by it. */
export async function toStepUp(post: FormPost, error: SallyportError): Promise<Answer | undefined> {
  if (error.code !== 'step-up-required') return undefined;
  const next = postedNext(post);
  return see(withNext(secondStepFor(post), next === '/' ? ACCOUNT : next));
}

type Again = ReturnType<typeof again>;

const pendingOf = (post: FormPost) => post.context.cookies.pending;

/** The first step, where the realm's passwords are ours. */
function passwordRoutes(parts: Shows, step: Again): readonly Route[] {
  return [
    {
      path: `${ENROL}/password`,
      from: 'anywhere',
      post: { fields: ['password', 'again', 'anyway'], run: (post) => password(parts, post), again: step },
    },
    {
      path: `${ENROL}/password/advice`,
      from: 'anywhere',
      post: {
        fields: ['password'],
        run: async (post) => json(await parts.enrol.advise(post.caller, pendingOf(post), need(post.form, 'password'))),
      },
    },
  ];
}

/** The second, an authenticator: connected and confirmed. */
function authenticatorRoutes(enrol: Enrol, step: Again): readonly Route[] {
  return [
    {
      path: `${ENROL}/totp`,
      from: 'anywhere',
      post: {
        fields: [],
        run: (post) => totp(enrol, post),
        again: async (post, error) => (await toStepUp(post, error)) ?? (await step(post, error)),
      },
    },
    {
      path: `${ENROL}/totp/confirm`,
      from: 'anywhere',
      post: { fields: ['code', 'label'], run: (post) => confirm(enrol, post), again: step },
    },
    {
      path: `${ENROL}/passkey/options`,
      from: 'anywhere',
      post: { fields: [], run: (post) => passkeyOptions(enrol, post) },
    },
    {
      path: `${ENROL}/passkey`,
      from: 'anywhere',
      post: {
        fields: ['response', 'label'],
        objects: ['response'],
        limit: CEREMONY_BYTES,
        run: (post) => passkey(enrol, post),
        again: step,
      },
    },
  ];
}

/** Another choice of authenticator, and more time for it. */
function stayingRoutes(enrol: Enrol, step: Again): readonly Route[] {
  return [
    {
      path: `${ENROL}/choose`,
      from: 'anywhere',
      post: {
        fields: [],
        run: async (post) => {
          await enrol.chooseAgain(post.caller, pendingOf(post));
          return done(post.form.kind, `${ENROL}?add`);
        },
        again: step,
      },
    },
    {
      path: `${ENROL}/extend`,
      from: 'anywhere',
      post: {
        fields: [],
        run: async (post) => {
          await enrol.extend(post.caller, pendingOf(post));
          return done(post.form.kind, ENROL);
        },
        again: step,
      },
    },
  ];
}

/** Enrolling by ticket, and adding an authenticator when signed in. */
export function enrolRoutes(parts: EnrolParts): readonly Route[] {
  const { enrol } = parts;
  const step = again(parts);
  return [
    {
      path: ENROL,
      from: 'anywhere',
      get: (request) => guided(parts, request),
      post: { fields: ['ticket'], run: (post) => open(enrol, post), again: step },
    },
    ...passwordRoutes(parts, step),
    ...stayingRoutes(enrol, step),
    ...authenticatorRoutes(enrol, step),
    {
      path: `${ENROL}/finish`,
      from: 'anywhere',
      post: { fields: [], run: (post) => finish(parts, post), again: step },
    },
    { path: `${ENROL}/:parameter`, from: 'anywhere', get: (request) => ticketPage(parts, request) },
  ];
}
