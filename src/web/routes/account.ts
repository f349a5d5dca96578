import type { Enrol } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Login } from '../../login/types.ts';
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
import { type FormPost, type PageRequest, type Route, sessionOf } from './route.ts';

/** Clears what the portal has kept in the browser (ASVS 14.3.1); browsers heed it over https and on localhost. */
const CLEAR_SITE = { 'Clear-Site-Data': '"cache", "storage"' };

async function showAccount(enrol: Enrol, clock: Clock, request: PageRequest): Promise<Answer> {
  const { session, navigation } = request.context;
  if (session === null) {
    if (!navigation) throw new SallyportError('sign-in-required');
    return see(withNext('/.sallyport/sign-in', ACCOUNT));
  }
  const own = await enrol.own(request.caller, session);
  const { app, query } = request.context;
  const about = { session, own, password: sourceOf(app.realm.source).keepsPasswords, now: clock.now() };
  return showPage(200, accountPage(request.frame, { ...about, done: doneOf(query) }));
}

/** Programs are led to the page itself; people are told there what was done. */
export function changed(post: FormPost, what: Done, more: Readonly<Record<string, unknown>> = {}): Answer {
  return post.form.kind === 'json' ? done('json', ACCOUNT, more) : see(accountAfter(what));
}

function signedOut(post: FormPost): Answer {
  const answer = post.form.kind === 'json' ? json({ ok: true, next: '/' }) : see('/.sallyport/signed-out');
  return withCookies(withHeaders(answer, CLEAR_SITE), CLEAR_SESSION, CLEAR_PENDING);
}

/** Also where an app whose own sign-in comes first sends people whose session is over: why, and where to begin. */
function signedOutAnswer({ context, frame }: PageRequest): Answer {
  const { login } = context.app;
  const first = login.kind === 'bound' && login.order === 'login-first';
  const again = first ? login.entry : '/.sallyport/sign-in';
  return showPage(200, signedOutPage(frame, { ended: context.ended, again }));
}

async function signOut(login: Login, post: FormPost): Promise<Answer> {
  // Without a session there is nothing to end, and the cookies go all the same.
  if (post.context.session !== null) await login.signOut(post.caller, post.context.session);
  return signedOut(post);
}

async function newCodes(enrol: Enrol, clock: Clock, post: FormPost): Promise<Answer> {
  const session = sessionOf(post);
  const codes = await enrol.newRecoveryCodes(post.caller, session);
  if (post.form.kind === 'json') return json({ ok: true, next: ACCOUNT, recovery_codes: codes });
  const about = { account: session.accountName, origin: post.context.origin, madeAt: clock.now() };
  return showPage(200, codesPage({ ...post.frame, here: null }, { codes, go: 'account', href: ACCOUNT, ...about }));
}

async function rename(enrol: Enrol, post: FormPost): Promise<Answer> {
  const { form, caller } = post;
  await enrol.renameAuthenticator(
    caller,
    sessionOf(post),
    need(form, 'id'),
    [...need(form, 'label')].slice(0, 60).join(''),
  );
  return changed(post, 'renamed');
}

/** Changes of what proves who the person is: each wants a factor used within the last minutes, asked for in place. */
function changes(enrol: Enrol, clock: Clock): readonly Route[] {
  return [
    {
      path: `${ACCOUNT}/add`,
      from: 'own-network',
      post: { fields: ['next'], run: (post) => addAnother(enrol, post), again: toStepUp },
    },
    {
      path: `${ACCOUNT}/authenticators/rename`,
      from: 'own-network',
      post: { fields: ['id', 'label'], run: (post) => rename(enrol, post), again: toStepUp },
    },
    {
      path: `${ACCOUNT}/authenticators/remove`,
      from: 'own-network',
      post: {
        fields: ['id'],
        run: async (post) => {
          await enrol.removeAuthenticator(post.caller, sessionOf(post), need(post.form, 'id'));
          return changed(post, 'removed');
        },
        again: toStepUp,
      },
    },
    {
      path: `${ACCOUNT}/recovery-codes`,
      from: 'own-network',
      post: { fields: [], run: (post) => newCodes(enrol, clock, post), again: toStepUp },
    },
  ];
}

/** Ends of sessions. They only take away, so that whoever sees a stranger on the list can act at once. */
function endings(login: Login): readonly Route[] {
  return [
    { path: '/.sallyport/sign-out', from: 'anywhere', post: { fields: [], run: (post) => signOut(login, post) } },
    {
      path: `${ACCOUNT}/sessions/end`,
      from: 'own-network',
      post: {
        fields: ['id'],
        run: async (post) => {
          await login.endOthers(post.caller, sessionOf(post), { id: need(post.form, 'id') });
          return changed(post, 'ended');
        },
      },
    },
    {
      path: `${ACCOUNT}/sessions/end-others`,
      from: 'own-network',
      post: {
        fields: [],
        run: async (post) => {
          const sessions = await login.endOthers(post.caller, sessionOf(post), 'all');
          return changed(post, 'ended-others', { sessions });
        },
      },
    },
    {
      path: `${ACCOUNT}/sign-out-everywhere`,
      from: 'own-network',
      post: {
        fields: [],
        run: async (post) => {
          await login.signOutEverywhere(post.caller, sessionOf(post));
          return signedOut(post);
        },
      },
    },
  ];
}

/** A person's own account, and signing out. */
export function accountRoutes(enrol: Enrol, login: Login, clock: Clock): readonly Route[] {
  return [
    { path: ACCOUNT, from: 'own-network', get: (request) => showAccount(enrol, clock, request) },
    { path: '/.sallyport/signed-out', from: 'anywhere', get: async (request) => signedOutAnswer(request) },
    ...changes(enrol, clock),
    ...endings(login),
  ];
}
