import { setImmediate as othersTurn } from 'node:timers/promises';

/** Bytes of foreign text that are looked at before the clock is. */
export const PIECE = 2048;
/** What looking at foreign text may take of the one thread before everybody else has a turn, ms. */
export const TURN_MS = 2;

/** Whether a turn that began at `since` (`performance.now()`) has lasted long enough. */
export function isOver(since: number): boolean {
  return performance.now() - since >= TURN_MS;
}

/**
 * Has every byte looked at, in order, piece by piece; everybody else has a turn whenever this has taken its own. Rejects with
 * what `look` throws; then the rest is not looked at.
 */
export async function inTurns(bytes: Buffer, look: (piece: Buffer) => void): Promise<void> {
  let since = performance.now();
  for (let at = 0; at < bytes.length; at += PIECE) {
    look(bytes.subarray(at, at + PIECE));
    if (!isOver(since)) continue;
    await othersTurn();
    since = performance.now();
  }
}

/** Takes a reader that stops after each piece to its end; everybody else has turns as above. Rejects with what it throws. */
export async function toItsEnd<T>(reader: Iterator<void, T, void>): Promise<T> {
  let since = performance.now();
  for (let step = reader.next(); ; step = reader.next()) {
    if (step.done === true) return step.value;
    if (!isOver(since)) continue;
    await othersTurn();
    since = performance.now();
  }
}
