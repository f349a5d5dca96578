import { parentPort, workerData } from 'node:worker_threads';
import type { Ordered, Said } from './apart.ts';
import { letters } from './letters.ts';

/** The thread of apart.ts: writes what it was given, and says each piece as it is done. */
const say = (said: Said): void => parentPort?.postMessage(said);

// Of the form that apart.ts gives it, in the same process.
const { items, madeAt, language } = workerData as Ordered;
let done = 0;
const options = {
  madeAt,
  onProgress: (so: number) => {
    done = so;
  },
};
try {
  for await (const piece of letters(items, language === undefined ? options : { ...options, language }))
    say({ piece, done });
  say({ over: true });
} catch (error) {
  say({ failed: error instanceof Error ? error.message : 'the letters could not be written' });
}
