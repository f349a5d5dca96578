import type { IncomingMessage } from 'node:http';
import { SallyportError } from '../errors.ts';

/** Largest body of a login step, bytes. */
export const MAX_LOGIN_BODY = 64 * 1024;
const BODY_MS = 30_000;

/**
 * Reads a body of at most 64 KiB. `whole` is false when there is more: then it is no login step, and the rest is still to
 * come. Rejects with `bad-body` when the client goes away or takes more than 30 s.
 */
export function readLoginBody(request: IncomingMessage): Promise<{ bytes: Buffer; whole: boolean }> {
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let size = 0;
    const done = (): void => {
      clearTimeout(timer);
      request.off('data', data).off('end', end).off('close', gone);
    };
    const data = (chunk: Buffer): void => {
      pieces.push(chunk);
      size += chunk.length;
      if (size <= MAX_LOGIN_BODY) return;
      done();
      request.pause();
      resolve({ bytes: Buffer.concat(pieces), whole: false });
    };
    const end = (): void => {
      done();
      resolve({ bytes: Buffer.concat(pieces), whole: true });
    };
    const gone = (): void => {
      done();
      reject(new SallyportError('bad-body', 'the client went away'));
    };
    const timer = setTimeout(() => {
      done();
      reject(new SallyportError('bad-body', 'the body did not come in time'));
    }, BODY_MS);
    request.on('data', data).on('end', end).on('close', gone);
  });
}
