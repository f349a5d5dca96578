import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SallyportError } from '../../errors.ts';
import type { Admission } from '../../gate/admission.ts';
import type { Client } from '../../request/client.ts';
import type { OwnCookies } from '../../request/cookies.ts';
import type { HeaderFields } from '../../request/fields.ts';
import type { Frame } from '../pages/frame.ts';
import type { Site } from '../site.ts';

/** What the steps have found out about a request before it is handed over; nothing of it is read a second time. */
export interface Asked {
  readonly headers: HeaderFields;
  readonly client: Client;
  /** Scheme, host and port, as a browser writes them into `Origin`. */
  readonly origin: string;
  readonly method: string;
  /** Path of the canonical target; what is here is found by it and by nothing else. */
  readonly path: string;
  /** Raw query without its question mark; empty when there is none. */
  readonly query: string;
  readonly site: Site;
  /** Puts a refusal on record, and into the log. */
  readonly note: (error: SallyportError) => void;
}

/** A request of a person, whose admission is spent by handing it over. */
export interface Entry extends Asked {
  readonly admission: Admission<'session'>;
  readonly cookies: OwnCookies;
  /** A browser is navigating: a redirect helps. */
  readonly navigation: boolean;
  readonly frame: Frame;
}

/** Answers a request of a person. Always answers; never calls on. */
export type Pages = (request: IncomingMessage, response: ServerResponse, entry: Entry) => void;

/** Answers a request of a program, which shows a token and no session. Judges the token itself; always answers. */
export type Api = (request: IncomingMessage, response: ServerResponse, asked: Asked) => void;

/** Where requests end that never leave the building. */
export interface Inside {
  readonly pages: Pages;
  readonly api: Api;
  /** Answers a log that asks for a cosignature, with no token and no session. */
  readonly witness: Api;
}
