import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, SallyportError } from '../errors.ts';

/**
 * Waits for work, but no longer than so many ms; then throws the code with the sentence. The work itself is not stopped:
 * whoever calls this gives it up.
 */
export async function within<T>(ms: number, work: Promise<T>, code: ErrorCode, sentence: string): Promise<T> {
  const ending = new AbortController();
  const late = sleep(ms, undefined, { signal: ending.signal }).then(
    () => {
      throw new SallyportError(code, sentence);
    },
    () => undefined as never, // the work came first: nobody waits for this any more
  );
  // Given up, it may still fail: nobody hears of it.
  work.catch(() => {});
  try {
    return await Promise.race([work, late]);
  } finally {
    ending.abort();
  }
}
