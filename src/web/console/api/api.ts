import type { ServerResponse } from 'node:http';
import { SallyportError } from '../../../errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { Random } from '../../../lib/random.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import type { Seal } from '../../../store/seal.ts';
import type { Store } from '../../../store/types.ts';
import type { Answer } from '../../reply.ts';
import type { Exports } from '../evidence/exports.ts';
import { type Arrived, Face, type FaceRequest, segmentsBelow } from '../face.ts';
import { type ApiAsker, holdsToken, Tokens } from './asker.ts';
import type { Asking } from './asking.ts';
import { change } from './change.ts';
import { docsAnswer } from './docs.ts';
import { handOut } from './hand-out.ts';
import { Keys } from './keys.ts';
import { documentAnswer } from './openapi.ts';
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

const notThere = () => new SallyportError('not-found', 'no such address of the API');

function allowOf({ at }: Place): string {
  const methods = [...at.keys()].flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return [...methods, 'OPTIONS'].join(', ');
}

/** A face of the tables of `manage/` for programs, and for scripts of pages of the console. */
export class Api {
  readonly #parts: ApiParts;
  readonly #tokens: Tokens;
  readonly #keys: Keys;
  readonly #face: Face;

  constructor(parts: ApiParts) {
    this.#parts = parts;
    this.#tokens = new Tokens(parts);
    this.#keys = new Keys(parts);
    this.#face = new Face(parts, {
      failed: 'the API failed',
      refused,
      answerTo: (arrived, asker) => this.#answerTo(arrived, asker),
    });
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
  answer(arrived: Arrived): Promise<void> {
    return this.#face.answer(arrived);
  }

  async #answerTo({ request, response, asked }: Arrived, asker: ApiAsker): Promise<Answer> {
    const { method, path, query } = asked;
    const shown = 'A token belongs into the Authorization header: what stands in an address is kept by many.';
    if (holdsToken(query) || holdsToken(path)) throw new SallyportError('bad-request', shown, { shown });
    const own = path === DOCUMENT ? documentAnswer : path === DOCS ? docsAnswer : undefined;
    if (own !== undefined) return this.#readOnly(response, asked, own);
    const place = path === BASE ? undefined : placeOf(segmentsBelow(BASE, path));
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

  #readOnly(response: ServerResponse, asked: FaceRequest, own: (asked: FaceRequest) => Answer): Answer {
    const allow = 'GET, HEAD, OPTIONS';
    if (asked.method === 'OPTIONS') return { status: 204, headers: { Allow: allow }, cookies: [], body: '' };
    if (asked.method === 'GET' || asked.method === 'HEAD') return own(asked);
    response.setHeader('Allow', allow);
    throw new SallyportError('method-not-allowed', 'the document of the API is read');
  }
}
