import type { Duplex } from 'node:stream';
import type { Clock } from '../lib/clock.ts';
import { Connection } from './websocket/connection.ts';

export interface Said {
  readonly who: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly text: string;
}

const REMEMBERED = 50;
const MAX_TEXT = 500;
const PING_EVERY = 30_000;

/** The one room of the portal's chat. Who speaks is what the assertion said at the handshake, never what a message says. */
export class ChatRoom {
  readonly #clock: Clock;
  readonly #members = new Set<Connection>();
  readonly #said: Said[] = [];
  readonly #pings: NodeJS.Timeout;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#pings = setInterval(() => {
      for (const member of this.#members) member.ping();
    }, PING_EVERY).unref();
  }

  /** The last messages, oldest first. */
  get history(): readonly Said[] {
    return this.#said;
  }

  join(who: string, socket: Duplex, head: Buffer): void {
    const member = new Connection(socket, head, {
      onText: (text) => this.say(who, text),
      onClose: () => this.#members.delete(member),
    });
    this.#members.add(member);
  }

  /** Tells everybody, the speaker included. Blank text is nothing; long text is cut. */
  say(who: string, rawText: string): void {
    const text = rawText.trim().slice(0, MAX_TEXT);
    if (text === '') return;
    const said: Said = { who, at: new Date(this.#clock.now()).toISOString(), text };
    this.#said.push(said);
    if (this.#said.length > REMEMBERED) this.#said.shift();
    const message = JSON.stringify(said);
    for (const member of this.#members) member.send(message);
  }

  close(): void {
    clearInterval(this.#pings);
    for (const member of this.#members) member.close(1001);
  }
}
