import { SallyportError } from '../../errors.ts';
import { soon } from '../../lib/soon.ts';
import { upgradeOriginAllowed } from '../../proxy/handshake.ts';
import { isNavigation } from '../../request/head.ts';
import { answerHealth, answerRelatedOrigins, HEALTH, RELATED_ORIGINS } from '../early.ts';
import type { Either, Exchange } from '../exchange.ts';
import { frameOf } from '../frames.ts';
import type { House } from './house.ts';
import { endOf } from './refuse.ts';
import { ANSWERED, type Outcome } from './run.ts';

const OWN_BODY_MS = 30_000;
const JWKS = '/.sallyport/jwks.json';

/** What an address of ours can do without: the clock, too, or the store alone; null for all others. */
function needless({ reserved, path }: { readonly reserved: boolean; readonly path: string }): 'clock' | 'store' | null {
  if (!reserved) return null;
  if (path === HEALTH || path.startsWith('/.sallyport/assets/')) return 'clock';
  return path === JWKS ? 'store' : null;
}

/**
 * The one way past clock, store and keys. By a clock that is not trusted nothing of ours answers but health and assets; our
 * public keys, too, are there while the store is not.
 */
export function trust(house: House, exchange: Either): Outcome {
  const without = needless(exchange.seen.target);
  if (without === 'clock') return undefined;
  house.checkClock();
  if (without === 'store') return undefined;
  house.parts.ready();
  house.parts.sessions.checkFresh();
  return undefined;
}

/** Finds the session whose cookie this is: in memory, else in the store. */
export function session(house: House, exchange: Either): Outcome | Promise<Outcome> {
  const { cookies, target } = exchange.seen;
  if (cookies.session === null || needless(target) !== null) return undefined;
  return soon(house.parts.sessions.find(cookies.session), (found) => {
    exchange.session = found;
    if (!exchange.upgrade) exchange.line?.by(found);
    return undefined;
  });
}

/** Public and the same for everybody, at the one host that other origins borrow their passkeys from. */
export function publish(exchange: Exchange): Outcome {
  const { target, method, host } = exchange.seen;
  if (target.path !== RELATED_ORIGINS || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const origins = exchange.site.config.relatedOrigins.get(host);
  if (origins === undefined) return undefined;
  answerRelatedOrigins(exchange.response, origins);
  return ANSWERED;
}

/** Our own pages. */
export function own(house: House, exchange: Exchange): Outcome {
  const { seen, request, response, site, headers, session: found } = exchange;
  if (!seen.target.reserved) return undefined;
  if (seen.target.path === HEALTH) {
    answerHealth(response, house.healthy);
    return ANSWERED;
  }
  const deadline = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, OWN_BODY_MS).unref();
  response.once('close', () => clearTimeout(deadline));
  exchange.wantBody();
  // A session of another app is none here either.
  const here = found?.appId === seen.app.id ? found : undefined;
  house.parts.own(request, response, {
    app: seen.app,
    apps: site.config.apps,
    headers,
    client: seen.client,
    origin: seen.origin,
    path: seen.target.path,
    query: seen.target.query ?? '',
    session: here ?? null,
    ended: found === undefined ? endOf(house, seen) : null,
    cookies: seen.cookies,
    navigation: isNavigation(seen.method, headers),
    frame: frameOf({ headers, site, read: seen, session: here }),
    brand: site.brand,
  });
  return ANSWERED;
}

/** The gate's verdict. */
export function judge(house: House, exchange: Either): Outcome | Promise<Outcome> {
  const { seen, request, headers, site, upgrade } = exchange;
  const { app, method, target, destination, client, head, origin } = seen;
  const rules = site.rules.get(app);
  if (rules === undefined) throw new SallyportError('internal', 'an app without compiled rules');
  const verdict = house.parts.gate.pass({
    request,
    headers,
    app,
    rules,
    method,
    target,
    destination,
    host: head.host,
    client,
    session: exchange.session,
    upgrade,
    originAllowed: upgrade && upgradeOriginAllowed(head.origin, origin, app, target.path),
  });
  return soon(verdict, (passed) => {
    exchange.verdict = passed;
    return undefined;
  });
}
