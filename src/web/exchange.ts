import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExchangeContext } from '../binding/types.ts';
import { SallyportError } from '../errors.ts';
import { Admission, type Streamed } from '../gate/admission.ts';
import { type Passed, Refusal } from '../gate/gate.ts';
import type { Passage } from '../proxy/passage.ts';
import { HeaderFields } from '../request/fields.ts';
import type { Session } from '../sessions/session.ts';
import type { LogLine } from './access-log.ts';
import type { Live } from './parts.ts';
import type { ParsedRequest } from './requests.ts';
import type { Site } from './site.ts';

/**
 * What is known of one request on its way, each part from the step that finds it out. Who asks for a part before it is known
 * gets an error, and so a refusal.
 */
abstract class BaseExchange {
  readonly request: IncomingMessage;
  /** The configuration that was in force when it came. */
  readonly live: Live;
  headers: HeaderFields = HeaderFields.none;
  /** Undefined until it was read whole. */
  read: ParsedRequest | undefined = undefined;
  session: Session | undefined = undefined;
  verdict: Passed | undefined = undefined;
  passage: Passage | undefined = undefined;
  /** What an app whose own login is bound is told around it. */
  context: ExchangeContext | undefined = undefined;
  /** What an answer of ours to our own canary carries; null: it is none, or was admitted. */
  mark: string | null = null;

  constructor(request: IncomingMessage, live: Live) {
    this.request = request;
    this.live = live;
  }

  get site(): Site {
    return this.live.site;
  }

  get parsed(): ParsedRequest {
    return this.read ?? early('the request');
  }

  /** What it was admitted as. */
  get admission(): Admission<Streamed> | Admission<'step'> {
    const { verdict } = this;
    return verdict === undefined || verdict instanceof Refusal ? early('an admission') : verdict;
  }

  /** The same, for one that is not a step of a sign-in at the app, or that has turned out to be none. */
  get streamed(): Admission<Streamed> {
    const { admission } = this;
    return Admission.is(admission, 'step') ? early('what is streamed') : admission;
  }
}

function early(what: string): never {
  throw new SallyportError('internal', `${what} was asked for before it was known`);
}

/** A request and the answer to it. */
export class Exchange extends BaseExchange {
  readonly upgrade = false;
  readonly response: ServerResponse;
  readonly line: LogLine | undefined;
  #waits: boolean;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    live: Live,
    by: { line: LogLine | undefined; waits: boolean },
  ) {
    super(request, live);
    this.response = response;
    this.line = by.line;
    this.#waits = by.waits;
  }

  /** The client went away. A request whose body was read to its end is destroyed too, and is no such case. */
  get gone(): boolean {
    const { request, response } = this;
    return response.destroyed || request.socket.destroyed || (request.destroyed && !request.complete);
  }

  /** Says `100 Continue` to a client that waits for it: Node would, before anything is decided. */
  wantBody(): void {
    if (this.#waits) this.response.writeContinue();
    this.#waits = false;
  }
}

/** A request for another protocol, and the bare connection. */
export class UpgradeExchange extends BaseExchange {
  readonly upgrade = true;
  readonly socket: Duplex;
  /** What came behind the head already. */
  readonly ahead: Buffer;

  constructor(request: IncomingMessage, socket: Duplex, live: Live, ahead: Buffer) {
    super(request, live);
    this.socket = socket;
    this.ahead = ahead;
  }

  get gone(): boolean {
    return this.socket.destroyed;
  }
}

/** A request or an upgrade. */
export type AnyExchange = Exchange | UpgradeExchange;
