import type { IncomingMessage, ServerResponse } from 'node:http';
import { SallyportError } from '../../../errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Random } from '../../../lib/random.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import type { Seal } from '../../../store/seal.ts';
import type { Store } from '../../../store/types.ts';
import { HSTS, PAGE_HEADERS } from '../../headers.ts';
import { type Answer, send } from '../../reply.ts';
import type { Exports } from '../evidence/exports.ts';
import { type ApiAsker, holdsToken, Tokens } from './asker.ts';
import type { Asking } from './asking.ts';
import { change } from './change.ts';
import { docsAnswer } from './docs.ts';
import { handOut } from './hand-out.ts';
import { Keys } from './keys.ts';
import { documentAnswer } from './openapi.ts';
import { AskerRate } from './rate.ts';
import { refused } from './refusals.ts';
import { show } from './show.ts';
import { BASE, type Place, placeOf } from './table.ts';

/** The document of all of it, and the page that shows it. */
export const DOCUMENT = `${BASE}/openapi.json`;
export const DOCS = '/api/docs';

export interface ApiParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly seal: Seal;
  readonly exports: Exports;
  /** Told of every failure that is ours rather than the asker's. */
  readonly log: { error(fields: object, message: string): void };
}

/** A request as the steps of the server have read it. */
export interface ApiRequest {
  readonly headers: HeaderFields;
  /** Scheme, host and port, as a browser writes them into `Origin`. */
  readonly origin: string;
  readonly method: string;
  /** Path of the canonical target. */
  readonly path: string;
  /** Raw query without its question mark; empty when there is none. */
  readonly query: string;
  /** Puts a refusal on record, and into the log. */
  readonly note: (error: SallyportError) => void;
}

/** A request that wants an answer. `who`: finds out who asks, and throws where nobody may. */
export interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: ApiRequest;
  readonly who: () => Promise<ApiAsker>;
}

const notThere = () => new SallyportError('not-found', 'no such address of the API');

/** Segments below the base, decoded once; the target was judged to be read in one way. */
function segmentsOf(path: string): readonly string[] {
  return path
    .slice(BASE.length + 1)
    .split('/')
    .map((segment) => decodeURIComponent(segment));
}

function allowOf({ at }: Place): string {
  const methods = [...at.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...methods, 'OPTIONS'].join(', ');
}

/** A face of the tables of `manage/` for programs, and for scripts of pages of the console. */
export class Api {
  readonly #parts: ApiParts;
  readonly #tokens: Tokens;
  readonly #keys: Keys;
  readonly #rate = new AskerRate();

  constructor(parts: ApiParts) {
    this.#parts = parts;
    this.#tokens = new Tokens(parts);
    this.#keys = new Keys(parts);
  }

  /** Whether the path is one of the API. */
  static serves(path: string): boolean {
    return path === DOCS || path === BASE || path.startsWith(`${BASE}/`);
  }

  /** Whoever shows a token. Throws `sign-in-required`, `too-many-attempts`. */
  tokenAsker(headers: HeaderFields, source: string, config: ApiAsker['manage']['config']): Promise<ApiAsker> {
    return this.#tokens.asker(headers, source, config);
  }

  /** Answers, always. */
  async answer({ request, response, asked, who }: Arrived): Promise<void> {
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    if (asked.origin.startsWith('https:')) response.setHeader('Strict-Transport-Security', HSTS);
    send(response, await this.#outcome({ request, response, asked, who }), '');
  }

  async #outcome(arrived: Arrived): Promise<Answer> {
    try {
      const asker = await arrived.who();
      this.#rate.take(asker.holder, this.#parts.clock.monotonic());
      return await this.#answerTo(arrived, asker);
    } catch (thrown) {
      const { answer, error } = refused(thrown);
      if (error !== null) this.#told(error, arrived.asked);
      return answer;
    }
  }

  #told(error: SallyportError, { note }: ApiRequest): void {
    if (error.status >= 500 && error.code !== 'usage' && error.code !== 'busy')
      this.#parts.log.error({ err: error, app: 'console' }, 'the API failed');
    else if (error.status === 401 || error.status === 403) note(error);
  }

  async #answerTo({ request, response, asked }: Arrived, asker: ApiAsker): Promise<Answer> {
    const { method, path, query } = asked;
    const shown = 'A token belongs into the Authorization header: what stands in an address is kept by many.';
    if (holdsToken(query) || holdsToken(path)) throw new SallyportError('bad-request', shown, { shown });
    const own = path === DOCUMENT ? documentAnswer : path === DOCS ? docsAnswer : undefined;
    if (own !== undefined) return this.#readOnly(response, asked, own);
    const place = path === BASE ? undefined : placeOf(segmentsOf(path));
    if (place === undefined) throw notThere();
    if (method === 'OPTIONS') return { status: 204, headers: { Allow: allowOf(place) }, cookies: [], body: '' };
    const found = place.at.get(method === 'HEAD' ? 'GET' : method);
    if (found === undefined) {
      response.setHeader('Allow', allowOf(place));
      throw new SallyportError('method-not-allowed', 'no such method of the API');
    }
    const asking: Asking = { ...asked, ...found, request, asker };
    if (found.operation.file) return handOut(asking, this.#parts.exports);
    return found.operation.method === 'GET' ? show(asking) : change(asking, this.#keys);
  }

  #readOnly(response: ServerResponse, asked: ApiRequest, own: (asked: ApiRequest) => Answer): Answer {
    const allow = 'GET, HEAD, OPTIONS';
    if (asked.method === 'OPTIONS') return { status: 204, headers: { Allow: allow }, cookies: [], body: '' };
    if (asked.method === 'GET' || asked.method === 'HEAD') return own(asked);
    response.setHeader('Allow', allow);
    throw new SallyportError('method-not-allowed', 'the document of the API is read');
  }
}
