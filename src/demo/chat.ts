import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';

export interface Said {
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly text: string;
}

const REMEMBERED = 50;
const MAX_TEXT = 500;
const PING_EVERY = 30_000;
/** Longest message, bytes, over all of its fragments. */
const MAX_MESSAGE = 64 * 1024;
/** Bytes that may wait for a slow reader before it is let go. */
const MAX_WAITING = 1024 * 1024;

/** The one room of the portal's chat. Who speaks is what the assertion said at the handshake, never what a message says. */
export class ChatRoom {
  readonly #clock: Clock;
  /** Each with whether it has given a sign of life since the last ping. */
  readonly #members = new Map<WebSocket, boolean>();
  readonly #said: Said[] = [];
  readonly #pings: NodeJS.Timeout;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE,
  });

  /** `refuse` answers a request that is no opening handshake (RFC 6455 §4.2). */
  constructor(clock: Clock, refuse: (socket: Duplex, error: SallyportError) => void) {
    this.#clock = clock;
    this.#sockets.on('wsClientError', (error, socket) =>
      refuse(socket, new SallyportError('bad-request', error.message)),
    );
    this.#pings = setInterval(() => this.#ping(), PING_EVERY).unref();
  }

  /** The last messages, oldest first. */
  get history(): readonly Said[] {
    return this.#said;
  }

  /** `head`: what the client sent right behind its handshake. */
  join(who: string, request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#sockets.handleUpgrade(request, socket, head, (member) => this.#welcome(who, member));
  }

  #welcome(who: string, member: WebSocket): void {
    this.#members.set(member, true);
    member.on('message', (data, binary) => {
      if (binary) member.close(1003, 'only text is spoken here');
      else this.say(who, String(data));
    });
    member.on('pong', () => this.#members.set(member, true));
    member.on('close', () => this.#members.delete(member));
    // The library closes with the code that fits; nobody is told more.
    member.on('error', () => {});
  }

  #ping(): void {
    for (const [member, alive] of this.#members) {
      if (!alive) member.terminate();
      this.#members.set(member, false);
      member.ping();
    }
  }

  /** Tells everybody, the speaker included. Blank text is nothing; long text is cut. */
  say(who: string, rawText: string): void {
    const text = rawText.trim().slice(0, MAX_TEXT);
    if (text === '') return;
    const said: Said = { who, at: new Date(this.#clock.now()).toISOString(), text };
    this.#said.push(said);
    if (this.#said.length > REMEMBERED) this.#said.shift();
    const message = JSON.stringify(said);
    for (const member of this.#members.keys()) {
      if (member.bufferedAmount > MAX_WAITING) member.terminate();
      else member.send(message);
    }
  }

  close(): void {
    clearInterval(this.#pings);
    for (const member of this.#members.keys()) member.close(1001);
  }
}
