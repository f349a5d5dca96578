import { everyApp } from '../../config/console.ts';
import { SallyportError } from '../../errors.ts';
import { Refusal } from '../../gate/gate.ts';
import { soon } from '../../lib/soon.ts';
import { upgradeOriginAllowed } from '../../proxy/handshake.ts';
import { isNavigation } from '../../request/head.ts';
import { answerHealth, answerRelatedOrigins, HEALTH, RELATED_ORIGINS } from '../early.ts';
import type { AnyExchange, Exchange } from '../exchange.ts';
import { frameOf } from '../frames.ts';
import type { StepContext } from './context.ts';
import { bodyInTime } from './enter.ts';
import { unmark } from './mark.ts';
import { endOf } from './refuse.ts';
import { ANSWERED, type Outcome } from './run.ts';

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
export function trust(ctx: StepContext, exchange: AnyExchange): Outcome {
  const without = needless(exchange.parsed.target);
  if (without === 'clock') return undefined;
  ctx.checkClock();
  if (without === 'store') return undefined;
  ctx.parts.ready();
  ctx.parts.sessions.checkFresh();
  return undefined;
}

/** Finds the session whose cookie this is: in memory, else in the store. */
export function session(ctx: StepContext, exchange: AnyExchange): Outcome | Promise<Outcome> {
  const { cookies, target } = exchange.parsed;
  if (cookies.session === null || needless(target) !== null) return undefined;
  return soon(ctx.parts.sessions.find(cookies.session), (found) => {
    exchange.session = found;
    if (!exchange.upgrade) exchange.line?.by(found);
    return undefined;
  });
}

/** Public and the same for everybody, at the one host that other origins borrow their passkeys from. */
export function publish(exchange: Exchange): Outcome {
  const { target, method, host } = exchange.parsed;
  if (target.path !== RELATED_ORIGINS || (method !== 'GET' && method !== 'HEAD')) return undefined;
  const origins = exchange.site.config.relatedOrigins.get(host);
  if (origins === undefined) return undefined;
  answerRelatedOrigins(exchange.response, origins);
  return ANSWERED;
}

/** Our own pages. */
export function own(ctx: StepContext, exchange: Exchange): Outcome {
  const { parsed, request, response, site, headers, session: found } = exchange;
  if (!parsed.target.reserved) return undefined;
  if (parsed.target.path === HEALTH) {
    answerHealth(response, ctx.healthy);
    return ANSWERED;
  }
  bodyInTime(request, response);
  exchange.wantBody();
  // A session of another app is none here either.
  const here = found?.appId === parsed.app.id ? found : undefined;
  ctx.parts.own(request, response, {
    app: parsed.app,
    apps: everyApp(site.config),
    headers,
    client: parsed.client,
    origin: parsed.origin,
    path: parsed.target.path,
    query: parsed.target.query ?? '',
    session: here ?? null,
    ended: found === undefined ? endOf(ctx, parsed) : null,
    cookies: parsed.cookies,
    navigation: isNavigation(parsed.method, headers),
    frame: frameOf({ headers, site, read: parsed, session: here }),
    brand: site.brand,
  });
  return ANSWERED;
}

/** The gate's verdict. */
export function judge(ctx: StepContext, exchange: AnyExchange): Outcome | Promise<Outcome> {
  const { parsed, request, headers, site, upgrade } = exchange;
  const { app, method, target, destination, client, head, origin } = parsed;
  const rules = site.rules.get(app);
  if (rules === undefined) throw new SallyportError('internal', 'an app without compiled rules');
  const verdict = ctx.parts.gate.pass({
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
    return passed instanceof Refusal ? undefined : unmark(ctx, exchange);
  });
}
