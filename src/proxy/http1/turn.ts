/** Something to be done when all that has come so far was looked at. */
export interface Turned {
  turn(): void;
}

let waiting: Turned[] = [];

/**
 * Calls `turn` once everything that the system has reported by now has been dealt with. One immediate serves all who wait. Before a
 * connection is used again, this is the time in which an app's closing it, or speaking unasked, is seen.
 */
export function nextTurn(one: Turned): void {
  if (waiting.push(one) === 1) setImmediate(next);
}

function next(): void {
  const now = waiting;
  waiting = [];
  for (const one of now) one.turn();
}
