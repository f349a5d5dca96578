import type { Socket } from 'node:net';

/** Up to and with the status code: `HTTP/1.1 100`. */
const STATUS_AT = 9;
const LINE = STATUS_AT + 3;
const CR = 13;
const LF = 10;
const ZERO = 48;
const ONE = 49;

/** What every status line begins with; whatever does not is left to the library to refuse, at once. */
const VERSION = Buffer.from('HTTP/1.');

function beginsLine(bytes: Buffer, at: number): boolean {
  const known = Math.min(VERSION.length, bytes.length - at);
  return bytes.compare(VERSION, 0, known, at, at + known) === 0;
}

/**
 * Hears what an app answers to an upgrade before Node's client does, which takes an interim answer by HTTP/1.0 for the end of the
 * connection, though any may come at any time and is to be skipped (RFC 9110 §15.2): it is shown as `102` by HTTP/1.1.
 *
 * Looks at the heads of interim answers and at the first bytes of the last, at no other byte, and keeps eleven at most.
 */
export class Wire {
  /** `line`: a status line begins or has begun; `head`: in the head of an interim answer; `rest`: of no more interest. */
  #state: 'line' | 'head' | 'rest' = 'line';
  #held: Buffer | null = null;
  /** Whether the line so far is empty, in a head. */
  #blank = false;

  constructor(socket: Socket) {
    const push = socket.push.bind(socket);
    socket.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
      if (chunk === null || chunk.length === 0 || this.#state === 'rest') return push(chunk, encoding);
      const shown = this.#look(chunk);
      return shown === null ? true : push(shown, encoding);
    };
  }

  /** The bytes as the library may see them, or null while a status line is cut in the middle. */
  #look(chunk: Buffer): Buffer | null {
    const bytes = this.#held === null ? chunk : Buffer.concat([this.#held, chunk]);
    this.#held = null;
    let at = 0;
    while (at < bytes.length && this.#state !== 'rest') {
      if (this.#state === 'head') at = this.#endOfHead(bytes, at);
      else if (bytes[at] === CR || bytes[at] === LF) at += 1;
      else if (!beginsLine(bytes, at)) this.#state = 'rest';
      else if (bytes.length - at < LINE) {
        this.#held = bytes.subarray(at);
        return at === 0 ? null : bytes.subarray(0, at);
      } else at = this.#statusLine(bytes, at);
    }
    return bytes;
  }

  #statusLine(bytes: Buffer, at: number): number {
    const status = at + STATUS_AT;
    const switching = bytes[status + 1] === ZERO && bytes[status + 2] === ONE;
    if (bytes[status] !== ONE || switching) {
      this.#state = 'rest';
      return bytes.length;
    }
    if (bytes[status + 1] === ZERO && bytes[status + 2] === ZERO) bytes[status + 2] = ZERO + 2;
    // By an app of HTTP/1.0 too: its version would end the connection with the interim answer.
    if (bytes[at + 7] === ZERO) bytes[at + 7] = ONE;
    this.#state = 'head';
    this.#blank = false;
    return at + LINE;
  }

  /** Where the head ends that `at` is in, or the end of the bytes. */
  #endOfHead(bytes: Buffer, at: number): number {
    for (let i = at; i < bytes.length; i += 1) {
      const byte = bytes[i];
      if (byte === LF && this.#blank) {
        this.#state = 'line';
        return i + 1;
      }
      if (byte === LF) this.#blank = true;
      else if (byte !== CR) this.#blank = false;
    }
    return bytes.length;
  }
}
