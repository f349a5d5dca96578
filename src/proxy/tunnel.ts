import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { SallyportError, statusOf } from '../errors.ts';
import type { Admission } from '../gate/admission.ts';
import type { Clock } from '../lib/clock.ts';
import { cut } from './cut.ts';
import { upstreamFailure } from './failures.ts';
import { FrameReader } from './frames.ts';
import { filterAnswer } from './handshake.ts';
import { hold } from './hold.ts';
import type { Passage } from './passage.ts';
import { Wire } from './wire.ts';

export interface TunnelParts {
  readonly clock: Clock;
  readonly passage: Passage;
  /** Called once, when the tunnel has ended. */
  done(): void;
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** Time that one side has to close after the other did, ms. */
const LINGER_MS = 2000;

/** Close frames (RFC 6455 §7.4.1), unmasked as from a server: 1008 "policy violation", 1001 "going away". */
const CLOSE_1008 = Buffer.from([0x88, 0x02, 0x03, 0xf0]);
const CLOSE_1001 = Buffer.from([0x88, 0x02, 0x03, 0xe9]);

/** One upgrade: the client's socket, the request for the app's, and, once joined, both sockets. */
export class Tunnel {
  ended = false;
  readonly #admission: Admission;
  readonly #socket: Duplex;
  readonly #parts: TunnelParts;
  readonly #unregister: (() => void)[] = [];
  #timer: NodeJS.Timeout | null;
  #outgoing: ClientRequest | null = null;
  #far: Duplex | null = null;
  #answered = false;
  /** What the app sends, followed so that a frame of ours is put between two of its own. */
  readonly #inbound = new FrameReader();

  constructor(admission: Admission, socket: Duplex, parts: TunnelParts) {
    this.#admission = admission;
    this.#socket = socket;
    this.#parts = parts;
    const { connectTimeoutMs, firstByteTimeoutMs } = admission.app.upstream;
    const late = (): void => this.failed(new SallyportError('upstream-timeout', 'no answer to the handshake'));
    this.#timer = setTimeout(late, connectTimeoutMs + firstByteTimeoutMs);
    socket.on('error', () => this.end());
    socket.once('close', () => this.end());
    const cutNow = () => this.cut();
    const opening = admission.session?.onEnd(cutNow, admission);
    if (opening !== undefined) this.#unregister.push(() => opening.leave());
    const passing = parts.passage.onEnd?.(cutNow);
    if (passing !== undefined) this.#unregister.push(passing);
    if (this.ended) for (const unregister of this.#unregister) unregister();
  }

  /** The library has made its request and not yet listened to it: our listeners come first. */
  carry(outgoing: ClientRequest): void {
    this.#outgoing = outgoing;
    if (this.ended) {
      outgoing.on('error', () => {});
      outgoing.destroy();
      return;
    }
    outgoing.on('error', (error) => this.failed(error));
    outgoing.once('socket', (socket) => new Wire(socket));
    outgoing.prependListener('upgrade', (answer: IncomingMessage, far: Duplex) => this.#joined(answer, far));
    outgoing.prependListener('response', (answer: IncomingMessage) => this.#refused(answer));
  }

  requireCarried(): void {
    if (this.#outgoing === null) this.failed(new SallyportError('upstream-invalid', 'the handshake was not carried'));
  }

  #joined(answer: IncomingMessage, far: Duplex): void {
    this.#far = far;
    far.on('error', () => this.end());
    if (this.ended || !this.#filter(answer)) {
      far.destroy();
      return;
    }
    this.#answered = true;
    this.#stopTimer();
    far.once('close', () => this.end());
    // Bytes of either side put it off, pings too.
    (far as Socket).setTimeout(this.#admission.app.upstream.streamTimeoutMs, () => this.end()); // Node's agent makes no other
    for (const side of [this.#socket, far]) side.once('end', () => this.#linger());
    // Not before the library joins the two: a listener alone would let what the app says first run past.
    this.#socket.once('pipe', () => far.on('data', (chunk: Buffer) => void this.#inbound.push(chunk)));
    this.#watchFrames();
  }

  #refused(answer: IncomingMessage): void {
    if (this.ended || !this.#filter(answer)) {
      answer.destroy();
      return;
    }
    this.#answered = true;
    this.#stopTimer();
    answer.once('error', () => this.end());
    // The library ends our side when the body has been written; a client that keeps its own open is not waited for.
    this.#socket.once('finish', () => this.#linger());
    this.#limitSilence(answer);
  }

  /** The body of a refusal is subject to the idle limit like any body. */
  #limitSilence(answer: IncomingMessage): void {
    const { idleTimeoutMs } = this.#admission.app.upstream;
    answer.socket.setTimeout(idleTimeoutMs, () => this.end());
  }

  /** Filters the head, and holds back what is written to either side until what it brings is settled. */
  #filter(answer: IncomingMessage): boolean {
    try {
      const { passage } = this.#parts;
      const raw = answer.rawHeaders;
      filterAnswer(answer, this.#admission, passage);
      const settling = passage.settle?.({ status: answer.statusCode ?? 0, raw });
      if (settling !== undefined) this.#holdBack(settling);
      return true;
    } catch (error) {
      this.failed(error instanceof SallyportError ? error : new SallyportError('upstream-invalid', 'unusable answer'));
      return false;
    }
  }

  /** Both ways: neither is the client shown what the app says, nor does the app hear whoever may not be that person. */
  #holdBack(settling: Promise<unknown>): void {
    const held = (this.#far === null ? [this.#socket] : [this.#socket, this.#far]).map(hold);
    settling.then(
      () => {
        for (const release of held) release();
      },
      () => {
        // What was buffered is of an app that somebody else is signed in at, or whose cookies could not be kept.
        this.#socket.destroy();
        this.end();
      },
    );
  }

  /** Data from the person keeps the session alive; pings of a library do not (standards H-38). */
  #watchFrames(): void {
    const { session } = this.#admission;
    if (session === null) return;
    const reader = new FrameReader();
    this.#socket.on('data', (chunk: Buffer) => {
      if (reader.push(chunk)) session.active(this.#parts.clock.now());
    });
  }

  /** Before an answer: a short one of ours. After it: the end. */
  failed(error: unknown): void {
    if (this.ended) return;
    if (!this.#answered && this.#socket.writable) {
      this.#answered = true;
      this.#socket.write(refusal(upstreamFailure(error)), 'latin1');
      this.end(true);
    } else {
      this.end();
    }
  }

  /** The session ended: both sides now. A close frame goes first where nothing is queued before it. */
  cut(): void {
    if (this.ended) return;
    if (this.#mayClose() && this.#socket.writableLength === 0) {
      this.#socket.write(CLOSE_1008);
      this.#socket.destroy();
    } else {
      cut(this.#socket);
    }
    this.end();
  }

  #mayClose(): boolean {
    return this.#far !== null && this.#socket.writable && this.#inbound.between;
  }

  /** The server stops: the client is told so, in order after what it was sent, and may connect again elsewhere. */
  goAway(): void {
    if (this.ended) return;
    if (this.#mayClose()) this.#socket.write(CLOSE_1001);
    this.end(true);
  }

  #linger(): void {
    if (this.ended || this.#timer !== null) return;
    this.#timer = setTimeout(() => this.end(), LINGER_MS);
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }

  /** Ends both sides; `politely` lets what was just written reach the client first, for a bounded time. */
  end(politely = false): void {
    if (this.ended) return;
    this.ended = true;
    this.#stopTimer();
    for (const unregister of this.#unregister) unregister();
    this.#far?.destroy();
    this.#outgoing?.destroy();
    if (politely) this.#endSocket();
    else this.#socket.destroy();
    this.#parts.done();
  }

  #endSocket(): void {
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS / 4);
    this.#socket.once('close', () => clearTimeout(timer));
    this.#socket.end(() => this.#socket.destroy());
  }
}

function refusal(error: SallyportError): string {
  const status = statusOf(error.code);
  const text = `${error.publicMessage}\n`;
  const fields = [
    `HTTP/1.1 ${status} ${REASONS[status] ?? 'Error'}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(text)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  return `${fields.join('\r\n')}\r\n\r\n${text}`;
}
