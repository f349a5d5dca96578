import type { ErrorCode, SallyportError } from '../../errors.ts';
import { type Html, html } from '../../lib/html.ts';
import { LockedDown } from '../../login/lock-down.ts';
import { WaitsForSecond } from '../../manage/second.ts';
import { PAGE_HEADERS, problemOf, styleInside } from '../headers.ts';
import type { Words } from '../words/shape.ts';
import { messageOf } from './complaint.ts';
import type { Frame } from './frame.ts';
import { helpWords, page, standsAlone } from './layout.ts';
import { lockDownNote } from './lock-down.ts';

import { act, breakable, waiting } from './parts.ts';
import { momentText } from './say.ts';

function titleOf({ errors, consoleWaiting }: Words, code: ErrorCode): string {
  const { titles } = errors;
  switch (code) {
    case 'sign-in-required':
    case 'step-up-required':
    case 'ticket-invalid':
    case 'not-found':
    case 'forbidden':
    case 'wrong-account':
    case 'wrong-network':
    case 'credentials-misplaced':
    case 'not-enrolled':
    case 'wrong-origin':
    case 'pending-expired':
    case 'too-many-attempts':
    case 'busy':
    case 'locked-down':
    case 'draining':
      return titles[code];
    case 'upstream-unreachable':
    case 'upstream-invalid':
    case 'upstream-timeout':
      return titles.upstream;
    case 'store-unavailable':
    case 'keys-unavailable':
    case 'clock-untrusted':
    case 'sealed-value-invalid':
      return titles.unavailable;
    case 'second-person':
      return consoleWaiting.title;
    default:
      return errors.title;
  }
}

/** What a person can do next, where there is something to do. */
function ways({ common, consoleWaiting, errors, lockDown }: Words, code: ErrorCode): Html {
  const toPortal = html`<a class="button quiet" href="/">${common.toPortal}</a>`;
  const toAccount = html`<a class="button quiet" href="/.sallyport/account">${common.toAccount}</a>`;
  switch (code) {
    case 'sign-in-required':
    case 'pending-expired':
    case 'ticket-invalid':
      return html`<div class="actions"><a class="button" href="/.sallyport/sign-in">${common.signIn}</a></div>`;
    case 'locked-down':
      return html`<div class="actions"><a class="button quiet" href="/.sallyport/sign-in">${lockDown.administrators}</a></div>`;
    case 'step-up-required':
      return html`<div class="actions"><a class="button" href="/.sallyport/sign-in/totp">${common.confirm}</a></div>`;
    case 'forbidden':
    case 'wrong-account':
    case 'conflict':
      return html`<div class="actions">${toAccount}${toPortal}</div>`;
    case 'second-person':
      // Said in the console alone.
      return html`<div class="actions"><a class="button" href="/waiting">${consoleWaiting.title}</a></div>`;
    case 'wrong-network':
    case 'credentials-misplaced':
    case 'not-enrolled':
    case 'not-found':
    case 'method-not-allowed':
    case 'wrong-origin':
    case 'bad-request':
    case 'bad-target':
    case 'target-too-long':
    case 'head-too-large':
    case 'request-too-slow':
    case 'bad-headers':
    case 'bad-cookie':
    case 'bad-body':
    case 'body-too-large':
    case 'unsupported-media-type':
    case 'wrong-credentials':
    case 'code-used':
    case 'passkey-refused':
      return html`<div class="actions">${toPortal}</div>`;
    case 'wrong-host':
      return html`<p>${errors.checkAddress}</p>`;
    default:
      return html``;
  }
}

/** Whoever meets these can be helped by those who look after accounts. */
const ASK: ReadonlySet<ErrorCode> = new Set(['forbidden', 'wrong-account', 'wrong-network', 'not-enrolled']);

/** Refused by what an account may do: who this browser is signed in as, and whom to ask. */
function whoAndWhom({ words, help, account }: Frame, error: SallyportError): Html {
  if (error.status !== 403) return html``;
  const { who } = words.errors;
  const asked = ASK.has(error.code);
  const contact = html`<div class="note small after"><p>${who.ask}</p>${helpWords(help)}</div>`;
  if (account === null) return asked ? contact : html``;
  return html`<dl class="facts one-person"><dt>${who.signedInAs}</dt><dd><strong>${breakable(account)}</strong></dd></dl>
${asked && contact}`;
}

/** The way to be somebody else, for whoever may not do this as who they are. */
function signOut({ words, account }: Frame, error: SallyportError): Html {
  if (error.status !== 403 || account === null) return html``;
  return html`<div class="others">${act('/.sallyport/sign-out', words.errors.who.signOut, 'text-button')}</div>`;
}

function said(frame: Frame, error: SallyportError): Html {
  if (error instanceof LockedDown) return lockDownNote(frame, error.lockDown);
  const until =
    error instanceof WaitsForSecond &&
    html`<p>${frame.words.consoleWaiting.proposed} <strong><bdi>${momentText(frame, error.until)}</bdi></strong></p>`;
  return html`<p>${messageOf(frame.words, error)}</p>${until}`;
}

/**
 * An error in words; never a byte of input, of the app's answer, or of the private detail. `script`: whether the answer's
 * policy lets one run.
 */
export function errorPage(frame: Frame, error: SallyportError, script = true): Html {
  const { title, body, counts } = errorParts(frame, error);
  return page(frame, { title, body, script: script && counts });
}

/** The same within another frame. `counts`: a script of ours counts down until a repeat can succeed. */
export function errorParts(frame: Frame, error: SallyportError): { title: string; body: Html; counts: boolean } {
  const { words } = frame;
  const wait = error.code === 'too-many-attempts' ? error.retryAfter : undefined;
  const shown = error.shown === undefined ? html`` : html`<br><bdi lang="en" dir="ltr">${error.shown}</bdi>`;
  // What waits is no error, and the page says it in words.
  const code =
    !(error instanceof WaitsForSecond) &&
    html`<p class="hint after">${words.errors.code} <bdi>${error.status} · ${error.code}</bdi>${shown}</p>`;
  const body = html`${wait === undefined ? said(frame, error) : waiting(words, wait)}
${whoAndWhom(frame, error)}
${ways(words, error.code)}
${signOut(frame, error)}
${code}`;
  return { title: titleOf(words, error.code), body, counts: wait !== undefined };
}

/** The headers of such a page. */
function headersFor(frame: Frame | null): Readonly<Record<string, string>> {
  if (frame === null || !standsAlone(frame)) return PAGE_HEADERS;
  const policy = PAGE_HEADERS['Content-Security-Policy'] ?? '';
  return { ...PAGE_HEADERS, 'Content-Security-Policy': styleInside(policy, frame.brand.style.source) };
}

export interface Rendered {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * A refusal as page, or without a frame as problem+json (RFC 9457), with every header but its length. For answers outside
 * of our own pages: the gate's, the forwarder's and the reader's.
 */
export function renderError(error: SallyportError, frame: Frame | null): Rendered {
  const retry =
    error.retryAfter === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(error.retryAfter))) };
  const type = frame === null ? 'application/problem+json; charset=utf-8' : 'text/html; charset=utf-8';
  const body = frame === null ? JSON.stringify(problemOf(error)) : errorPage(frame, error, false).text;
  return { headers: { ...headersFor(frame), ...retry, 'Content-Type': type }, body };
}
