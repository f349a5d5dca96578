import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { loggablePath } from '../read/target.ts';
import type { Session } from '../sessions/session.ts';

/** What becomes one line when the answer is out. Paths only: a query may hold what must not be in a log. */
export interface LogLine {
  about(app: string, path: string, source: string): void;
  by(session: Session | undefined): void;
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
    const line = { app: '', path: '', source: '', session: '' };
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
        line.session = session?.id ?? '';
      },
    };
  }

  refused(error: SallyportError, app: string | null, path: string, source: string): void {
    const detail = { code: error.code, why: error.message, app, path: loggablePath(path), source };
    if (error.status >= 500) this.#log.error({ ...detail, cause: causeOf(error) }, 'refused');
    else this.#log.info(detail, 'refused');
  }

  upgraded(app: string, path: string, source: string, session: Session): void {
    if (this.#requests()) this.#log.info({ app, path, source, session: session.id }, 'upgrade');
  }
}

function causeOf(error: SallyportError): string | undefined {
  return error.cause instanceof Error ? `${error.cause.name}: ${error.cause.message}` : undefined;
}
