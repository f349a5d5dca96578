import { asSallyportError, type ErrorCode, SallyportError } from '../../../errors.ts';
import { problemOf } from '../../headers.ts';
import { type Answer, retryHeader } from '../../reply.ts';
import { detailOf, type Refused } from '../face.ts';

/** Refusals that only programs meet, beside the codes of errors.ts. */
export const API_CODES = {
  stale: [412, 'It has changed since it was read. Read it again.'],
  'key-reused': [422, 'This Idempotency-Key came with another request before. Take a new one.'],
  'key-under-way': [409, 'The first request with this Idempotency-Key is still under way. Send it again in a moment.'],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ApiCode = keyof typeof API_CODES;

/** What is wrong with one field of the input. */
export interface Fault {
  /** Name, or path with dots; of our own where it is known, else what was sent, not at length. */
  readonly field: string;
  readonly message: string;
}

/** What was asked is not of the form that the operation has. `bad-request`, each field named. */
export class InputFault extends SallyportError {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super('bad-request', `fields: ${faults.map(({ field }) => field).join(', ')}`);
    this.faults = faults;
  }
}

/** A refusal that only programs meet. */
export class ApiRefusal extends Error {
  readonly code: ApiCode;

  constructor(code: ApiCode) {
    super(API_CODES[code][1]);
    this.code = code;
  }
}

/** Titles for programs, where the one for people speaks of pages. */
const TITLES: Partial<Record<ErrorCode, string>> = {
  'bad-request': 'The request is not of the form that this operation has.',
  'bad-body': 'The body of the request could not be read.',
  'body-too-large': 'The body is larger than this operation takes.',
  'unsupported-media-type': 'Send JSON: Content-Type: application/json.',
  'sign-in-required': 'A valid token is needed, or the session of a person at the console.',
  'step-up-required': 'This needs a factor that was used within five minutes.',
  'wrong-origin': 'A change by a session needs an Origin header with the console’s own origin.',
  forbidden: 'You may not do this.',
  'not-found': 'There is nothing here, or nothing that you may see.',
  'method-not-allowed': 'This address does not have that method.',
  'too-many-attempts': 'Too many requests. Wait as long as Retry-After says.',
  conflict: 'It cannot be done as things are.',
  busy: 'Too much of this is being done at the moment. Wait as long as Retry-After says.',
  'store-unavailable': 'This is not possible at the moment. Try again in a few minutes.',
  'sealed-value-invalid': 'What is kept of this is not what was written. Nothing of it is shown.',
};

const PROBLEM = 'application/problem+json; charset=utf-8';

function answer(status: number, body: object, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...headers, 'Content-Type': PROBLEM }, cookies: [], body: JSON.stringify(body) };
}

function refusalAnswer({ code }: ApiRefusal): Answer {
  const [status, title] = API_CODES[code];
  return answer(status, { type: `urn:sallyport:error:${code}`, title, status, code });
}

/** RFC 9457, for a program: the same codes as everywhere, and what is wrong with which field. */
export function refused(thrown: unknown): Refused {
  if (thrown instanceof ApiRefusal) return { answer: refusalAnswer(thrown), error: null };
  const error = asSallyportError(thrown);
  // What a command tells of its own misuse is a request that is wrong.
  const code = error.code === 'usage' ? 'bad-request' : error.code;
  const status = error.code === 'usage' ? 400 : error.status;
  const title = TITLES[code] ?? error.publicMessage;
  const detail = detailOf(error);
  const faults = error instanceof InputFault ? { errors: error.faults } : {};
  const { retry_after } = problemOf(error);
  const body = {
    ...{ type: `urn:sallyport:error:${code}`, title, status, code },
    ...(detail === undefined ? {} : { detail }),
    ...faults,
    ...(retry_after === undefined ? {} : { retry_after }),
  };
  const challenge: Record<string, string> = status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {};
  return { answer: answer(status, body, { ...retryHeader(error), ...challenge }), error };
}
