import { type ErrorCode, SallyportError } from '../errors.ts';

const TIMEOUTS = new Set(['CONNECT_TIMEOUT', 'ETIMEDOUT']);

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}

function kindOf(code: string): ErrorCode {
  if (TIMEOUTS.has(code)) return 'upstream-timeout';
  // HPE: of Node's parser, by which the answer to an upgrade is read.
  return code === 'BROKEN_OFF' || code.startsWith('HPE') ? 'upstream-invalid' : 'upstream-unreachable';
}

const BREAKS = new Set(['BROKEN_OFF', 'ECONNRESET', 'EPIPE']);

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

/** What an answer is refused by that cannot be read or passed on. */
export function asUnusable(error: unknown): SallyportError {
  return error instanceof SallyportError ? error : new SallyportError('upstream-invalid', 'unusable head');
}
