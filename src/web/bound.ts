import type { ExchangeContext, StepResult } from '../binding/types.ts';
import { SallyportError } from '../errors.ts';
import { deliver } from '../proxy/deliver.ts';
import { isFormNavigation, isNavigation, userAgentOf } from '../request/head.ts';
import type { AnyExchange, Exchange } from './exchange.ts';
import { readPrefs } from './prefs.ts';
import { challenge, refuse } from './refuse.ts';
import { setPending } from './reply.ts';
import type { ParsedRequest } from './requests.ts';

const VERSION = /^[1-9][0-9]{0,14}$/;

/** What surrounds a request at an app whose own login is bound. */
export function exchangeContextOf(exchange: AnyExchange): ExchangeContext {
  const { parsed, headers, live, upgrade } = exchange;
  const { jar, visitor, browser, pending, suffix } = parsed.cookies;
  return {
    upstreams: live.forwarding.upstreams,
    origin: parsed.origin,
    query: parsed.target.query,
    upgrade,
    navigation: !upgrade && isNavigation(parsed.method, headers),
    visitor,
    suffix,
    pending,
    jarVersion: jar !== null && VERSION.test(jar) ? Number(jar) : 0,
    source: parsed.client.address,
    userAgent: userAgentOf(headers),
    browser,
    wantBody: () => {
      if (!exchange.upgrade) exchange.wantBody();
    },
  };
}

/** Where the second factor is asked for, by the way that this browser took last. */
function secondStep(parsed: ParsedRequest): string {
  const passkeys = parsed.app.relyingParty?.origins.includes(parsed.origin) === true;
  const passkey = passkeys && readPrefs(parsed.cookies.prefs).method === 'passkey';
  return `/.sallyport/sign-in/${passkey ? 'passkey' : 'totp'}?next=${encodeURIComponent(parsed.target.raw)}`;
}

/**
 * The password was right and nobody sees what the app said: a person who sent a form is asked for the second factor; a
 * script gets 401, since no redirect would help it.
 */
function answerHeld(exchange: Exchange, pending: string): void {
  const { parsed, headers, response } = exchange;
  response.setHeader('Set-Cookie', setPending(pending)(parsed.cookies.suffix));
  if (!isFormNavigation(parsed.method, headers) && !isNavigation(parsed.method, headers)) {
    refuse(exchange, new SallyportError('sign-in-required', 'the second factor comes first'), null);
    return;
  }
  challenge(response, secondStep(parsed));
}

/** Shows a person what became of their sign-in at the app. */
export function answerStep(exchange: Exchange, result: Exclude<StepResult, { kind: 'plain' }>): void {
  if (result.kind === 'held') answerHeld(exchange, result.pending);
  else {
    const { app, client, head, method } = exchange.parsed;
    deliver(exchange.response, { method, requested: { app, client, host: head.host } }, result);
  }
}
