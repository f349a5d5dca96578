import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let known: NodeJS.GCFunction | undefined;

/** V8's own function; given to nobody who does not ask for it so. */
function collector(): NodeJS.GCFunction {
  if (known !== undefined) return known;
  setFlagsFromString('--expose-gc');
  known = runInNewContext('gc') as NodeJS.GCFunction;
  setFlagsFromString('--no-expose-gc');
  return known;
}

/**
 * Collects all garbage and gives its memory back to the system; nothing else is done meanwhile (about 0.1 s after a start).
 * A start makes far more garbage than the work that follows, and V8 keeps the room for it however long nothing happens.
 */
export function giveBack(): void {
  collector()({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}

/** Bytes that come and go between two collections of what is young. */
export const YOUNG_BYTES = 4 * 1024 * 1024;
let young = 0;

/**
 * Told of so many bytes that came in a buffer of their own, as Node reads bodies of requests, and are soon over. V8 sees how
 * small the object is that stands for 64 KiB, and lets tens of megabytes of them lie; each new one is then memory that no cache holds. So
 * what is young is collected whenever four megabytes have come: the same few are used again and again (docs/decisions/0034).
 */
export function cameAndWent(bytes: number): void {
  young += bytes;
  if (young < YOUNG_BYTES) return;
  young = 0;
  collector()({ type: 'minor' });
}
