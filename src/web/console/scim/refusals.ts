import { asSallyportError, type ErrorCode } from '../../../errors.ts';
import { errorBody, ScimError, type ScimType } from '../../../scim/error.ts';
import { type Answer, retryHeader } from '../../reply.ts';
import { detailOf, type Refused } from '../face.ts';

export const SCIM_JSON = 'application/scim+json; charset=utf-8';

/** What the words of the house are in those of RFC 7644 §3.12. */
const TYPES: Partial<Record<ErrorCode, readonly [status: number, scimType: ScimType | undefined]>> = {
  usage: [400, 'invalidValue'],
  'bad-body': [400, 'invalidSyntax'],
  conflict: [409, 'uniqueness'],
};

/** A refusal as a directory understands it; what of it is ours to log, else null. */
export function refused(thrown: unknown): Refused {
  if (thrown instanceof ScimError) return { answer: scimAnswer(thrown.status, errorBody(thrown)), error: null };
  const error = asSallyportError(thrown);
  const [status, scimType] = TYPES[error.code] ?? [error.status, undefined];
  const answer = scimAnswer(
    status,
    errorBody(new ScimError(status, scimType, detailOf(error) ?? error.publicMessage)),
    {
      ...retryHeader(error),
      ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    },
  );
  return { answer, error };
}

/** An answer in the media type of RFC 7644 §3.1. */
export function scimAnswer(
  status: number,
  body: object | null,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  if (body === null) return { status, headers, cookies: [], body: '' };
  return { status, headers: { ...headers, 'Content-Type': SCIM_JSON }, cookies: [], body: JSON.stringify(body) };
}
