/** Words of RFC 7644 §3.12, table 9, that are sent beside a status. */
export type ScimType =
  | 'invalidFilter'
  | 'tooMany'
  | 'uniqueness'
  | 'mutability'
  | 'invalidSyntax'
  | 'invalidPath'
  | 'noTarget'
  | 'invalidValue'
  | 'invalidVers'
  | 'sensitive';

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** A refusal that the client is told: `detail` is English, of our own words and at most a beginning of what was sent. */
export class ScimError extends Error {
  /** HTTP status. */
  readonly status: number;
  readonly scimType: ScimType | undefined;

  constructor(status: number, scimType: ScimType | undefined, detail: string) {
    // Whoever sends nonsense by the thousand has it refused; where in the code is read by nobody.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(detail);
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'ScimError';
    this.status = status;
    this.scimType = scimType;
  }
}

/** A 400 of a kind. */
export function fault(scimType: ScimType, detail: string): ScimError {
  return new ScimError(400, scimType, detail);
}

/** What is repeated of what was sent: its beginning, quoted, so that nobody's megabyte comes back. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
}

/** The body of an answer by RFC 7644 §3.12; the status is text there. */
export function errorBody(error: ScimError): object {
  return {
    schemas: [ERROR_SCHEMA],
    status: String(error.status),
    ...(error.scimType === undefined ? {} : { scimType: error.scimType }),
    detail: error.message,
  };
}
