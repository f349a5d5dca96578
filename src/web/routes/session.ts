import type { Session } from '../../sessions/session.ts';
import { WARNING } from '../assets/assets.ts';
import { type Answer, json } from '../reply.ts';
import { type Route, sessionOf } from './route.ts';

/** Apps keep the script's address in their pages, so it has no hash and is asked for anew each hour. */
const ONE_HOUR = 'public, max-age=3600';

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** The contract of GET /.sallyport/session; all times in seconds since the epoch, as in the assertion. */
function sessionAnswer(session: Session): Answer {
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

/**
 * What an app may show of the session, the optional script that warns before it ends, and the button by which a person
 * says that they are still there (WCAG 2.2.1). Asking is no activity; pressing the button is.
 */
export function sessionRoutes(touch: (session: Session) => void): readonly Route[] {
  return [
    { path: '/.sallyport/session', from: 'own-network', get: async (request) => sessionAnswer(sessionOf(request)) },
    {
      path: '/.sallyport/session.js',
      from: 'anywhere',
      get: async () => ({
        status: 200,
        headers: { 'Content-Type': WARNING.type, 'Cache-Control': ONE_HOUR },
        cookies: [],
        body: WARNING.body,
      }),
    },
    {
      path: '/.sallyport/session/extend',
      from: 'own-network',
      post: {
        fields: [],
        run: async (post) => {
          const session = sessionOf(post);
          touch(session);
          return sessionAnswer(session);
        },
      },
    },
  ];
}
