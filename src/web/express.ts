import type { IncomingMessage } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { CSP, HSTS, PAGE_HEADERS, PERMISSIONS_POLICY, REFERRER_POLICY, scriptSource } from './headers.ts';

/** What the headers of an app's answers depend on, for each request. */
export interface AppHeaders {
  /** Scheme, host and port of the page; helmet hands over a bare request. */
  readonly origin: (request: IncomingMessage) => string;
  /** What scripts of its pages may ask, by their origin. */
  readonly connect: (origin: string) => string;
}

/** helmet's headers, as headers.ts spells them out, and those that it does not know. */
function protect({ origin, connect }: AppHeaders) {
  const guard = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        ...CSP,
        'script-src': [(request) => scriptSource(origin(request))],
        'connect-src': [(request) => connect(origin(request))],
      },
    },
    referrerPolicy: { policy: REFERRER_POLICY },
    frameguard: { action: 'deny' },
    strictTransportSecurity: false,
  });
  return (request: Request, response: Response, next: NextFunction): void => {
    response.setHeader('Permissions-Policy', PERMISSIONS_POLICY);
    if (origin(request).startsWith('https:')) response.setHeader('Strict-Transport-Security', HSTS);
    guard(request, response, next);
  };
}

/** Nothing of ours is kept by anybody unless the answer says so itself. */
function uncached(_request: Request, response: Response, next: NextFunction): void {
  for (const name of ['Cache-Control', 'Vary']) response.setHeader(name, PAGE_HEADERS[name] ?? '');
  next();
}

/** An Express app without the habits that guess, every answer of which is protected and kept by nobody. */
export function strictApp(headers: AppHeaders): express.Express {
  const app = express();
  for (const name of ['x-powered-by', 'etag', 'trust proxy', 'query parser']) app.disable(name);
  for (const name of ['case sensitive routing', 'strict routing']) app.enable(name);
  return app.use(protect(headers), uncached);
}

/** The value of `Allow` at an address. */
export function allowed(get: unknown, post: unknown): string {
  return [get !== undefined && 'GET, HEAD', post !== undefined && 'POST']
    .filter((method) => method !== false)
    .join(', ');
}
