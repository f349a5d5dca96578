import type { IncomingMessage } from 'node:http';
import type { Express, NextFunction, Request, Response } from 'express';
import { asSallyportError, SallyportError } from '../../errors.ts';
import { html } from '../../lib/html.ts';
import { wantsHtml } from '../../request/head.ts';
import { checkOrigin, type Form, readForm } from '../body.ts';
import { allowed, strictApp } from '../express.ts';
import { errorPage, errorParts } from '../pages/error.ts';
import { type Answer, problem, retryHeader, send, showPage } from '../reply.ts';
import { Api } from './api/api.ts';
import type { ApiAsker } from './api/asker.ts';
import { type ConsoleContext, type ConsoleParts, contextFor } from './context.ts';
import { type ExportParts, Exports } from './evidence/exports.ts';
import type { Entry, Inside } from './inside.ts';
import { StreamPlaces } from './live/places.ts';
import { confirmPage } from './pages/confirm.ts';
import { noRolePage } from './pages/no-role.ts';
import { consolePage } from './pages/shell.ts';
import type { ConsolePostRoute, ConsoleRequest, ConsoleRoute } from './routes/route.ts';
import { consoleRoutes } from './routes/table.ts';
import { Scim } from './scim/scim.ts';
import { WitnessDoor } from './witness.ts';

/** Kept outside of the requests, so that nothing in them can be mistaken for it. */
const entries = new WeakMap<IncomingMessage, Entry>();
const contexts = new WeakMap<IncomingMessage, ConsoleContext>();

/** Throws when the request did not come by way of web/steps/enter.ts. */
function entryOf(request: IncomingMessage): Entry {
  const entry = entries.get(request);
  if (entry === undefined) throw new TypeError('a request without entry');
  return entry;
}

/** Throws for a request of somebody who may not be here. */
function requestOf(request: Request): ConsoleRequest {
  const context = contexts.get(request);
  if (context === undefined) throw new SallyportError('forbidden', 'nobody of the console');
  const params = Object.entries(request.params).flatMap(([name, value]) =>
    typeof value === 'string' ? [[name, value]] : [],
  );
  return { context, params: Object.fromEntries(params), socket: request.socket };
}

/** The page that asks for the factor, and sends the form after it. */
async function confirmAnswer(
  { context }: ConsoleRequest,
  { fields, file }: ConsolePostRoute,
  form: Form,
): Promise<Answer> {
  const { frame, path, query, ways } = context;
  const typed = fields.flatMap((name) => {
    const value = form.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  const target = query === '' ? path : `${path}?${query}`;
  return showPage(403, confirmPage(frame, { target, fields: typed, long: file !== undefined, ways: await ways() }));
}

/** One state change: whose origin, then what body, then what is done. */
async function perform(route: ConsolePostRoute, request: Request): Promise<Answer> {
  const asked = requestOf(request);
  const { headers, origin, note } = asked.context;
  checkOrigin(headers, origin);
  const form = await readForm(request, headers, route);
  try {
    return await route.run({ ...asked, form });
  } catch (thrown) {
    const error = asSallyportError(thrown);
    if (form.kind === 'json') throw error;
    if (error.code === 'step-up-required') {
      note(error);
      return confirmAnswer(asked, route, form);
    }
    const answer = await route.again?.({ ...asked, form }, error);
    if (answer === undefined) throw error;
    return answer;
  }
}

function respond(request: Request, response: Response, answer: Answer): void {
  send(response, answer, entryOf(request).cookies.suffix);
}

/** What was found out for somebody whose session has ended meanwhile is not told. */
function stillHere(request: Request, answer: Answer): void {
  if (contexts.get(request)?.session.ended === false) return;
  answer.pieces?.stop();
  throw new SallyportError('sign-in-required', 'ended meanwhile');
}

function mount(app: Express, { path, get, post }: ConsoleRoute): void {
  const at = app.route(path);
  if (get !== undefined)
    at.get(async (request, response) => {
      const answer = await get(requestOf(request));
      stillHere(request, answer);
      respond(request, response, answer);
    });
  if (post !== undefined)
    at.post(async (request, response) => respond(request, response, await perform(post, request)));
  at.all((_request, response) => {
    response.setHeader('Allow', allowed(get, post));
    throw new SallyportError('method-not-allowed', 'no such method at this address');
  });
}

/** Nobody gets to any page but through here: who has no role is told so, whatever they asked for. */
function admitPeople(parts: ConsoleParts) {
  return async (request: Request, _response: Response, next: NextFunction): Promise<void> => {
    const context = await contextFor(parts, entryOf(request));
    if (context.account.roles.length === 0) throw new NoRole();
    contexts.set(request, context);
    next();
  };
}

/** Somebody who has no role here. */
class NoRole extends SallyportError {
  constructor() {
    super('forbidden', 'no role at the console');
  }
}

/** What cannot be meant is a fault of ours where a command says it, and of the request here. */
function forPeople(error: SallyportError): SallyportError {
  return error.code === 'usage' ? new SallyportError('bad-request', error.message, { cause: error }) : error;
}

/** An error with the ways on that somebody has who is signed in here, and is so still. */
function errorInside(error: SallyportError, frame: Entry['frame'], inside: ConsoleContext | undefined) {
  if (inside === undefined || inside.session.ended !== false) return errorPage(frame, error);
  const { title, body } = errorParts(inside.frame, error);
  return consolePage(inside, { title, body: html`<div class="told">${body}</div>` });
}

/** An error as the asker can use it. */
function errorAnswer(error: SallyportError, { headers, navigation, frame }: Entry, inside?: ConsoleContext): Answer {
  const sentJson = headers.first('content-type')?.toLowerCase().startsWith('application/json') === true;
  if (!navigation && (!wantsHtml(headers) || sentJson)) return problem(error);
  const page = error instanceof NoRole ? noRolePage(frame) : errorInside(error, frame, inside);
  return showPage(error.status, page, retryHeader(error));
}

function told({ log }: ConsoleParts, error: SallyportError, { note }: Entry): void {
  // A full queue is no fault, and a flood must not write a line of it each time.
  if (error.status >= 500 && error.code !== 'busy')
    log.error({ err: error, app: 'console' }, 'a page of the console failed');
  else if (error.status === 403 || error.status === 401) note(error);
}

function pagesOf(parts: ConsoleParts): Inside['pages'] {
  const app = strictApp({ origin: (request) => entryOf(request).origin, connect: (origin) => `${origin}/` });
  app.use(admitPeople(parts));
  for (const route of consoleRoutes()) mount(app, route);
  app.use(() => {
    throw new SallyportError('not-found', 'no such page of the console');
  });
  app.use((thrown: unknown, request: Request, response: Response, _next: NextFunction) => {
    const entry = entryOf(request);
    const error = forPeople(asSallyportError(thrown));
    told(parts, error, entry);
    respond(request, response, errorAnswer(error, entry, contexts.get(request)));
  });
  return (request, response, entry) => {
    entries.set(request, entry);
    // Routed by the target that was judged, not by a second reading of it.
    request.url = entry.path;
    app(request, response);
  };
}

/** A person, by their session, as programs are answered. */
async function personOf(parts: ConsoleParts, entry: Entry): Promise<ApiAsker> {
  const { account, manage, session } = await contextFor(parts, entry);
  if (account.roles.length === 0) throw new NoRole();
  const { seal } = parts;
  return {
    holder: `account:${account.id}`,
    browser: true,
    manage: { ...manage, seal },
    over: () => session.ended !== false,
  };
}

/**
 * The console: an Express app that is handed requests by web/steps/enter.ts alone, each with its admission. It judges no
 * session; it asks what the account may do.
 */
export function createConsole(given: Omit<ConsoleParts, 'exports' | 'streams'> & ExportParts): Inside {
  const parts: ConsoleParts = { ...given, exports: new Exports(given), streams: new StreamPlaces() };
  const pages = pagesOf(parts);
  const api = new Api(parts);
  const scim = new Scim(parts);
  const witness = new WitnessDoor(parts);
  return {
    pages: (request, response, entry) => {
      if (!Api.serves(entry.path)) return pages(request, response, entry);
      void api.answer({ request, response, asked: entry, who: () => personOf(parts, entry) });
    },
    api: (request, response, asked) => {
      const { headers, client, site } = asked;
      const face = Scim.serves(asked.path) ? scim : api;
      void face.answer({ request, response, asked, who: () => api.tokenAsker(headers, client.address, site.config) });
    },
    witness: (request, response, asked) => void witness.answer(request, response, asked),
  };
}
