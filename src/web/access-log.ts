import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Clock } from '../lib/clock.ts';
import { loggablePath } from '../request/target.ts';
import type { Session } from '../sessions/session.ts';

/** What becomes one line when the answer is out. Paths only: a query may hold what must not be in a log. */
export interface LogLine {
  about(app: string, path: string, source: string): void;
  by(session: Session | undefined): void;
  /** The id by which the app was told of the request. */
  sent(id: string): void;
}

interface Line {
  app: string | undefined;
  path: string | undefined;
  source: string | undefined;
  account: string | undefined;
  session: string | undefined;
  id: string | undefined;
  /** How often it was sent to the app; undefined: once, or not at all. */
  sends: number | undefined;
}

/** One JSON line for each request, and one for each refusal with its cause. */
export class AccessLog {
  readonly #log: Logger;
  readonly #clock: Clock;
  readonly #requests: () => boolean;

  constructor(log: Logger, clock: Clock, requests: () => boolean) {
    this.#log = log;
    this.#clock = clock;
    this.#requests = requests;
  }

  begin(request: IncomingMessage, response: ServerResponse): LogLine | undefined {
    if (!this.#requests()) return undefined;
    const started = this.#clock.monotonic();
    // Fields that say nothing are undefined, and so not written.
    const [who, what] = [
      { account: undefined, session: undefined },
      { app: undefined, path: undefined },
    ];
    const line: Line = { ...what, source: undefined, ...who, id: undefined, sends: undefined };
    response.once('close', () => {
      this.#log.info(
        {
          ...line,
          method: request.method,
          status: response.statusCode,
          complete: response.writableFinished,
          ms: Math.round(this.#clock.monotonic() - started),
        },
        'request',
      );
    });
    return {
      about: (app, path, source) => {
        line.app = app;
        line.path = loggablePath(path);
        line.source = source;
      },
      by: (session) => {
        line.account = session?.accountName;
        line.session = session?.id;
      },
      sent: (id) => {
        if (line.id !== undefined && line.id !== id) line.sends = (line.sends ?? 1) + 1;
        line.id = id;
      },
    };
  }

  /** A request that is sent to an app of our own accord. */
  asked(request: { readonly app: string; readonly method: string; readonly path: string; readonly id: string }): void {
    if (this.#requests()) this.#log.info({ ...request, path: loggablePath(request.path) }, 'asked');
  }

  refused(error: SallyportError, about: Refused): void {
    const { app, path, source, session } = about;
    const who = { account: session?.accountName, session: session?.id };
    const detail = { code: error.code, why: error.message, app, path: loggablePath(path), source, ...who };
    if (error.status >= 500) this.#log.error({ ...detail, cause: causeOf(error) }, 'refused');
    else this.#log.info(detail, 'refused');
  }

  upgraded({ app, target, client, requestId }: Admission<'session'>, session: Session): void {
    if (!this.#requests()) return;
    const who = { account: session.accountName, session: session.id };
    const path = loggablePath(target.split('?', 1)[0] ?? '');
    this.#log.info({ app: app.id, path, source: client.address, ...who, id: requestId }, 'upgrade');
  }
}

/** What a refused request was about, as far as it is known. */
export interface Refused {
  readonly app: string | undefined;
  readonly path: string;
  readonly source: string;
  readonly session: Session | undefined;
}

function causeOf(error: SallyportError): string | undefined {
  return error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : undefined;
}
