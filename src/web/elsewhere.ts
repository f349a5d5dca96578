import type { ServerResponse } from 'node:http';
import { setImmediate as othersTurn } from 'node:timers/promises';
import type { CrossSiteConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Refusal } from '../gate/gate.ts';
import { readExactForm } from '../request/exact-form.ts';
import type { HeaderFields } from '../request/fields.ts';
import { isFormNavigation } from '../request/head.ts';
import { bodyKind, readBytes } from './body.ts';
import type { Exchange } from './exchange.ts';
import { frameOf } from './frames.ts';
import { renderOnward } from './pages/onward.ts';
import { answer } from './refuse.ts';
import type { ParsedRequest } from './requests.ts';

/** Bytes of the largest form that is taken on. */
const MOST_BYTES = 256 * 1024;
/** From its first byte until our page has left for the browser. */
const DEADLINE_MS = 30_000;
/** Forms on their way at one time, in all and from one address: what they take in memory is bounded by it. */
const MOST_FORMS = 64;
const MOST_OF_ONE = 8;

const MAX_AGE_SECONDS = 600;
const PREFLIGHT_METHODS: ReadonlySet<string> = new Set(['GET', 'POST']);
const FIELD_NAMES = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,64}$/;
const MOST_NAMES = 32;

/** A request of another site to a path that is listed for it, and what is done with it in place of a refusal. */
export type Elsewhere =
  | { readonly kind: 'form' }
  | { readonly kind: 'preflight'; readonly origin: string; readonly method: string; readonly names: string };

function listed({ head, origin, target, app }: ParsedRequest): CrossSiteConfig | undefined {
  if (head.origin === undefined || head.origin === origin || app.crossSite.length === 0) return undefined;
  const from = head.origin;
  return app.crossSite.find((entry) => entry.path === target.path && entry.from.includes(from));
}

function isForm(headers: HeaderFields): boolean {
  const type = headers.first('content-type') ?? '';
  return type.split(';', 1)[0]?.trim().toLowerCase() === 'application/x-www-form-urlencoded';
}

/** The names that a script wants to send, as they came; null when they are not a short list of field names. */
function askedNames(headers: HeaderFields): string | null {
  const value = headers.first('access-control-request-headers');
  if (value === undefined) return '';
  if (value.length > 1024) return null;
  const names = value.split(',').map((name) => name.trim());
  return names.length <= MOST_NAMES && names.every((name) => FIELD_NAMES.test(name)) ? names.join(', ') : null;
}

function preflightOf(headers: HeaderFields, parsed: ParsedRequest): Elsewhere | null {
  const method = headers.first('access-control-request-method');
  const names = askedNames(headers);
  // Any page of the world can have the origin `null`, so no script may read an answer by it.
  if (parsed.head.origin === undefined || parsed.head.origin === 'null' || names === null) return null;
  if (method === undefined || !PREFLIGHT_METHODS.has(method)) return null;
  return { kind: 'preflight', origin: parsed.head.origin, method, names };
}

/**
 * What a request that the gate has refused for want of a session is, where another site sent it to a path listed for that
 * site: browsers keep our cookie away from it (`SameSite=Lax`), so nobody knows yet whether there is a session. null: the
 * refusal stands.
 */
export function elsewhereOf({ headers, parsed }: Exchange, { challenge }: Refusal): Elsewhere | null {
  if (challenge !== 'sign-in' || parsed.cookies.session !== null || listed(parsed) === undefined) return null;
  if (parsed.method === 'OPTIONS') return preflightOf(headers, parsed);
  if (parsed.method !== 'POST' || !isFormNavigation('POST', headers) || !isForm(headers)) return null;
  return { kind: 'form' };
}

/** Whether forms of other sites are taken on at that address. */
export function takesForms({ app, target }: ParsedRequest): boolean {
  return app.crossSite.some((entry) => entry.path === target.path);
}

/** Answers a preflight (Fetch §4.8); the request itself is judged like any other when it comes. */
export function answerPreflight(response: ServerResponse, asked: Extract<Elsewhere, { kind: 'preflight' }>): void {
  response.writeHead(204, {
    'Access-Control-Allow-Origin': asked.origin,
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Methods': asked.method,
    ...(asked.names === '' ? {} : { 'Access-Control-Allow-Headers': asked.names }),
    'Access-Control-Max-Age': String(MAX_AGE_SECONDS),
    'Cache-Control': 'no-store',
    Vary: 'Origin',
  });
  response.end();
}

/** Forms of other sites on their way through our page. Keeps nothing of a form once its page has left. */
export class OnwardForms {
  readonly #under = new Map<string, number>();
  #all = 0;

  /** Reads the form and answers with the page that posts it once more. Rejects, having answered nothing. */
  async answer(exchange: Exchange): Promise<void> {
    const { request, response, headers, site, parsed } = exchange;
    this.#take(parsed.client.address, response);
    bodyKind(headers.first('content-type'), headers.first('content-encoding'));
    const deadline = setTimeout(() => request.socket.destroy(), DEADLINE_MS).unref();
    response.once('close', () => clearTimeout(deadline));
    const fields = readExactForm(await readBytes(request, headers, MOST_BYTES));
    await othersTurn();
    const page = renderOnward(
      frameOf({ headers, site, read: parsed, session: undefined }),
      { target: parsed.target.raw, fields },
      parsed.origin,
    );
    answer(exchange, 200, page);
  }

  /** A place until the answer has left or the browser has. Throws `busy` where there is none. */
  #take(source: string, response: ServerResponse): void {
    const own = this.#under.get(source) ?? 0;
    if (this.#all >= MOST_FORMS || own >= MOST_OF_ONE)
      throw new SallyportError('busy', 'too many forms of other sites at one time', { retryAfter: 5 });
    this.#all += 1;
    this.#under.set(source, own + 1);
    response.once('close', () => {
      this.#all -= 1;
      const left = (this.#under.get(source) ?? 1) - 1;
      if (left > 0) this.#under.set(source, left);
      else this.#under.delete(source);
    });
  }
}
