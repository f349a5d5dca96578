import type { ServerResponse } from 'node:http';
import type { SallyportError } from '../errors.ts';
import type { Html } from '../lib/html.ts';
import {
  BROWSER_COOKIE,
  CEREMONY_COOKIE,
  JAR_COOKIE,
  PENDING_COOKIE,
  PREFS_COOKIE,
  SESSION_COOKIE,
  VISITOR_COOKIE,
} from '../request/cookies.ts';
import type { BodyKind } from './body.ts';
import { formsMayLeave, problemOf } from './headers.ts';
import { type Pieces, pour } from './pour.ts';

/**
 * A Set-Cookie of ours that waits for what its name ends in at the address it is sent from (`OwnCookies.suffix`), so that
 * none can be sent without it.
 */
export type OwnCookie = (suffix: string) => string;

/** An answer of one of our own addresses, as a value; own.ts writes it. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly OwnCookie[];
  readonly body: string | Buffer;
  /** In place of a body: sent as it is made, its length unknown. */
  readonly pieces?: Pieces;
  /** The page's form ends at the app, which may send the browser on to anywhere. */
  readonly leaves?: true;
}

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json; charset=utf-8';
const PROBLEM = 'application/problem+json; charset=utf-8';

export function showPage(status: number, page: Html, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { ...headers, 'Content-Type': HTML }, cookies: [], body: page.text };
}

/** A page that asks for a code or a passkey: its form ends at the app. */
export function codePageAnswer(status: number, page: Html, headers: Readonly<Record<string, string>> = {}): Answer {
  return { ...showPage(status, page, headers), leaves: true };
}

export function json(value: unknown): Answer {
  return { status: 200, headers: { 'Content-Type': JSON_TYPE }, cookies: [], body: JSON.stringify(value) };
}

/** Seconds to wait, for an answer of 429. */
export function retryHeader(error: SallyportError): Record<string, string> {
  return error.retryAfter === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(error.retryAfter))) };
}

/** RFC 9457. */
export function problem(error: SallyportError): Answer {
  const body = JSON.stringify(problemOf(error));
  return { status: error.status, headers: { ...retryHeader(error), 'Content-Type': PROBLEM }, cookies: [], body };
}

/** 303: whatever the method was, the browser asks for the location with GET. `location` is a path of this origin. */
export function see(location: string): Answer {
  return { status: 303, headers: { Location: location }, cookies: [], body: '' };
}

/** A step that was done: JSON is told where to go on, a form is sent there. */
export function done(kind: BodyKind, next: string, more: Readonly<Record<string, unknown>> = {}): Answer {
  return kind === 'json' ? json({ ok: true, next, ...more }) : see(next);
}

export function withCookies(answer: Answer, ...cookies: readonly OwnCookie[]): Answer {
  return { ...answer, cookies: [...answer.cookies, ...cookies] };
}

export function withHeaders(answer: Answer, headers: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

const ATTRIBUTES = 'Path=/; Secure; HttpOnly; SameSite=Lax';
const HALF_A_YEAR = 15_552_000;
/** A ceremony lasts 5 minutes at most; its cookie a little longer, for the answer that comes at the last moment. */
const CEREMONY_SECONDS = 600;

function own(name: string, value: string | number, seconds?: number): OwnCookie {
  const life = seconds === undefined ? '' : `; Max-Age=${seconds}`;
  return (suffix) => `${name}${suffix}=${value}; ${ATTRIBUTES}${life}`;
}

/** Without Max-Age the browser forgets them when it closes; the server's own limits hold besides. */
export const setSession = (value: string): OwnCookie => own(SESSION_COOKIE, value);
export const setPending = (value: string): OwnCookie => own(PENDING_COOKIE, value);
export const setBrowser = (value: string): OwnCookie => own(BROWSER_COOKIE, value, HALF_A_YEAR);
export const setCeremony = (value: string): OwnCookie => own(CEREMONY_COOKIE, value, CEREMONY_SECONDS);
export const setPrefs = (value: string): OwnCookie => own(PREFS_COOKIE, value, HALF_A_YEAR);
export const setVisitor = (value: string): OwnCookie => own(VISITOR_COOKIE, value);
export const setJar = (version: number): OwnCookie => own(JAR_COOKIE, version);
export const CLEAR_SESSION = own(SESSION_COOKIE, '', 0);
export const CLEAR_PENDING = own(PENDING_COOKIE, '', 0);

/** Writes an answer. The caller has set the headers that all answers share; those of the answer come on top. */
export function send(response: ServerResponse, answer: Answer, suffix: string): void {
  if (response.destroyed || response.headersSent) {
    answer.pieces?.stop();
    response.destroy();
    return;
  }
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  if (answer.leaves === true) {
    const policy = response.getHeader('Content-Security-Policy');
    if (typeof policy === 'string') response.setHeader('Content-Security-Policy', formsMayLeave(policy));
  }
  // The same for everybody: a cache that keeps it must not keep one copy per cookie.
  if (answer.headers['Cache-Control']?.startsWith('public') === true) response.removeHeader('Vary');
  if (answer.cookies.length > 0)
    response.setHeader(
      'Set-Cookie',
      answer.cookies.map((cookie) => cookie(suffix)),
    );
  if (answer.pieces === undefined) response.setHeader('Content-Length', Buffer.byteLength(answer.body));
  // A body that nobody will read must not be waited for on a connection kept open.
  if (!response.req.complete) response.setHeader('Connection', 'close');
  // Who asks for the head alone takes no piece, and waits for none.
  if (answer.pieces !== undefined && response.req.method === 'HEAD') {
    answer.pieces.stop();
    response.end();
  } else if (answer.pieces === undefined) response.end(answer.body);
  else void pour(response, answer.pieces);
}
