import { writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { runsAlone } from './alone.ts';
import { type Chosen, WEIGHTS } from './choose.ts';
import { allGone, Lane, type Ran, underWay } from './file.ts';
import { endKin } from './kin.ts';
import { failuresOf, lineOf, summary } from './summary.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

/** Files that took less are not written down: their order does not matter. */
const WORTH_WRITING_S = 4;

/**
 * Runs the files and prints how each went, then a summary. The exit code: 0 if all passed. Each lane is a process in which files run
 * one after the other, but for those that want one of their own.
 */
export async function runAll({ files, lanes, limitMs, weigh }: Chosen): Promise<number> {
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
  try {
    await Promise.all(Array.from({ length: lanes }, along));
  } finally {
    await surroundings.close();
    forget();
  }
  process.stdout.write(summary(results, (performance.now() - began) / 1000));
  if (weigh) writeWeights(results);
  return results.some(({ failed, fault }) => failed > 0 || fault !== undefined) ? 1 : 0;
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
