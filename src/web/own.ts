import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Express, NextFunction, Request, Response } from 'express';
import { asSallyportError, SallyportError } from '../errors.ts';
import { userAgentOf, wantsHtml } from '../request/head.ts';
import { needNetwork } from '../sessions/networks.ts';
import { checkOrigin, type Form, readForm } from './body.ts';
import { contextOf, type OwnContext, setContext } from './context.ts';
import { allowed, strictApp } from './express.ts';
import { connectSource } from './headers.ts';
import type { OrganisationLooks } from './looks.ts';
import { errorPage } from './pages/error.ts';
import type { Frame } from './pages/frame.ts';
import { readPrefs } from './prefs.ts';
import { type Answer, problem, retryHeader, send, showPage } from './reply.ts';
import { carryNext, safeNext } from './routes/next.ts';
import type { PageRequest, PostRoute, Route } from './routes/route.ts';
import { ownRoutes, type RouteParts } from './routes/table.ts';

export interface OwnParts extends RouteParts {
  /** Told of every failure that is ours rather than the person's. */
  readonly log: { error(fields: object, message: string): void };
}

/** Answers a request under the reserved prefix. Always answers; never calls on. */
export type OwnPages = (request: IncomingMessage, response: ServerResponse, context: OwnContext) => void;

function pageRequestOf(request: Request): PageRequest {
  const context = contextOf(request);
  const caller = {
    app: context.app,
    source: context.client.address,
    userAgent: userAgentOf(context.headers),
    browser: context.cookies.browser,
  };
  const parameter = request.params['parameter'];
  return {
    context,
    caller,
    frame: context.frame,
    prefs: readPrefs(context.cookies.prefs),
    parameter: typeof parameter === 'string' ? parameter : '',
  };
}

/** Where nobody is signed in yet, or somebody becomes it: there it stands whose page this is, as far as the host alone says. */
const OF_A_HOST = /^\/\.sallyport\/(?:sign-in|signed-out|enrol)(?:\/|$)/;

async function withOrganisation(looks: OrganisationLooks, page: PageRequest): Promise<PageRequest> {
  const { path, origin } = page.context;
  if (!OF_A_HOST.test(path)) return page;
  const organisation = await looks.atHost(new URL(origin).hostname);
  return organisation === null ? page : { ...page, frame: { ...page.frame, organisation } };
}

/** An error as the asker can use it. Also where something fails while an error is being shown. */
function errorAnswer(error: SallyportError, frame: Frame, page: boolean): Answer {
  if (!page) return problem(error);
  return showPage(error.status, errorPage(frame, error), retryHeader(error));
}

/** The language switch of a page that answers a form leads back to it with the form's own goal. */
function frameWith({ frame, context }: PageRequest, form: Form): Frame {
  const next = form.get('next');
  if (frame.here === null || next === undefined) return frame;
  const here = carryNext(frame.here, safeNext(next, context.app.target));
  return { ...frame, here: form.get('only') === 'yes' ? `${here}&only=yes` : here };
}

/** No language switch on the answer of an address that shows nothing by itself: it would lead to an error. */
function withoutWayBack(frame: Frame, shown: ReadonlySet<string>, path: string): Frame {
  return frame.here === path && !shown.has(path) ? { ...frame, here: null } : frame;
}

/** One state change: whose origin, then what body, then what is done. */
async function perform(route: PostRoute, request: Request, looks: OrganisationLooks): Promise<Answer> {
  const asked = pageRequestOf(request);
  const { headers, origin } = asked.context;
  checkOrigin(headers, origin);
  const form: Form = await readForm(request, headers, route);
  const page = await withOrganisation(looks, asked);
  const post = { ...page, form, frame: frameWith(page, form) };
  try {
    return await route.run(post);
  } catch (thrown) {
    if (form.kind === 'json' || route.again === undefined) throw thrown;
    const answer = await route.again(post, asSallyportError(thrown));
    if (answer === undefined) throw thrown;
    return answer;
  }
}

/** Throws `wrong-network`: a session shows and changes nothing of its account where it would open no app. */
function needOwnNetwork({ from }: Route, request: Request): void {
  const { session, client } = contextOf(request);
  if (session !== null && from !== 'anywhere') needNetwork(session, client.address);
}

function respond(request: Request, response: Response, answer: Answer): void {
  send(response, answer, contextOf(request).cookies.suffix);
}

function mount(app: Express, looks: OrganisationLooks, route: Route): void {
  const { get, post } = route;
  const at = app.route(route.path);
  if (get !== undefined)
    at.get(async (request, response) => {
      needOwnNetwork(route, request);
      respond(request, response, await get(await withOrganisation(looks, pageRequestOf(request))));
    });
  if (post !== undefined)
    at.post(async (request, response) => {
      needOwnNetwork(route, request);
      respond(request, response, await perform(post, request, looks));
    });
  at.all((_request, response) => {
    response.setHeader('Allow', allowed(get, post));
    throw new SallyportError('method-not-allowed', 'no such method at this address');
  });
}

/**
 * Sallyport's own pages under `/.sallyport/`. An Express app, since here there is a table of addresses; a proxied
 * request never comes near it.
 */
export function createOwn(parts: OwnParts): OwnPages {
  const app = strictApp({ origin: (request) => contextOf(request).origin, connect: connectSource });
  const routes = ownRoutes(parts);
  const shown = new Set(routes.filter(({ get }) => get !== undefined).map(({ path }) => path));
  for (const route of routes) mount(app, parts.looks, route);
  app.use(() => {
    throw new SallyportError('not-found', 'no such page of ours');
  });
  app.use((thrown: unknown, request: Request, response: Response, _next: NextFunction) => {
    const context = contextOf(request);
    const error = asSallyportError(thrown);
    // A full queue is no fault, nor is a lock-down, and a flood must not write a line of it each time.
    if (error.status >= 500 && error.code !== 'busy' && error.code !== 'locked-down')
      parts.log.error({ err: error, app: context.app.id }, 'a page of ours failed');
    const sentJson = context.headers.first('content-type')?.toLowerCase().startsWith('application/json') === true;
    const page = context.navigation || (wantsHtml(context.headers) && !sentJson);
    respond(request, response, errorAnswer(error, context.frame, page));
  });
  return (request, response, context) => {
    setContext(request, { ...context, frame: withoutWayBack(context.frame, shown, context.path) });
    // Routed by the target that was judged, not by a second reading of it.
    request.url = context.path;
    app(request, response);
  };
}
