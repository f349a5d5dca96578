import type { IncomingMessage } from 'node:http';
import type { AppConfig } from '../config/types.ts';
import type { Client } from '../request/client.ts';
import type { OwnCookies } from '../request/cookies.ts';
import type { HeaderFields } from '../request/fields.ts';
import type { Ended } from '../sessions/ended.ts';
import type { Session } from '../sessions/session.ts';
import type { Brand } from './brand.ts';
import type { Frame } from './pages/frame.ts';

/** What the steps have found out about a request for one of our own pages before it hands it over. */
export interface OwnContext {
  readonly app: AppConfig;
  /** Every app of the configuration in force. */
  readonly apps: readonly AppConfig[];
  readonly headers: HeaderFields;
  readonly client: Client;
  /** Scheme, host and port of this page, as the browser writes them into `Origin`. */
  readonly origin: string;
  /** Path of the canonical target; the pages are routed by it and by nothing else. */
  readonly path: string;
  /** Raw query without its question mark; empty when there is none. */
  readonly query: string;
  readonly session: Session | null;
  /** Why the session that this browser's cookie names is over; null without one. */
  readonly ended: Ended | null;
  readonly cookies: OwnCookies;
  /** A browser is navigating: a redirect helps. */
  readonly navigation: boolean;
  /** What every page is told: words, looks, help. */
  readonly frame: Frame;
  readonly brand: Brand;
}

const contexts = new WeakMap<IncomingMessage, OwnContext>();

/** Binds the context to the request. Kept outside of the request, so that nothing in it can be mistaken for input. */
export function setContext(req: IncomingMessage, context: OwnContext): void {
  contexts.set(req, context);
}

/** Throws when the request did not come by way of web/steps/table.ts. */
export function contextOf(req: IncomingMessage): OwnContext {
  const context = contexts.get(req);
  if (context === undefined) throw new TypeError('a request without context');
  return context;
}
