import type { ErrorCode, SallyportError } from '../../errors.ts';
import { type Html, html } from '../../lib/html.ts';
import type { Help } from '../context.ts';
import { PAGE_HEADERS, problemOf } from '../headers.ts';
import { page } from './layout.ts';
import { inWords } from './words.ts';

const TITLES: Partial<Record<ErrorCode, string>> = {
  'sign-in-required': 'Please sign in',
  'ticket-invalid': 'This link is not open',
  'not-found': 'Page not found',
  forbidden: 'Not open to you',
  'wrong-origin': 'Please open the page again',
  'pending-expired': 'Please start again',
  'too-many-attempts': 'Please wait a little',
  'upstream-unreachable': 'The application is not available',
  'upstream-invalid': 'The application is not available',
  'upstream-timeout': 'The application is not available',
  'store-unavailable': 'Not available at the moment',
  'keys-unavailable': 'Not available at the moment',
  'clock-untrusted': 'Not available at the moment',
  'sealed-value-invalid': 'Not available at the moment',
  draining: 'Back in a moment',
};

/** What a person can do next, where there is something to do. */
function ways(code: ErrorCode): Html {
  switch (code) {
    case 'sign-in-required':
    case 'pending-expired':
    case 'ticket-invalid':
      return html`<div class="actions"><a class="button" href="/.sallyport/sign-in">Sign in</a></div>`;
    case 'forbidden':
      return html`<div class="actions"><a class="button quiet" href="/">Go to the start page</a><a class="button quiet" href="/.sallyport/account">Your account</a></div>`;
    case 'not-found':
    case 'method-not-allowed':
    case 'wrong-origin':
    case 'conflict':
      return html`<div class="actions"><a class="button quiet" href="/">Go to the start page</a></div>`;
    default:
      return html``;
  }
}

/** The public sentence of an error; for a wait, how long. */
export function messageOf(error: SallyportError): string {
  if (error.code !== 'too-many-attempts' || error.retryAfter === undefined) return error.publicMessage;
  return `Too many attempts. Please wait ${inWords(error.retryAfter)}, then try again.`;
}

/** An error in words; never a byte of input, of the app's answer, or of the private detail. */
export function errorPage(error: SallyportError, site: string | null, help: Help): Html {
  const title = TITLES[error.code] ?? 'That did not work';
  const body = html`<p>${messageOf(error)}</p>
${ways(error.code)}
<p class="hint after">Error ${error.status} · ${error.code}</p>`;
  return page({ title, site, help, body });
}

export interface Rendered {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * A refusal as page or as problem+json (RFC 9457), with every header but its length. For answers outside of our own
 * pages: the gate's, the forwarder's and the reader's.
 */
export function renderError(error: SallyportError, options: { help: Help; html: boolean }): Rendered {
  const retry =
    error.retryAfter === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(error.retryAfter))) };
  const type = options.html ? 'text/html; charset=utf-8' : 'application/problem+json; charset=utf-8';
  const body = options.html
    ? errorPage(error, null, options.help).text
    : JSON.stringify(problemOf(error, messageOf(error)));
  return { headers: { ...PAGE_HEADERS, ...retry, 'Content-Type': type }, body };
}
