import type { Enrol } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Login } from '../../login/types.ts';
import type { Session } from '../../sessions/session.ts';
import { sourceOf } from '../../sources/table.ts';
import { need } from '../body.ts';
import { accountPage } from '../pages/account.ts';
import { codesPage } from '../pages/enrol.ts';
import { signedOutPage } from '../pages/sign-in.ts';
import {
  type Answer,
  CLEAR_PENDING,
  CLEAR_SESSION,
  done,
  json,
  see,
  showPage,
  withCookies,
  withHeaders,
} from '../reply.ts';
import { addAnother, toStepUp } from './enrol.ts';
import { ACCOUNT, accountAfter, type Done, doneOf, withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';

/** Clears what the portal has kept in the browser (ASVS 14.3.1); browsers heed it over https and on localhost. */
const CLEAR_SITE = { 'Clear-Site-Data': '"cache", "storage"' };

function sessionOf(visit: Visit): Session {
  if (visit.context.session === null) throw new SallyportError('sign-in-required');
  return visit.context.session;
}

async function showAccount(enrol: Enrol, clock: Clock, visit: Visit): Promise<Answer> {
  const { session, navigation } = visit.context;
  if (session === null) {
    if (!navigation) throw new SallyportError('sign-in-required');
    return see(withNext('/.sallyport/sign-in', ACCOUNT));
  }
  const own = await enrol.own(visit.caller, session);
  const { app, query } = visit.context;
  const about = { session, own, password: sourceOf(app.realm.source).keepsPasswords, now: clock.now() };
  return showPage(200, accountPage(visit.frame, { ...about, done: doneOf(query) }));
}

/** Programs are led to the page itself; people are told there what was done. */
export function changed(deed: Deed, what: Done, more: Readonly<Record<string, unknown>> = {}): Answer {
  return deed.form.kind === 'json' ? done('json', ACCOUNT, more) : see(accountAfter(what));
}

function signedOut(deed: Deed): Answer {
  const answer = deed.form.kind === 'json' ? json({ ok: true, next: '/' }) : see('/.sallyport/signed-out');
  return withCookies(withHeaders(answer, CLEAR_SITE), CLEAR_SESSION, CLEAR_PENDING);
}

/** Also where an app whose own sign-in comes first sends people whose session is over: why, and where to begin. */
function signedOutAnswer({ context, frame }: Visit): Answer {
  const { login } = context.app;
  const first = login.kind === 'bound' && login.order === 'login-first';
  const again = first ? login.entry : '/.sallyport/sign-in';
  return showPage(200, signedOutPage(frame, { ended: context.ended, again }));
}

async function signOut(login: Login, deed: Deed): Promise<Answer> {
  // Without a session there is nothing to end, and the cookies go all the same.
  if (deed.context.session !== null) await login.signOut(deed.caller, deed.context.session);
  return signedOut(deed);
}

async function newCodes(enrol: Enrol, clock: Clock, deed: Deed): Promise<Answer> {
  const session = sessionOf(deed);
  const codes = await enrol.newRecoveryCodes(deed.caller, session);
  if (deed.form.kind === 'json') return json({ ok: true, next: ACCOUNT, recovery_codes: codes });
  const about = { account: session.accountName, origin: deed.context.origin, madeAt: clock.now() };
  return showPage(200, codesPage({ ...deed.frame, here: null }, { codes, go: 'account', href: ACCOUNT, ...about }));
}

async function rename(enrol: Enrol, deed: Deed): Promise<Answer> {
  const { form, caller } = deed;
  await enrol.renameAuthenticator(
    caller,
    sessionOf(deed),
    need(form, 'id'),
    [...need(form, 'label')].slice(0, 60).join(''),
  );
  return changed(deed, 'renamed');
}

/** Changes of what proves who the person is: each wants a factor used within the last minutes, asked for in place. */
function changes(enrol: Enrol, clock: Clock): readonly Route[] {
  return [
    { path: `${ACCOUNT}/add`, post: { fields: [], run: (deed) => addAnother(enrol, deed), again: toStepUp } },
    {
      path: `${ACCOUNT}/authenticators/rename`,
      post: { fields: ['id', 'label'], run: (deed) => rename(enrol, deed), again: toStepUp },
    },
    {
      path: `${ACCOUNT}/authenticators/remove`,
      post: {
        fields: ['id'],
        run: async (deed) => {
          await enrol.removeAuthenticator(deed.caller, sessionOf(deed), need(deed.form, 'id'));
          return changed(deed, 'removed');
        },
        again: toStepUp,
      },
    },
    {
      path: `${ACCOUNT}/recovery-codes`,
      post: { fields: [], run: (deed) => newCodes(enrol, clock, deed), again: toStepUp },
    },
  ];
}

/** Ends of sessions. They only take away, so that whoever sees a stranger on the list can act at once. */
function endings(login: Login): readonly Route[] {
  return [
    { path: '/.sallyport/sign-out', post: { fields: [], run: (deed) => signOut(login, deed) } },
    {
      path: `${ACCOUNT}/sessions/end`,
      post: {
        fields: ['id'],
        run: async (deed) => {
          await login.endOthers(deed.caller, sessionOf(deed), { id: need(deed.form, 'id') });
          return changed(deed, 'ended');
        },
      },
    },
    {
      path: `${ACCOUNT}/sessions/end-others`,
      post: {
        fields: [],
        run: async (deed) => {
          const sessions = await login.endOthers(deed.caller, sessionOf(deed), 'all');
          return changed(deed, 'ended-others', { sessions });
        },
      },
    },
    {
      path: `${ACCOUNT}/sign-out-everywhere`,
      post: {
        fields: [],
        run: async (deed) => {
          await login.signOutEverywhere(deed.caller, sessionOf(deed));
          return signedOut(deed);
        },
      },
    },
  ];
}

/** A person's own account, and signing out. */
export function accountRoutes(enrol: Enrol, login: Login, clock: Clock): readonly Route[] {
  return [
    { path: ACCOUNT, get: (visit) => showAccount(enrol, clock, visit) },
    { path: '/.sallyport/signed-out', get: async (visit) => signedOutAnswer(visit) },
    ...changes(enrol, clock),
    ...endings(login),
  ];
}
