import type { IncomingMessage, ServerResponse } from 'node:http';
import { SallyportError } from '../../../errors.ts';
import type { Clock } from '../../../lib/clock.ts';
import { ScimError } from '../../../scim/error.ts';
import { HSTS, PAGE_HEADERS } from '../../headers.ts';
import { type Answer, send } from '../../reply.ts';
import type { ApiRequest } from '../api/api.ts';
import { type ApiAsker, holdsToken } from '../api/asker.ts';
import { AskerRate } from '../api/rate.ts';
import { directoryOf } from './asked.ts';
import { refused } from './refusals.ts';
import { type Method, type Place, placeOf } from './table.ts';

const BASE = '/scim/v2';

export interface ScimParts {
  readonly clock: Clock;
  /** Told of every failure that is ours rather than the asker's. */
  readonly log: { error(fields: object, message: string): void };
}

/** A request that wants an answer. `who`: finds out whose token it is, and throws where nobody may. */
export interface Arrived {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly asked: ApiRequest;
  readonly who: () => Promise<ApiAsker>;
}

function isMethod(place: Place, method: string): method is Method {
  return Object.hasOwn(place, method);
}

function segmentsOf(path: string): readonly string[] {
  return path
    .slice(BASE.length + 1)
    .split('/')
    .map((segment) => decodeURIComponent(segment));
}

/** A face of the operations of directories (manage/directory.ts) by RFC 7644, for programs with a token. */
export class Scim {
  readonly #parts: ScimParts;
  readonly #rate = new AskerRate();

  constructor(parts: ScimParts) {
    this.#parts = parts;
  }

  /** Whether the path is one of SCIM. */
  static serves(path: string): boolean {
    return path === BASE || path.startsWith(`${BASE}/`);
  }

  /** Answers, always. */
  async answer(arrived: Arrived): Promise<void> {
    const { response, asked } = arrived;
    for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value);
    if (asked.origin.startsWith('https:')) response.setHeader('Strict-Transport-Security', HSTS);
    send(response, await this.#outcome(arrived), '');
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
      this.#parts.log.error({ err: error, app: 'console' }, 'SCIM failed');
    else if (error.status === 401 || error.status === 403) note(error);
  }

  async #answerTo({ request, response, asked }: Arrived, asker: ApiAsker): Promise<Answer> {
    const { path, query, headers, origin } = asked;
    if (holdsToken(path) || holdsToken(query))
      throw new ScimError(400, 'sensitive', 'a token belongs into the Authorization header');
    const found = placeOf(segmentsOf(path));
    if (found === undefined) throw new ScimError(404, undefined, 'there is nothing at this address');
    const method = asked.method === 'HEAD' ? 'GET' : asked.method;
    if (!isMethod(found.place, method)) {
      response.setHeader('Allow', Object.keys(found.place).join(', '));
      throw new SallyportError('method-not-allowed', 'no such method of SCIM');
    }
    const search = new URLSearchParams(query);
    const base = `${origin}${BASE}`;
    const whole = { request, headers, base, search, ...(await directoryOf(asker)) };
    return (await found.place[method]?.(whole, found.id)) ?? { status: 404, headers: {}, cookies: [], body: '' };
  }
}
