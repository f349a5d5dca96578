import { SallyportError } from '../../../errors.ts';
import { ScimError } from '../../../scim/error.ts';
import type { Answer } from '../../reply.ts';
import { type ApiAsker, holdsToken } from '../api/asker.ts';
import { type Arrived, Face, type FaceParts, segmentsBelow } from '../face.ts';
import { directoryOf } from './asked.ts';
import { refused } from './refusals.ts';
import { type Method, type Place, placeOf } from './table.ts';

const BASE = '/scim/v2';

function isMethod(place: Place, method: string): method is Method {
  return Object.hasOwn(place, method);
}

async function answerTo({ request, response, asked }: Arrived, asker: ApiAsker): Promise<Answer> {
  const { path, query, headers, origin } = asked;
  if (holdsToken(path) || holdsToken(query))
    throw new ScimError(400, 'sensitive', 'a token belongs into the Authorization header');
  const found = placeOf(segmentsBelow(BASE, path));
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

/** A face of the operations of directories (manage/directory.ts) by RFC 7644, for programs with a token. */
export class Scim {
  readonly #face: Face;

  constructor(parts: FaceParts) {
    this.#face = new Face(parts, { failed: 'SCIM failed', refused, answerTo });
  }

  /** Whether the path is one of SCIM. */
  static serves(path: string): boolean {
    return path === BASE || path.startsWith(`${BASE}/`);
  }

  /** Answers, always. */
  answer(arrived: Arrived): Promise<void> {
    return this.#face.answer(arrived);
  }
}
