import type { Clock } from './clock.ts';

/** The same answer for so many ms; whoever asks while it is fetched waits for the one. What failed is asked anew. */
export function remembered<T>(clock: Clock, ms: number, fetch: () => Promise<T>): () => Promise<T> {
  let kept: { readonly at: number; readonly answer: Promise<T> } | undefined;
  return () => {
    const now = clock.now();
    // A clock that was set back makes nothing last longer.
    if (kept !== undefined && now >= kept.at && now - kept.at < ms) return kept.answer;
    const answer = fetch();
    const mine = { at: now, answer };
    kept = mine;
    answer.catch(() => {
      if (kept === mine) kept = undefined;
    });
    return answer;
  };
}
