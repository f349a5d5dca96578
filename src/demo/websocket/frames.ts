/** The frames of RFC 6455 as far as a text chat needs them: text, ping, pong, close; no extensions. */

/** Longest message, bytes, over all of its fragments. */
export const MAX_MESSAGE = 64 * 1024;

export type Message =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'ping' | 'pong'; readonly payload: Buffer }
  | { readonly kind: 'close'; readonly code: number };

/** The peer broke the protocol; `closeCode` is what RFC 6455 §7.4.1 says to close with. */
export class FrameError extends Error {
  readonly closeCode: number;
  constructor(closeCode: number, message: string) {
    super(message);
    this.closeCode = closeCode;
  }
}

const OP = { continuation: 0x0, text: 0x1, binary: 0x2, close: 0x8, ping: 0x9, pong: 0xa } as const;

interface Frame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Buffer;
  /** Bytes of the frame on the wire. */
  readonly size: number;
}

/** Turns a client's bytes into messages. Keeps at most one message in memory. */
export class FrameDecoder {
  #pending: Buffer = Buffer.alloc(0);
  #fragments: Buffer[] | null = null;
  #length = 0;

  /** Messages that are complete after `chunk`. Throws FrameError, after which the decoder is of no more use. */
  push(chunk: Buffer): Message[] {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const messages: Message[] = [];
    for (let frame = parseFrame(this.#pending); frame !== undefined; frame = parseFrame(this.#pending)) {
      this.#pending = this.#pending.subarray(frame.size);
      const message = frame.opcode >= OP.close ? control(frame) : this.#data(frame);
      if (message !== undefined) messages.push(message);
      if (message?.kind === 'close') break;
    }
    return messages;
  }

  #data(frame: Frame): Message | undefined {
    if (frame.opcode === OP.binary) throw new FrameError(1003, 'only text is spoken here');
    if ((frame.opcode === OP.continuation) !== (this.#fragments !== null)) {
      throw new FrameError(1002, 'a fragment out of order');
    }
    this.#fragments ??= [];
    this.#fragments.push(frame.payload);
    this.#length += frame.payload.length;
    // Empty fragments cost memory too, so that their number is bounded as well as their length.
    if (this.#length > MAX_MESSAGE || this.#fragments.length > 1024) throw new FrameError(1009, 'message too long');
    if (!frame.final) return undefined;
    const text = utf8(Buffer.concat(this.#fragments));
    this.#fragments = null;
    this.#length = 0;
    return { kind: 'text', text };
  }
}

/** One whole frame at the start of `bytes`, unmasked; undefined when more bytes are needed. */
function parseFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const first = bytes.readUInt8(0);
  const second = bytes.readUInt8(1);
  const opcode = first & 0x0f;
  if ((first & 0x70) !== 0) throw new FrameError(1002, 'an extension that was never agreed');
  if ((second & 0x80) === 0) throw new FrameError(1002, 'a client frame without mask'); // RFC 6455 §5.1
  if (!(Object.values(OP) as number[]).includes(opcode)) throw new FrameError(1002, 'an unknown kind of frame');
  const short = second & 0x7f;
  if (opcode >= OP.close && ((first & 0x80) === 0 || short > 125)) {
    throw new FrameError(1002, 'a long or fragmented control frame'); // §5.5
  }
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  const start = 2 + extra + 4;
  if (bytes.length < 2 + extra) return undefined;
  const length = extra === 2 ? bytes.readUInt16BE(2) : extra === 8 ? Number(bytes.readBigUInt64BE(2)) : short;
  // Judged by what the header claims, before any of it is buffered.
  if (length > MAX_MESSAGE) throw new FrameError(1009, 'message too long');
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + length));
  for (let i = 0; i < length; i++) payload[i] = (payload[i] ?? 0) ^ (mask[i & 3] ?? 0);
  return { final: (first & 0x80) !== 0, opcode, payload, size: start + length };
}

function control(frame: Frame): Message {
  if (frame.opcode === OP.ping) return { kind: 'ping', payload: frame.payload };
  if (frame.opcode === OP.pong) return { kind: 'pong', payload: frame.payload };
  if (frame.payload.length === 0) return { kind: 'close', code: 1000 };
  if (frame.payload.length === 1) throw new FrameError(1002, 'half a close code');
  const code = frame.payload.readUInt16BE(0);
  const known = (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999);
  if (!known) throw new FrameError(1002, 'a close code that may not be sent');
  utf8(frame.payload.subarray(2));
  return { kind: 'close', code };
}

function utf8(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new FrameError(1007, 'text that is not UTF-8'); // §8.1
  }
}

function encode(opcode: number, payload: Buffer): Buffer {
  const length = payload.length;
  if (length < 126) return Buffer.concat([Buffer.from([0x80 | opcode, length]), payload]);
  if (length > 0xffff) throw new RangeError('a frame of this server is at most 65535 bytes');
  const head = Buffer.from([0x80 | opcode, 126, 0, 0]);
  head.writeUInt16BE(length, 2);
  return Buffer.concat([head, payload]);
}

/** A whole text message; RangeError beyond 65535 bytes. Servers do not mask (§5.1). */
export function textFrame(text: string): Buffer {
  return encode(OP.text, Buffer.from(text));
}

export function pingFrame(): Buffer {
  return encode(OP.ping, Buffer.alloc(0));
}

export function pongFrame(payload: Buffer): Buffer {
  return encode(OP.pong, payload);
}

export function closeFrame(code: number): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return encode(OP.close, payload);
}
