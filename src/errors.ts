/**
 * One error class, one closed union of codes. `message` is for the operator's log and may hold detail;
 * `publicMessage` is all that a client ever sees. Neither may hold a secret.
 */
const CODES = {
  'bad-request': [400, 'The request could not be understood.'],
  'bad-target': [400, 'This address is not in a form that is accepted here.'],
  'target-too-long': [414, 'The address of the request is longer than is accepted here.'],
  'head-too-large': [431, 'The headers of the request are larger than is accepted here.'],
  'request-too-slow': [408, 'The request took too long to arrive.'],
  'bad-headers': [400, 'The headers of the request contradict each other.'],
  'bad-body': [400, 'The form could not be read. Please go back and try again.'],
  'bad-cookie': [
    400,
    'Your browser sent one cookie with two different values. Please delete this site’s cookies and try again.',
  ],
  'body-too-large': [413, 'That is more than this form can take.'],
  'unsupported-media-type': [415, 'Send a form or JSON.'],
  'sign-in-required': [401, 'Please sign in.'],
  'wrong-credentials': [401, 'That did not match. Please check it and try again.'],
  'passkey-refused': [401, 'That passkey was not accepted. Please try again, or sign in another way.'],
  'code-used': [401, 'That code has already been used. Please wait for the next one.'],
  'pending-expired': [401, 'This took too long, or was finished in another tab or browser. Please start again.'],
  'ticket-invalid': [403, 'This link may have expired, been used already, or been mistyped. Please ask for a new one.'],
  'step-up-required': [403, 'Please confirm it’s you.'],
  forbidden: [403, 'Your account does not have access to this.'],
  'wrong-account': [
    403,
    'You are signed in here with a different account. Please sign in to the application with that same account.',
  ],
  'wrong-network': [
    403,
    'Your organisation lets its people in from its own networks only. Please try again from one of them.',
  ],
  'credentials-misplaced': [
    403,
    'For your protection, a name and password are accepted only on the sign-in page. Please sign in there.',
  ],
  'not-enrolled': [403, 'Your account has no second step for signing in yet. Please ask for an enrolment link.'],
  'wrong-origin': [403, 'The request did not come from this site. Please open the page again and try again there.'],
  'plain-http': [403, 'This site can only be reached over https.'],
  'not-found': [404, 'There is no such page.'],
  'method-not-allowed': [405, 'That is not possible here.'],
  'wrong-host': [421, 'This server does not serve that host name.'],
  'too-many-attempts': [429, 'Too many attempts. Please wait a little before you try again.'],
  'second-person': [409, 'It waits for a second person to confirm it. Nothing has changed yet.'],
  conflict: [409, 'Something changed in the meantime. Please start again.'],
  stale: [412, 'It was changed in the meantime. Please look at it again first.'],
  internal: [500, 'Something went wrong at our end. Nothing was changed.'],
  'upstream-unreachable': [502, 'The application cannot be reached at the moment. Please try again in a few minutes.'],
  'upstream-invalid': [502, 'The application gave an answer that could not be understood.'],
  'store-unavailable': [503, 'Signing in is not possible at the moment. Please try again in a few minutes.'],
  'keys-unavailable': [503, 'Signing in is not possible at the moment. Please try again in a few minutes.'],
  'clock-untrusted': [503, 'Signing in is not possible at the moment. Please try again in a few minutes.'],
  busy: [503, 'Many people are signing in at this moment. Please try again in a few seconds.'],
  'locked-down': [503, 'Signing in is closed for now. Please try again later.'],
  draining: [503, 'The server is being restarted. Please try again in a moment.'],
  'upstream-timeout': [504, 'The application took too long to answer. Please try again in a few minutes.'],
  'config-invalid': [500, 'The configuration is not valid.'],
  'sealed-value-invalid': [503, 'Signing in is not possible at the moment. Please try again in a few minutes.'],
  usage: [500, 'The command was not understood.'],
} as const satisfies Record<string, readonly [status: number, publicMessage: string]>;

export type ErrorCode = keyof typeof CODES;

/** Every code, in the order of the table. */
export const ERROR_CODES: readonly ErrorCode[] = Object.keys(CODES) as ErrorCode[]; // the keys of a literal are its codes

/** HTTP status that a code answers with. */
export function statusOf(code: ErrorCode): number {
  return CODES[code][0];
}

/** The sentence that the person sees; never depends on input. */
export function publicMessageOf(code: ErrorCode): string {
  return CODES[code][1];
}

export class SallyportError extends Error {
  readonly code: ErrorCode;
  /** Seconds after which a repeat can succeed; sent as Retry-After. */
  readonly retryAfter: number | undefined;
  /** More for the client too, in English: made of our own words and of numbers, never of what was sent. */
  readonly shown: string | undefined;

  constructor(
    code: ErrorCode,
    detail?: string,
    options: { cause?: unknown; retryAfter?: number; shown?: string } = {},
  ) {
    // Whoever sends nonsense by the thousand has it refused: where in the code is read by nobody, and costs more than all else here.
    const { stackTraceLimit } = Error;
    if (CODES[code][0] < 500) Error.stackTraceLimit = 0;
    super(detail ?? CODES[code][1], options.cause === undefined ? {} : { cause: options.cause });
    Error.stackTraceLimit = stackTraceLimit;
    this.name = 'SallyportError';
    this.code = code;
    this.retryAfter = options.retryAfter;
    this.shown = options.shown;
  }

  get status(): number {
    return CODES[this.code][0];
  }

  get publicMessage(): string {
    return CODES[this.code][1];
  }
}

/** Any thrown value as one of ours; what is not ours is `internal`, which refuses. */
export function asSallyportError(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  return new SallyportError('internal', error instanceof Error ? error.message : 'unknown failure', { cause: error });
}
