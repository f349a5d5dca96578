import type { ExchangeContext, StepContext, StepResult } from '../binding/types.ts';
import { SallyportError } from '../errors.ts';
import { deliver } from '../proxy/deliver.ts';
import { isFormNavigation, isNavigation, userAgentOf } from '../request/head.ts';
import type { AnyExchange, Exchange } from './exchange.ts';
import { readPrefs } from './prefs.ts';
import { challenge, refuse } from './refuse.ts';
import { setPending } from './reply.ts';
import type { ParsedRequest } from './requests.ts';

const VERSION = /^[1-9][0-9]{0,14}$/;

/**
 * What surrounds a request at an app whose own login is bound; what few requests are asked for is found out when it is. Nothing of it
 * changes while the request is on its way.
 */
class Surroundings implements ExchangeContext {
  readonly #exchange: AnyExchange;
  readonly upstreams: ExchangeContext['upstreams'];
  readonly origin: string;
  readonly query: string | null;
  readonly upgrade: boolean;
  readonly navigation: boolean;

  constructor(exchange: AnyExchange) {
    const { parsed, headers, live, upgrade } = exchange;
    this.#exchange = exchange;
    this.upstreams = live.forwarding.upstreams;
    this.origin = parsed.origin;
    this.query = parsed.target.query;
    this.upgrade = upgrade;
    this.navigation = !upgrade && isNavigation(parsed.method, headers);
  }

  get visitor(): string | null {
    return this.#exchange.parsed.cookies.visitor;
  }

  get suffix(): string {
    return this.#exchange.parsed.cookies.suffix;
  }

  get pending(): string | null {
    return this.#exchange.parsed.cookies.pending;
  }

  get browser(): string | null {
    return this.#exchange.parsed.cookies.browser;
  }

  get jarVersion(): number {
    const { jar } = this.#exchange.parsed.cookies;
    return jar !== null && VERSION.test(jar) ? Number(jar) : 0;
  }

  get source(): string {
    return this.#exchange.parsed.client.address;
  }

  get userAgent(): string {
    return userAgentOf(this.#exchange.headers);
  }

  wantBody(): void {
    if (!this.#exchange.upgrade) this.#exchange.wantBody();
  }
}

/** The same for what may be a step of a sign-in. */
class StepSurroundings extends Surroundings implements StepContext {
  readonly needStanding: () => void;

  constructor(exchange: AnyExchange, needStanding: () => void) {
    super(exchange);
    this.needStanding = needStanding;
  }
}

/** What surrounds a request: made once, for all steps. */
export function exchangeContextOf(exchange: AnyExchange): ExchangeContext {
  exchange.context ??= new Surroundings(exchange);
  return exchange.context;
}

/** What surrounds a step of a sign-in, which asks before it goes on whether it may. */
export function stepContextOf(exchange: AnyExchange, needStanding: () => void): StepContext {
  return new StepSurroundings(exchange, needStanding);
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
