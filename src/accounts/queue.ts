import { SallyportError } from '../errors.ts';

/**
 * Runs at most `atOnce` pieces of work at a time and lets `waiting` more stand in line; one more throws
 * `too-many-attempts` (retry after 2 s), so that a flood of guesses cannot take the memory of the process.
 */
export function createQueue(atOnce: number, waiting: number): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const line: (() => void)[] = [];
  return async (work) => {
    if (running >= atOnce) {
      if (line.length >= waiting)
        throw new SallyportError('too-many-attempts', 'password queue is full', { retryAfter: 2 });
      await new Promise<void>((turn) => line.push(turn));
    } else {
      running++;
    }
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
