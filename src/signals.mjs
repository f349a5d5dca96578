// Signals from the first line on. Plain JavaScript, like the launcher that needs it before anything else is read.
import { constants } from 'node:os';

const ENDING = ['SIGINT', 'SIGTERM'];
const handlers = new Map();

/**
 * Until something is served, SIGINT and SIGTERM end the process at once: no handler of ours stands in the way, so that the
 * kernel does it, whatever the process is waiting for. Process 1 of a container alone has no such default and needs one.
 * A SIGHUP means a file to read anew, and at this time it has yet to be read.
 */
export function endAtOnce(pid = process.pid, command = process.argv[2]) {
  if (command === 'serve') process.on('SIGHUP', () => {});
  if (pid !== 1) return;
  for (const signal of ENDING) {
    const handler = () => process.exit(128 + constants.signals[signal]);
    handlers.set(signal, handler);
    process.on(signal, handler);
  }
}

/** From now on whoever serves listens itself. */
export function handOver() {
  for (const [signal, handler] of handlers) process.off(signal, handler);
  handlers.clear();
}
