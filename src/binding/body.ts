import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../errors.ts';

/** Largest body of a login step, bytes. */
export const MAX_LOGIN_BODY = 64 * 1024;

/** How much of a body is read before it is known what becomes of it. */
export interface BodyLimits {
  readonly bytes: number;
  readonly ms: number;
  /** When the time is up: refused, or what has come is taken for a part of it. */
  readonly late: 'refuse' | 'go-on';
}

const LOGIN: BodyLimits = { bytes: MAX_LOGIN_BODY, ms: 30_000, late: 'refuse' };

/**
 * Reads a body of at most 64 KiB. `whole` is false when there is more: then it is no login step, and the rest is still to
 * come. Rejects with `bad-body` when the client goes away or takes more than 30 s.
 */
export function readLoginBody(request: IncomingMessage): Promise<{ bytes: Buffer; whole: boolean }> {
  return readBody(request, LOGIN);
}

/** Gathers pieces in one buffer: a body may come byte by byte, and an object for each would take a hundred times its room. */
class Gathered {
  #room: Buffer = Buffer.allocUnsafe(4096);
  size = 0;

  add(piece: Buffer): void {
    const size = this.size + piece.length;
    if (size > this.#room.length) {
      const larger = Buffer.allocUnsafe(Math.max(size, 2 * this.#room.length));
      this.#room.copy(larger, 0, 0, this.size);
      this.#room = larger;
    }
    piece.copy(this.#room, this.size);
    this.size = size;
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.size);
  }
}

/** Reads a body up to its limits. `whole` is false when there is more. Rejects with `bad-body` when the client goes away, or is late. */
export function readBody(request: IncomingMessage, limits: BodyLimits): Promise<{ bytes: Buffer; whole: boolean }> {
  return new Promise((resolve, reject) => {
    const gathered = new Gathered();
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', data).off('end', end).off('close', gone);
    };
    const part = (): void => {
      done();
      request.pause();
      resolve({ bytes: gathered.bytes, whole: false });
    };
    const data = (chunk: Buffer): void => {
      gathered.add(chunk);
      if (gathered.size > limits.bytes) part();
    };
    const end = (): void => {
      done();
      resolve({ bytes: gathered.bytes, whole: true });
    };
    const gone = (): void => {
      done();
      reject(new SallyportError('bad-body', 'the client went away'));
    };
    const timer = setTimeout(() => {
      if (limits.late === 'go-on') return part();
      done();
      reject(new SallyportError('bad-body', 'the body did not come in time'));
    }, limits.ms);
    request.on('data', data).on('end', end).on('close', gone);
  });
}
