import { type ErrorCode, SallyportError } from '../errors.ts';

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const OUR_FAULT = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED', 'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH']);
const INVALID = new Set([
  ...[
    'UND_ERR_SOCKET',
    'UND_ERR_HEADERS_OVERFLOW',
    'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
    'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  ],
]);

function codeOf(error: unknown): string {
  // The parser's errors have a name; their code depends on the build of the parser.
  if (error instanceof Error && error.name === 'HTTPParserError') return 'HPE';
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

function kindOf(code: string): ErrorCode {
  if (TIMEOUTS.has(code)) return 'upstream-timeout';
  if (INVALID.has(code) || code.startsWith('HPE')) return 'upstream-invalid';
  if (code === 'UND_ERR_CLOSED' || code === 'UND_ERR_DESTROYED') return 'draining';
  return OUR_FAULT.has(code) ? 'bad-headers' : 'upstream-unreachable';
}

const BREAKS = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/** Whether a connection was closed by the other side, with or without a word. */
export function isBreak(error: unknown): boolean {
  return BREAKS.has(codeOf(error));
}

/** What went wrong with an upstream, as one of ours; the detail names the cause and holds no bytes of the answer. */
export function upstreamFailure(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  const code = codeOf(error);
  return new SallyportError(kindOf(code), `upstream: ${code || 'failed'}`, { cause: error });
}
