import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExchangeContext, StepResult } from '../binding/types.ts';
import { SallyportError } from '../errors.ts';
import { deliver } from '../proxy/deliver.ts';
import type { Upstreams } from '../proxy/upstreams.ts';
import { isFormNavigation, isNavigation, userAgentOf } from '../read/head.ts';
import { REFERRER_POLICY } from './headers.ts';
import { readPrefs } from './prefs.ts';
import { refuse } from './refuse.ts';
import { setPending } from './reply.ts';
import type { Seen } from './requests.ts';
import type { Site } from './site.ts';

const VERSION = /^[1-9][0-9]{0,14}$/;

/** What surrounds a request at an app whose own login is bound. */
export function aroundOf(
  request: IncomingMessage,
  seen: Seen,
  upstreams: Upstreams,
  upgrade: boolean,
): ExchangeContext {
  const { jar, visitor, browser, pending, suffix } = seen.cookies;
  return {
    upstreams,
    origin: seen.origin,
    query: seen.target.query,
    upgrade,
    navigation: !upgrade && isNavigation(seen.method, request.rawHeaders),
    visitor,
    suffix,
    pending,
    seen: jar !== null && VERSION.test(jar) ? Number(jar) : 0,
    source: seen.client.address,
    userAgent: userAgentOf(request.rawHeaders),
    browser,
  };
}

/** Where the second factor is asked for, by the way that this browser took last. */
function secondStep(seen: Seen): string {
  const passkeys = seen.app.relyingParty?.origins.includes(seen.origin) === true;
  const passkey = passkeys && readPrefs(seen.cookies.prefs).method === 'passkey';
  return `/.sallyport/sign-in/${passkey ? 'passkey' : 'totp'}?next=${encodeURIComponent(seen.target.raw)}`;
}

/**
 * The password was right and nobody sees what the app said: a person who sent a form is asked for the second factor; a
 * script gets 401, since no redirect would help it.
 */
function answerHeld(request: IncomingMessage, response: ServerResponse, site: Site, seen: Seen, pending: string): void {
  const person = isFormNavigation(seen.method, request.rawHeaders) || isNavigation(seen.method, request.rawHeaders);
  response.setHeader('Set-Cookie', setPending(pending)(seen.cookies.suffix));
  if (!person) {
    refuse(request, response, site, new SallyportError('sign-in-required', 'the second factor comes first'), null);
    return;
  }
  response.writeHead(303, {
    Location: secondStep(seen),
    'Cache-Control': 'no-store',
    Vary: 'Cookie',
    'Content-Length': 0,
    'Referrer-Policy': REFERRER_POLICY,
  });
  response.end();
}

/** Shows a person what became of their sign-in at the app. */
export function answerStep(
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
  seen: Seen,
  result: Exclude<StepResult, { kind: 'plain' }>,
): void {
  if (result.kind === 'held') answerHeld(request, response, site, seen, result.pending);
  else {
    const { app, client, head, method } = seen;
    deliver(response, { method, asked: { app, client, host: head.host } }, result);
  }
}
