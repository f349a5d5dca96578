import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Logger, symbols } from 'pino';
import { SallyportError } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Clock } from '../lib/clock.ts';
import { member } from '../lib/log-text.ts';
import { loggablePath } from '../request/target.ts';
import type { Session } from '../sessions/session.ts';

/** What becomes one line when the answer is out. Paths only: a query may hold what must not be in a log. */
export interface LogLine {
  about(app: string, path: string, source: string): void;
  by(session: Session | undefined): void;
  /** The id by which the app was told of the request. */
  sent(id: string): void;
}

/** What a session's lines say of it, for as long as somebody holds the session; it is made anew where its account changes. */
const WHO = new WeakMap<Session, string>();

function whoOf(session: Session): string {
  const known = WHO.get(session);
  if (known !== undefined) return known;
  const made = member('account', session.accountName) + member('session', session.id);
  WHO.set(session, made);
  return made;
}

/** One line on its way: its members are put together once, when the answer is out. */
class Line implements LogLine {
  readonly #out: Out;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #started: number;
  #app: string | undefined = undefined;
  #path = '';
  #source = '';
  #session: Session | undefined = undefined;
  #id: string | undefined = undefined;
  /** How often it was sent to the app; 0: once, or not at all. */
  #sends = 0;

  constructor(out: Out, request: IncomingMessage, response: ServerResponse) {
    this.#out = out;
    this.#request = request;
    this.#response = response;
    this.#started = out.clock.monotonic();
    response.once('close', this.#over);
  }

  about(app: string, path: string, source: string): void {
    this.#app = app;
    this.#path = path;
    this.#source = source;
  }

  by(session: Session | undefined): void {
    this.#session = session;
  }

  sent(id: string): void {
    if (this.#id !== undefined && this.#id !== id) this.#sends = Math.max(this.#sends, 1) + 1;
    this.#id = id;
  }

  readonly #over = (): void => {
    const { statusCode, writableFinished } = this.#response;
    const ms = Math.round(this.#out.clock.monotonic() - this.#started);
    const who = this.#session === undefined ? '' : whoOf(this.#session);
    const came = `,"status":${statusCode},"complete":${writableFinished},"ms":${ms}`;
    this.#out.write(this.#where() + who + this.#sending() + member('method', this.#request.method) + came);
  };

  #where(): string {
    if (this.#app === undefined) return '';
    return `${member('app', this.#app)}${member('path', loggablePath(this.#path))}${member('source', this.#source)}`;
  }

  #sending(): string {
    if (this.#id === undefined) return '';
    return this.#sends === 0 ? `,"id":"${this.#id}"` : `,"id":"${this.#id}","sends":${this.#sends}`;
  }
}

/** What of the library writes lines: it names these parts, and has no types for them. */
interface Parts {
  /** How a line of each level begins. */
  readonly [symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [symbols.timeSym]: () => string;
  /** What is in all its lines. */
  readonly [symbols.chindingsSym]: string;
  readonly [symbols.streamSym]: { write(line: string): void };
}

/**
 * Lines that stand beside those of the library and look as if it had written them, put together by hand: its own way to one takes two
 * to four times as long.
 */
class Out {
  readonly clock: Clock;
  readonly #parts: Parts;
  readonly #begin: string;

  constructor(log: Logger, clock: Clock) {
    this.clock = clock;
    this.#parts = log as unknown as Parts;
    this.#begin = this.#parts[symbols.lsCacheSym][log.levels.values['info'] ?? 0] ?? '';
    if (this.#begin === '') throw new SallyportError('internal', 'a log without a level for requests');
  }

  /** `members`: each with the comma before it. */
  write(members: string): void {
    const { [symbols.timeSym]: time, [symbols.chindingsSym]: always, [symbols.streamSym]: stream } = this.#parts;
    stream.write(`${this.#begin}${time()}${always}${members},"msg":"request"}\n`);
  }
}

/** One JSON line for each request, and one for each refusal with its cause. */
export class AccessLog {
  readonly #log: Logger;
  readonly #out: Out;
  readonly #requests: () => boolean;

  constructor(log: Logger, clock: Clock, requests: () => boolean) {
    this.#log = log;
    this.#out = new Out(log, clock);
    this.#requests = requests;
  }

  begin(request: IncomingMessage, response: ServerResponse): LogLine | undefined {
    return this.#requests() && this.#log.isLevelEnabled('info') ? new Line(this.#out, request, response) : undefined;
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
