import type { Duplex } from 'node:stream';
import { closeFrame, FrameDecoder, FrameError, type Message, pingFrame, pongFrame, textFrame } from './frames.ts';

/** Bytes that may wait for a slow reader before it is let go. */
const MAX_WAITING = 1024 * 1024;
/** Time a peer has to answer our close, ms. */
const CLOSE_TIMEOUT = 2_000;

export interface ConnectionEvents {
  readonly onText: (text: string) => void;
  /** Exactly once, whatever ended it. */
  readonly onClose: () => void;
}

/** One WebSocket after its handshake, on the server's side. */
export class Connection {
  readonly #socket: Duplex;
  readonly #decoder = new FrameDecoder();
  readonly #events: ConnectionEvents;
  #answeredPing = true;
  #closing = false;

  /** `head`: what the client sent right behind its handshake. */
  constructor(socket: Duplex, head: Buffer, events: ConnectionEvents) {
    this.#socket = socket;
    this.#events = events;
    if (head.length > 0) socket.unshift(head);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.destroy());
    socket.once('close', () => events.onClose());
  }

  send(text: string): void {
    this.#write(textFrame(text));
  }

  /** Asks for a sign of life; a peer that has not answered the one before is gone. */
  ping(): void {
    if (!this.#answeredPing) {
      this.#socket.destroy();
      return;
    }
    this.#answeredPing = false;
    this.#write(pingFrame());
  }

  /** Starts the closing handshake; the socket is destroyed when the peer does not finish it. */
  close(code: number): void {
    if (this.#closing) return;
    this.#write(closeFrame(code));
    this.#closing = true;
    setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT).unref();
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#decoder.push(chunk)) this.#handle(message);
    } catch (error) {
      this.#write(closeFrame(error instanceof FrameError ? error.closeCode : 1011));
      this.#closing = true;
      this.#socket.removeAllListeners('data').resume();
      this.#socket.end();
    }
  }

  #handle(message: Message): void {
    switch (message.kind) {
      case 'text':
        if (!this.#closing) this.#events.onText(message.text);
        return;
      case 'ping':
        this.#write(pongFrame(message.payload));
        return;
      case 'pong':
        this.#answeredPing = true;
        return;
      case 'close':
        this.#write(closeFrame(message.code));
        this.#closing = true;
        this.#socket.end();
        return;
      default:
        message satisfies never;
    }
  }

  #write(frame: Buffer): void {
    if (this.#closing || !this.#socket.writable) return;
    if (this.#socket.writableLength > MAX_WAITING) this.#socket.destroy();
    else this.#socket.write(frame);
  }
}
