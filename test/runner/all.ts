import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { runsAlone } from './alone.ts';
import { type Chosen, WEIGHTS } from './choose.ts';
import { allGone, Lane, type Ran, underWay } from './file.ts';
import { endKin } from './kin.ts';
import { failuresOf, hasFailed, lineOf, summary } from './summary.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

/** Files that took less are not written down: their order does not matter. */
const WORTH_WRITING_S = 4;

/** More that fail are no accident of a busy machine. */
const MOST_AGAIN = 3;

/** What failed beside others, once more and by itself: each that passes then stands in `results` as it went then. Those that had failed. */
async function onceMore(results: Ran[], limitMs: number, surroundings: Surroundings): Promise<readonly Ran[]> {
  const bad = results.filter(hasFailed);
  if (bad.length > MOST_AGAIN) return [];
  const mended: Ran[] = [];
  for (const first of bad) {
    const lane = new Lane(surroundings);
    const second = await lane.run({ file: first.file, limitMs, alone: true });
    await lane.close();
    process.stdout.write(`once more, by itself: ${lineOf(second)}${failuresOf(second)}`);
    if (hasFailed(second)) continue;
    mended.push(first);
    results[results.indexOf(first)] = second;
  }
  return mended;
}

/**
 * Runs the files and prints how each went, then a summary. The exit code: 0 if all passed. Each lane is a process in which files run
 * one after the other, but for those that want one of their own.
 */
export async function runAll({ files, lanes, limitMs, weigh, again }: Chosen): Promise<number> {
  const began = performance.now();
  const results: Ran[] = [];
  const waiting = [...files];
  const opened: { surroundings?: Surroundings } = {};
  const forget = onSignals(() => opened.surroundings?.remove());
  const surroundings = await openSurroundings(files.length);
  opened.surroundings = surroundings;
  const along = async (): Promise<void> => {
    const lane = new Lane(surroundings);
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const ran = await lane.run({ file, limitMs, alone: runsAlone(file) });
      results.push(ran);
      process.stdout.write(lineOf(ran) + failuresOf(ran));
    }
    await lane.close();
  };
  let mended: readonly Ran[] = [];
  try {
    await Promise.all(Array.from({ length: lanes }, along));
    if (again) mended = await onceMore(results, limitMs, surroundings);
  } finally {
    await surroundings.close();
    forget();
  }
  process.stdout.write(summary(results, (performance.now() - began) / 1000, mended));
  if (weigh) writeWeights(results);
  return results.some(hasFailed) ? 1 : 0;
}

/** Ctrl-C and its kin end what is under way; nothing is left running. Gives what takes this back. */
function onSignals(remove: () => void): () => void {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const stop = async (signal: (typeof signals)[number]) => {
    for (const leader of underWay) endKin(leader);
    for (const leader of underWay) await allGone(leader);
    remove();
    process.stderr.write(`\nStopped by ${signal}; nothing is left running.\n`);
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of signals) process.on(signal, stop);
  return () => {
    for (const signal of signals) process.off(signal, stop);
  };
}

function writeWeights(results: readonly Ran[]): void {
  const heavy = results.filter(({ seconds }) => seconds >= WORTH_WRITING_S).sort((a, b) => (a.file < b.file ? -1 : 1));
  const weights = Object.fromEntries(heavy.map(({ file, seconds }) => [file, Math.round(seconds)]));
  writeFileSync(WEIGHTS, `${JSON.stringify(weights, null, 2)}\n`);
}
