import type { Enrol, EnrolState } from '../../enrol/types.ts';
import { publicMessageOf, SallyportError } from '../../errors.ts';
import type { Login } from '../../login/types.ts';
import { type Form, need } from '../body.ts';
import { closedPage, codesPage, enrolPage, invitationPage } from '../pages/enrol.ts';
import { messageOf } from '../pages/error.ts';
import {
  type Answer,
  CLEAR_PENDING,
  done,
  json,
  retryHeader,
  see,
  setPending,
  showPage,
  withCookies,
} from '../reply.ts';
import { ACCOUNT, withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';
import { signedInCookies } from './sign-in.ts';

const ENROL = '/.sallyport/enrol';
const TICKET = /^[A-Za-z0-9_-]{16,256}$/;
const WRONG: Readonly<Record<string, string>> = {
  password: 'That password did not match. Please check and try again.',
  code: 'That code did not match. Enter the newest code that the app shows, and check that your phone sets its time automatically.',
};

function frame(visit: Visit) {
  return { site: visit.site, help: visit.context.help };
}

async function ticketPage(enrol: Enrol, visit: Visit): Promise<Answer> {
  const ticket = visit.parameter;
  const invitation = TICKET.test(ticket) ? await enrol.peek(visit.caller, ticket) : undefined;
  if (invitation === undefined) return closed(visit, new SallyportError('ticket-invalid'));
  return showPage(200, invitationPage({ ...frame(visit), accountName: invitation.accountName, ticket }));
}

function closed(visit: Visit, error: SallyportError): Answer {
  return showPage(error.status, closedPage({ ...frame(visit), message: messageOf(error) }));
}

async function guided(enrol: Enrol, visit: Visit): Promise<Answer> {
  const state = await enrol.state(visit.caller, visit.context.cookies.pending);
  if (state !== undefined) return showPage(200, enrolPage({ ...frame(visit), state }));
  return visit.context.session === null ? closed(visit, new SallyportError('pending-expired')) : see(ACCOUNT);
}

function readyForTotp(state: EnrolState | undefined): boolean {
  if (state === undefined || state.totp !== null || state.confirmed) return false;
  return state.password === 'none' || state.password === 'done';
}

/** A person is shown the QR code without being asked to press a button for it. */
async function goOn(enrol: Enrol, deed: Deed, cookie: string): Promise<Answer> {
  if (deed.form.kind === 'form' && readyForTotp(await enrol.state(deed.caller, cookie))) {
    await enrol.totp(deed.caller, cookie);
  }
  return withCookies(done(deed.form.kind, ENROL), setPending(cookie));
}

async function open(enrol: Enrol, deed: Deed): Promise<Answer> {
  const ticket = need(deed.form, 'ticket');
  if (!TICKET.test(ticket)) throw new SallyportError('ticket-invalid', 'not in the form of a ticket');
  const { cookie } = await enrol.open(deed.caller, ticket);
  return goOn(enrol, deed, cookie);
}

/** The form asks twice, JSON once. */
function newPassword(form: Form): string {
  const password = need(form, 'password');
  const again = form.get('again');
  if (again !== undefined && again !== password) throw new SallyportError('bad-body', 'the two passwords differ');
  return password;
}

async function password(enrol: Enrol, deed: Deed): Promise<Answer> {
  const chosen = newPassword(deed.form);
  const { cookie } = await enrol.password(deed.caller, deed.context.cookies.pending, chosen);
  return goOn(enrol, deed, cookie);
}

/** A fresh secret. Without an enrolment, a signed-in person opens one: to add an authenticator. */
async function totp(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { caller, context, form } = deed;
  let pending = context.cookies.pending;
  const cookies: string[] = [];
  if (context.session !== null && (await enrol.state(caller, pending)) === undefined) {
    pending = (await enrol.add(caller, context.session)).cookie;
    cookies.push(setPending(pending));
  }
  const { secret, uri } = await enrol.totp(caller, pending);
  return withCookies(form.kind === 'json' ? json({ secret, uri }) : see(ENROL), ...cookies);
}

async function confirm(enrol: Enrol, deed: Deed): Promise<Answer> {
  const label = deed.form.get('label')?.trim();
  const code = need(deed.form, 'code');
  const { cookie } = await enrol.confirm(
    deed.caller,
    deed.context.cookies.pending,
    code,
    label === undefined || label === '' ? undefined : label.slice(0, 60),
  );
  return withCookies(done(deed.form.kind, ENROL), setPending(cookie));
}

async function finish(enrol: Enrol, login: Login, deed: Deed): Promise<Answer> {
  const { caller, context, form } = deed;
  const ended = await enrol.finish(caller, context.cookies.pending);
  const signedIn = ended.adding ? undefined : await login.afterEnrolment(caller, ended.accountId, ended.proofs, '/');
  const cookies = signedIn === undefined ? [CLEAR_PENDING] : signedInCookies(signedIn);
  if (signedIn !== undefined && context.session !== null) await login.signOut(caller, context.session);
  const go = ended.adding
    ? { href: ACCOUNT, text: 'Back to your account' }
    : signedIn === undefined
      ? { href: '/.sallyport/sign-in', text: 'Sign in' }
      : { href: '/', text: 'Continue to the portal' };
  if (form.kind === 'json') {
    return withCookies(json({ ok: true, next: go.href, recovery_codes: ended.recoveryCodes }), ...cookies);
  }
  if (ended.recoveryCodes.length === 0) return withCookies(see(go.href), ...cookies);
  return withCookies(showPage(200, codesPage({ ...frame(deed), codes: ended.recoveryCodes, go })), ...cookies);
}

function complaint(error: SallyportError, field: 'password' | 'code'): string {
  // A message of its own (ClockSkew, PasswordRefused) says more than ours.
  if (error.publicMessage !== publicMessageOf(error.code)) return error.publicMessage;
  if (error.code === 'wrong-credentials') return WRONG[field] ?? messageOf(error);
  if (error.message === 'the two passwords differ')
    return 'The two passwords are not the same. Please type them again.';
  return error.code === 'bad-body' ? 'Please fill in every field.' : messageOf(error);
}

/** The step again with what was wrong; or that the enrolment is over. */
function again(enrol: Enrol, field: 'password' | 'code') {
  return async (deed: Deed, error: SallyportError): Promise<Answer | undefined> => {
    if (error.code === 'pending-expired' || error.code === 'ticket-invalid') return closed(deed, error);
    if (error.status >= 500 || error.status === 415) return undefined;
    const state = await enrol.state(deed.caller, deed.context.cookies.pending);
    if (state === undefined) return undefined;
    const message = complaint(error, field);
    return showPage(error.status, enrolPage({ ...frame(deed), state, message }), retryHeader(error));
  };
}

/** Where a signed-in person is sent to use a factor again. */
export async function toStepUp(_deed: Deed, error: SallyportError): Promise<Answer | undefined> {
  return error.code === 'step-up-required' ? see(withNext('/.sallyport/sign-in/totp', ACCOUNT)) : undefined;
}

/** Enrolling by ticket, and adding an authenticator when signed in. */
export function enrolRoutes(enrol: Enrol, login: Login): readonly Route[] {
  const code = again(enrol, 'code');
  return [
    {
      path: ENROL,
      get: (visit) => guided(enrol, visit),
      post: { fields: ['ticket'], run: (deed) => open(enrol, deed), again: code },
    },
    {
      path: `${ENROL}/password`,
      post: { fields: ['password', 'again'], run: (deed) => password(enrol, deed), again: again(enrol, 'password') },
    },
    {
      path: `${ENROL}/totp`,
      post: {
        fields: [],
        run: (deed) => totp(enrol, deed),
        again: async (deed, error) => (await toStepUp(deed, error)) ?? (await code(deed, error)),
      },
    },
    {
      path: `${ENROL}/totp/confirm`,
      post: { fields: ['code', 'label'], run: (deed) => confirm(enrol, deed), again: code },
    },
    { path: `${ENROL}/finish`, post: { fields: [], run: (deed) => finish(enrol, login, deed), again: code } },
    { path: `${ENROL}/:parameter`, get: (visit) => ticketPage(enrol, visit) },
  ];
}
