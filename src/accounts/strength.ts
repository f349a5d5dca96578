import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../lib/clock.ts';
import { normalised } from '../lib/normal.ts';
import { FairQueue } from './fair-queue.ts';

export type Score = 0 | 1 | 2 | 3 | 4;

type Estimator = (password: string, words: readonly string[]) => number;

/** Time grows faster than length, on the loop that also forwards; what is longer is strong or a repetition anyway. */
const JUDGED = 100;
/** Most passwords take 2 ms; the worst of 100 characters some 100, on a slow machine. */
const queue = new FairQueue({ atOnce: 1, waiting: 64, perSource: 64, perAccount: 8, patienceMs: 12_000 }, systemClock);
/** After each estimate the loop is left alone for so many times as long: a flood takes a fifth of it at most. */
const REST = 4;

let loading: Promise<Estimator> | undefined;

async function load(): Promise<Estimator> {
  const [{ ZxcvbnFactory }, { dictionary, adjacencyGraphs }] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
  ]);
  const estimator = new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: JUDGED,
    l33tMaxSubstitutions: 10,
  });
  return (password, words) => estimator.check(password, [...words]).score;
}

/** Context as single words too: `wiki.example.org` is guessed by `example`. */
function wordsOf(context: readonly string[]): string[] {
  return [...context, 'sallyport'].flatMap((entry) => [entry, ...entry.split(/[^\p{L}\p{N}]+/u)]).filter(Boolean);
}

/**
 * How easily a password is guessed by somebody who knows how people choose, and who knows `context` (account, realm and
 * host names): 0 at once, 4 not in our time. Judges the first 100 characters. It advises; what is refused is decided in
 * password.ts. The estimator is read when the first password is chosen, then kept. Throws `busy` when too
 * many wait.
 */
export async function passwordScore(password: string, context: readonly string[]): Promise<Score> {
  loading ??= load();
  const estimate = await loading;
  const start = [...normalised(password, 'NFC')].slice(0, JUDGED).join('');
  // Whoever is asked for a new password holds a ticket or a session: told apart by whom it is for.
  const asker = { source: '', account: context.join(' '), rank: 0 };
  const score = await queue.run(asker, async () => {
    const before = performance.now();
    const estimated = estimate(start, wordsOf(context));
    await pause((performance.now() - before) * REST);
    return estimated;
  });
  // A number that the library does not promise is no praise.
  return score === 1 || score === 2 || score === 3 || score === 4 ? score : 0;
}
