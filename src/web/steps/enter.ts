import type { IncomingMessage, ServerResponse } from 'node:http';
import { SallyportError } from '../../errors.ts';
import { Admission } from '../../gate/admission.ts';
import { isNavigation } from '../../request/head.ts';
import type { Asked, Inside } from '../console/inside.ts';
import { ADD_CHECKPOINT } from '../console/witness.ts';
import type { Exchange } from '../exchange.ts';
import { frameOf } from '../frames.ts';
import type { StepContext } from './context.ts';
import { note } from './refuse.ts';
import { ANSWERED, type Outcome } from './run.ts';

const BODY_MS = 30_000;

/** A body that we read ourselves arrives in time, or its connection ends. */
export function bodyInTime(request: IncomingMessage, response: ServerResponse): void {
  const deadline = setTimeout(() => {
    if (!request.complete) request.destroy();
  }, BODY_MS).unref();
  response.once('close', () => clearTimeout(deadline));
}

/** Addresses for programs, and all below them. */
const PROGRAMS = ['/api/v1', '/api/docs', '/scim/v2'];

function isForPrograms(path: string): boolean {
  return PROGRAMS.some((place) => path === place || path.startsWith(`${place}/`));
}

function askedOf(ctx: StepContext, exchange: Exchange): Asked {
  const { parsed, headers, site } = exchange;
  const { client, origin, method, target } = parsed;
  return {
    ...{ headers, client, origin, method, site },
    path: target.path,
    query: target.query ?? '',
    note: (error) => note(ctx, exchange, error),
  };
}

/**
 * The one way in besides a session: a program with a token, at the addresses for programs. Who judges the token has no session
 * to take in its place; a request that brings both says two things.
 */
export function program(ctx: StepContext, exchange: Exchange): Outcome {
  const { inside } = ctx.parts;
  const { parsed, request, response, headers } = exchange;
  if (inside === null || !isForPrograms(parsed.target.path)) return undefined;
  if (!/^bearer /i.test(headers.first('authorization') ?? '')) return undefined;
  if (parsed.cookies.session !== null) throw new SallyportError('bad-request', 'a token and the cookie of a session');
  bodyInTime(request, response);
  exchange.wantBody();
  inside.api(request, response, askedOf(ctx, exchange));
  return ANSWERED;
}

/**
 * A log that asks for a cosignature (C2SP tlog-witness), where we are a witness; elsewhere there is no such address. What it sends is
 * judged by its signature: no session and no token make any difference, and cookies are not looked at.
 */
export function witness(ctx: StepContext, exchange: Exchange): Outcome {
  const { inside } = ctx.parts;
  const { parsed, request, response, site } = exchange;
  if (inside === null || parsed.target.path !== ADD_CHECKPOINT) return undefined;
  if (site.config.record.witnessFor.length === 0) return undefined;
  bodyInTime(request, response);
  exchange.wantBody();
  inside.witness(request, response, askedOf(ctx, exchange));
  return ANSWERED;
}

/** An admitted request ends at pages of ours: what is sent when its session ends is cut. */
export function enter(ctx: StepContext, exchange: Exchange, inside: Inside): Outcome {
  const { streamed, parsed, request, response, headers, site } = exchange;
  if (!Admission.is(streamed, 'session') || streamed.session === null || !Admission.spend(streamed, ['session']))
    throw new SallyportError('internal', 'the console is entered with the admission of a session');
  const opening = streamed.session.onEnd(() => {
    if (response.headersSent) response.destroy();
  }, streamed);
  response.once('close', () => opening.leave());
  bodyInTime(request, response);
  exchange.wantBody();
  inside.pages(request, response, {
    ...askedOf(ctx, exchange),
    admission: streamed,
    cookies: parsed.cookies,
    navigation: isNavigation(parsed.method, headers),
    frame: frameOf({ headers, site, read: parsed, session: streamed.session }),
  });
  return ANSWERED;
}
