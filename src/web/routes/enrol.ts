import { passwordFault } from '../../accounts/password.ts';
import type { Enrol, EnrolState } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { AdoptingLogin } from '../adopt.ts';
import { CEREMONY_BYTES, type Form, need } from '../body.ts';
import { closedPage, codesPage, enrolPage, invitationPage } from '../pages/enrol.ts';
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
import { ACCOUNT, accountAfter, withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';
import { secondStepFor, signedInCookies } from './sign-in.ts';

export interface EnrolParts {
  readonly enrol: Enrol;
  readonly login: AdoptingLogin;
  readonly clock: Clock;
}

const ENROL = '/.sallyport/enrol';
const TICKET = /^[A-Za-z0-9_-]{16,256}$/;
/** Guessed within some thousand tries, or some hundred million: people are told before such a password is set. */
const WEAK = 1;

async function ticketPage(enrol: Enrol, visit: Visit): Promise<Answer> {
  const ticket = visit.parameter;
  const invitation = TICKET.test(ticket) ? await enrol.peek(visit.caller, ticket) : undefined;
  if (invitation === undefined) return closed(visit, new SallyportError('ticket-invalid'));
  return showPage(200, invitationPage(visit.frame, { accountName: invitation.accountName, ticket }));
}

function closed(visit: Visit, error: SallyportError): Answer {
  return showPage(error.status, closedPage(visit.frame, { error }));
}

async function guided(enrol: Enrol, visit: Visit): Promise<Answer> {
  const state = await enrol.state(visit.caller, visit.context.cookies.pending);
  const choose = visit.context.query.split('&').includes('add');
  if (state !== undefined) return showPage(200, enrolPage(visit.frame, { state, choose }));
  return visit.context.session === null ? closed(visit, new SallyportError('pending-expired')) : see(ACCOUNT);
}

function readyForTotp(state: EnrolState | undefined): boolean {
  if (state === undefined || state.totp !== null || state.confirmed) return false;
  return state.password === 'none' || state.password === 'done';
}

/** Where there is nothing to choose, a person is shown the QR code without being asked to press a button for it. */
async function goOn(enrol: Enrol, deed: Deed, cookie: string): Promise<Answer> {
  const chosen = deed.form.kind === 'form' && !deed.frame.passkeys;
  if (chosen && readyForTotp(await enrol.state(deed.caller, cookie))) await enrol.totp(deed.caller, cookie);
  return withCookies(done(deed.form.kind, ENROL), setPending(cookie));
}

async function open(enrol: Enrol, deed: Deed): Promise<Answer> {
  const ticket = need(deed.form, 'ticket');
  if (!TICKET.test(ticket)) throw new SallyportError('ticket-invalid', 'not in the form of a ticket');
  const { cookie } = await enrol.open(deed.caller, ticket);
  return goOn(enrol, deed, cookie);
}

/** Opens an enrolment of a signed-in person, who has used a factor within the last minutes. */
export async function addAnother(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { session } = deed.context;
  if (session === null) throw new SallyportError('sign-in-required');
  const { cookie } = await enrol.add(deed.caller, session);
  return goOn(enrol, deed, cookie);
}

/** The form asks twice, JSON once. */
function newPassword(form: Form): string {
  const password = need(form, 'password');
  const again = form.get('again');
  if (again !== undefined && again !== password) throw new SallyportError('bad-body', 'the two passwords differ');
  return password;
}

/** The page once more, when a person is about to set a password that is easily guessed; pressing again sets it. */
async function advised(enrol: Enrol, deed: Deed, password: string): Promise<Answer | undefined> {
  const { caller, context, form } = deed;
  if (form.kind === 'json' || form.get('anyway') === 'yes') return undefined;
  // What the rules refuse is refused, not advised on.
  if ((await passwordFault(password, [])) !== undefined) return undefined;
  const state = await enrol.state(caller, context.cookies.pending);
  if (state?.password !== 'set') return undefined;
  const advice = await enrol.advise(caller, context.cookies.pending, password);
  return advice.score > WEAK ? undefined : showPage(200, enrolPage(deed.frame, { state, choose: false, advice }));
}

async function password(enrol: Enrol, deed: Deed): Promise<Answer> {
  const typed = newPassword(deed.form);
  const advice = await advised(enrol, deed, typed);
  if (advice !== undefined) return advice;
  const { cookie } = await enrol.password(deed.caller, deed.context.cookies.pending, typed);
  return goOn(enrol, deed, cookie);
}

/** The enrolment that is open, or one that a signed-in person opens by asking for the first step. */
async function opened(enrol: Enrol, deed: Deed): Promise<{ pending: string | null; cookies: readonly OwnCookie[] }> {
  const { pending } = deed.context.cookies;
  const { session } = deed.context;
  if (session === null || (await enrol.state(deed.caller, pending)) !== undefined) return { pending, cookies: [] };
  const { cookie } = await enrol.add(deed.caller, session);
  return { pending: cookie, cookies: [setPending(cookie)] };
}

async function totp(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { pending, cookies } = await opened(enrol, deed);
  const made = await enrol.totp(deed.caller, pending);
  return withCookies(deed.form.kind === 'json' ? json(made) : see(ENROL), ...cookies);
}

async function passkeyOptions(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { pending, cookies } = await opened(enrol, deed);
  return withCookies(json(await enrol.passkeyOptions(deed.caller, pending)), ...cookies);
}

function labelOf(form: Form): string | undefined {
  const label = form.get('label');
  return label === undefined || label === '' ? undefined : [...label].slice(0, 60).join('');
}

async function passkey(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { caller, context, form } = deed;
  const response = need(form, 'response');
  const { cookie } = await enrol.passkey(caller, context.cookies.pending, response, labelOf(form));
  return withCookies(done(form.kind, ENROL), setPending(cookie));
}

async function confirm(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { caller, context, form } = deed;
  const { cookie } = await enrol.confirm(caller, context.cookies.pending, need(form, 'code'), labelOf(form));
  return withCookies(done(form.kind, ENROL), setPending(cookie));
}

const GOALS = { account: ACCOUNT, 'sign-in': '/.sallyport/sign-in', app: '/' } as const;

async function finish({ enrol, login, clock }: EnrolParts, deed: Deed): Promise<Answer> {
  const { caller, context, form } = deed;
  const ended = await login.adopting(() =>
    enrol.finish(caller, context.cookies.pending, (tx, account, proofs) =>
      login.afterEnrolment(caller, tx, account, proofs),
    ),
  );
  const { signedIn } = ended;
  const last = ended.proofs.findLast(({ kind }) => kind === 'totp' || kind === 'passkey');
  const method = last?.kind === 'passkey' || last?.kind === 'totp' ? last.kind : null;
  const cookies = signedIn === undefined ? [CLEAR_PENDING] : signedInCookies(deed, signedIn, method);
  if (signedIn !== undefined && context.session !== null) await login.signOut(caller, context.session);
  const go = ended.adding ? 'account' : signedIn === undefined ? 'sign-in' : 'app';
  if (form.kind === 'json') {
    return withCookies(json({ ok: true, next: GOALS[go], recovery_codes: ended.recoveryCodes }), ...cookies);
  }
  if (ended.recoveryCodes.length === 0)
    return withCookies(see(go === 'account' ? accountAfter('added') : GOALS[go]), ...cookies);
  // Shown once: without the language switch, which would lead to another page.
  const about = { account: ended.accountName, origin: context.origin, madeAt: clock.now() };
  const view = { codes: ended.recoveryCodes, go, href: GOALS[go], ...about } as const;
  const page = codesPage({ ...deed.frame, here: null }, view);
  return withCookies(showPage(200, page), ...cookies);
}

/** The step again with what was wrong; or that the enrolment is over. */
function again(enrol: Enrol) {
  return async (deed: Deed, error: SallyportError): Promise<Answer | undefined> => {
    if (error.code === 'pending-expired' || error.code === 'ticket-invalid') return closed(deed, error);
    if (error.status >= 500 || error.status === 415) return undefined;
    const state = await enrol.state(deed.caller, deed.context.cookies.pending);
    if (state === undefined) return undefined;
    return showPage(error.status, enrolPage(deed.frame, { state, choose: false, error }), retryHeader(error));
  };
}

/** Where a signed-in person is sent to use a factor again. */
export async function toStepUp(deed: Deed, error: SallyportError): Promise<Answer | undefined> {
  return error.code === 'step-up-required' ? see(withNext(secondStepFor(deed), ACCOUNT)) : undefined;
}

/** Enrolling by ticket, and adding an authenticator when signed in. */
export function enrolRoutes(parts: EnrolParts): readonly Route[] {
  const { enrol } = parts;
  const step = again(enrol);
  const pendingOf = (deed: Deed) => deed.context.cookies.pending;
  return [
    {
      path: ENROL,
      get: (visit) => guided(enrol, visit),
      post: { fields: ['ticket'], run: (deed) => open(enrol, deed), again: step },
    },
    {
      path: `${ENROL}/password`,
      post: { fields: ['password', 'again', 'anyway'], run: (deed) => password(enrol, deed), again: step },
    },
    {
      path: `${ENROL}/password/advice`,
      post: {
        fields: ['password'],
        run: async (deed) => json(await enrol.advise(deed.caller, pendingOf(deed), need(deed.form, 'password'))),
      },
    },
    {
      path: `${ENROL}/choose`,
      post: {
        fields: [],
        run: async (deed) => {
          await enrol.chooseAgain(deed.caller, pendingOf(deed));
          return done(deed.form.kind, `${ENROL}?add`);
        },
        again: step,
      },
    },
    {
      path: `${ENROL}/extend`,
      post: {
        fields: [],
        run: async (deed) => {
          await enrol.extend(deed.caller, pendingOf(deed));
          return done(deed.form.kind, ENROL);
        },
        again: step,
      },
    },
    {
      path: `${ENROL}/totp`,
      post: {
        fields: [],
        run: (deed) => totp(enrol, deed),
        again: async (deed, error) => (await toStepUp(deed, error)) ?? (await step(deed, error)),
      },
    },
    {
      path: `${ENROL}/totp/confirm`,
      post: { fields: ['code', 'label'], run: (deed) => confirm(enrol, deed), again: step },
    },
    { path: `${ENROL}/passkey/options`, post: { fields: [], run: (deed) => passkeyOptions(enrol, deed) } },
    {
      path: `${ENROL}/passkey`,
      post: {
        fields: ['response', 'label'],
        objects: ['response'],
        limit: CEREMONY_BYTES,
        run: (deed) => passkey(enrol, deed),
        again: step,
      },
    },
    { path: `${ENROL}/finish`, post: { fields: [], run: (deed) => finish(parts, deed), again: step } },
    { path: `${ENROL}/:parameter`, get: (visit) => ticketPage(enrol, visit) },
  ];
}
