import { Agent, request } from 'node:http';
import { Duplex } from 'node:stream';
import { Client, type Dispatcher } from 'undici';
import { AnswerReader } from '../../../src/proxy/http1/answer.ts';

/** How an answer was understood. Texts hold one character for one byte. */
export interface Understood {
  readonly status: number;
  readonly reason: string;
  /** Names and values in turn, without blanks around values. */
  readonly raw: readonly string[];
  readonly body: string;
  /** Another request may follow on the connection. */
  readonly reusable: boolean;
}

/** null: refused, or broken off. */
export type Reading = Understood | null;

export interface OurReading {
  readonly understood: Reading;
  /** Bytes of the answer; those beyond are nobody's. */
  readonly size: number;
  /** Interim answers before it; `plain`: such as no reader takes for the end of the connection. */
  readonly interim: readonly { readonly status: number; readonly plain: boolean }[];
  readonly why: string;
}

/** Fed with the pieces, and then with the end of the connection. */
export function readOurs(pieces: readonly Buffer[], method: string): OurReading {
  const interim: { status: number; plain: boolean }[] = [];
  let head: { status: number; reason: string; raw: readonly string[] } | null = null;
  let body = '';
  let reusable: boolean | null = null;
  const reader = new AnswerReader({
    onInterim: ({ status, minor, connection, keepAlive }) => {
      interim.push({ status, plain: minor === 1 && connection === '' && keepAlive === '' });
    },
    onHead: (arrived) => {
      head = arrived;
    },
    onPiece: (bytes) => {
      body += bytes.toString('latin1');
    },
    onWhole: (good) => {
      reusable = good;
    },
  });
  let size = 0;
  const read = (): string => {
    reader.expect(method);
    try {
      for (const piece of pieces) {
        // What comes once it is whole makes the connection unusable, at whatever time.
        if (!reader.open) reusable = false;
        size += reader.read(piece, piece.length);
      }
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    return reader.finish() ? '' : 'broken off';
  };
  const why = read();
  const seen = head as { status: number; reason: string; raw: readonly string[] } | null; // set in a callback
  const understood =
    why !== '' || seen === null || reusable === null
      ? null
      : { status: seen.status, reason: seen.reason, raw: seen.raw, body, reusable };
  return { understood, size: understood === null ? 0 : size, interim, why };
}

/** A connection that says what it is given, then ends; what is written to it is forgotten. */
class Tape extends Duplex {
  #pieces: readonly Buffer[];

  constructor(pieces: readonly Buffer[]) {
    super({ allowHalfOpen: true });
    this.#pieces = pieces;
    this.on('error', () => {});
  }

  /** Called once the request is written. */
  play(): void {
    for (const piece of this.#pieces) this.push(piece);
    this.#pieces = [];
    setImmediate(() => this.push(null));
  }

  override _read(): void {}
  override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
    callback();
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setTimeout(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

/** Gives out one tape, and would keep it if it may. */
class TapeAgent extends Agent {
  readonly #tape: Tape;

  constructor(tape: Tape) {
    super({ keepAlive: true });
    this.#tape = tape;
  }

  override createConnection(): Duplex {
    return this.#tape;
  }
}

const HEAD_BYTES = 64 * 1024;

/** Node's own client. */
export function readNode(pieces: readonly Buffer[], method: string): Promise<Reading> {
  return new Promise((resolve) => {
    const tape = new Tape(pieces);
    const sent = request({
      method,
      path: '/',
      host: 'app.test',
      agent: new TapeAgent(tape),
      maxHeaderSize: HEAD_BYTES,
    });
    const done = (reading: Reading): void => {
      resolve(reading);
      tape.destroy();
    };
    sent.on('error', () => done(null));
    sent.on('close', () => done(null));
    sent.on('upgrade', () => done(null));
    sent.on('response', (answer) => {
      let body = '';
      answer.on('data', (bytes: Buffer) => {
        body += bytes.toString('latin1');
      });
      answer.on('error', () => done(null));
      answer.on('end', () => {
        const { statusCode: status = 0, statusMessage: reason = '', rawHeaders: raw } = answer;
        done(answer.complete ? { status, reason, raw, body, reusable: sent.shouldKeepAlive } : null);
      });
    });
    sent.end();
    setImmediate(() => tape.play());
  });
}

const text = (part: string | Buffer): string => (typeof part === 'string' ? part : part.toString('latin1'));

class Heard implements Dispatcher.DispatchHandler {
  readonly #tape: Tape;
  readonly #done: (reading: Reading) => void;
  #status = 0;
  #reason = '';
  #raw: string[] = [];
  #body = '';

  constructor(tape: Tape, done: (reading: Reading) => void) {
    this.#tape = tape;
    this.#done = done;
  }

  onRequestStart(): void {
    process.nextTick(() => this.#tape.play());
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number, _fields: unknown, reason = ''): void {
    if (status < 200) return;
    this.#status = status;
    this.#reason = reason;
    const raw = Array.isArray(controller.rawHeaders) ? controller.rawHeaders : [];
    this.#raw = raw.map((part) => text(part).replace(/[ \t]+$/, ''));
  }

  onResponseData(_controller: Dispatcher.DispatchController, bytes: Buffer): void {
    this.#body += bytes.toString('latin1');
  }

  onResponseEnd(): void {
    process.nextTick(() => {
      const [status, reason, raw, body] = [this.#status, this.#reason, this.#raw, this.#body];
      this.#done({ status, reason, raw, body, reusable: !this.#tape.destroyed });
    });
  }

  onResponseError(): void {
    this.#done(null);
  }
}

/** undici, as it was configured while apps were asked by it. */
export function readUndici(pieces: readonly Buffer[], method: string): Promise<Reading> {
  return new Promise((resolve) => {
    const tape = new Tape(pieces);
    const client = new Client('http://app.test', {
      pipelining: 1,
      headersTimeout: 0,
      bodyTimeout: 0,
      maxHeaderSize: HEAD_BYTES,
      strictContentLength: true,
      // It asks of a socket no more than a tape has.
      connect: (_where, callback) => setImmediate(callback, null, tape as never),
    });
    const done = (reading: Reading): void => {
      resolve(reading);
      void client.destroy();
      tape.destroy();
    };
    client.dispatch({ path: '/', method: method as Dispatcher.HttpMethod }, new Heard(tape, done));
  });
}
