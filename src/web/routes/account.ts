import type { Enrol } from '../../enrol/types.ts';
import { SallyportError } from '../../errors.ts';
import type { Login } from '../../login/types.ts';
import type { Session } from '../../sessions/session.ts';
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
import { toStepUp } from './enrol.ts';
import { ACCOUNT, withNext } from './next.ts';
import type { Deed, Route, Visit } from './route.ts';

/** Clears what the portal has kept in the browser (ASVS 14.3.1); browsers heed it over https and on localhost. */
const CLEAR_SITE = { 'Clear-Site-Data': '"cache", "storage"' };

function sessionOf(visit: Visit): Session {
  if (visit.context.session === null) throw new SallyportError('sign-in-required');
  return visit.context.session;
}

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** The contract of GET /.sallyport/session; all times in seconds since the epoch, as in the assertion. */
function sessionAnswer(visit: Visit): Answer {
  const session = sessionOf(visit);
  const { amr, acr, authTime, lastFactorAt } = session.strength;
  return json({
    account: session.accountName,
    realm: session.realm,
    app: session.appId,
    evidence: { amr, acr, auth_time: seconds(authTime), factor_at: seconds(lastFactorAt) },
    expires_at: seconds(session.expiresAt),
    idle_expires_at: seconds(Math.min(session.lastSeenAt + session.idleMs, session.expiresAt)),
  });
}

async function showAccount(enrol: Enrol, visit: Visit): Promise<Answer> {
  const { session, help, navigation } = visit.context;
  if (session === null) {
    if (!navigation) throw new SallyportError('sign-in-required');
    return see(withNext('/.sallyport/sign-in', ACCOUNT));
  }
  const own = await enrol.own(visit.caller, session);
  return showPage(200, accountPage({ site: visit.site, help, session, own }));
}

function signedOut(deed: Deed): Answer {
  const answer = deed.form.kind === 'json' ? json({ ok: true, next: '/' }) : see('/.sallyport/signed-out');
  return withCookies(withHeaders(answer, CLEAR_SITE), CLEAR_SESSION, CLEAR_PENDING);
}

async function signOut(login: Login, deed: Deed): Promise<Answer> {
  // Without a session there is nothing to end, and the cookies go all the same.
  if (deed.context.session !== null) await login.signOut(deed.caller, deed.context.session);
  return signedOut(deed);
}

async function newCodes(enrol: Enrol, deed: Deed): Promise<Answer> {
  const codes = await enrol.newRecoveryCodes(deed.caller, sessionOf(deed));
  if (deed.form.kind === 'json') return json({ ok: true, next: ACCOUNT, recovery_codes: codes });
  const go = { href: ACCOUNT, text: 'Back to your account' };
  return showPage(200, codesPage({ site: deed.site, help: deed.context.help, codes, go }));
}

/** A person's own account, session and sign-out. */
export function accountRoutes(enrol: Enrol, login: Login): readonly Route[] {
  return [
    { path: ACCOUNT, get: (visit) => showAccount(enrol, visit) },
    { path: '/.sallyport/session', get: async (visit) => sessionAnswer(visit) },
    { path: '/.sallyport/sign-out', post: { fields: [], run: (deed) => signOut(login, deed) } },
    {
      path: '/.sallyport/signed-out',
      get: async (visit) => showPage(200, signedOutPage({ site: visit.site, help: visit.context.help })),
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
    {
      path: `${ACCOUNT}/authenticators/remove`,
      post: {
        fields: ['id'],
        run: async (deed) => {
          await enrol.removeAuthenticator(deed.caller, sessionOf(deed), need(deed.form, 'id'));
          return done(deed.form.kind, ACCOUNT);
        },
        again: toStepUp,
      },
    },
    {
      path: `${ACCOUNT}/recovery-codes`,
      post: { fields: [], run: (deed) => newCodes(enrol, deed), again: toStepUp },
    },
  ];
}
