/** Most that is waited at once, ms. */
const MOST_MS = 50;

/**
 * Waits as long as the piece of work took that was just done (ms, at most 50): work that nobody waits for takes no more than half of the one thread
 * from those whose requests come in between. A queue that is served in turns of the event loop alone would give each of them one whole piece to
 * wait for.
 */
export function rest(tookMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.min(Math.max(tookMs, 0), MOST_MS)));
}
