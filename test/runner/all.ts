import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Chosen, WEIGHTS } from './choose.ts';
import { type Ran, runFile, underWay } from './file.ts';
import { endKin } from './kin.ts';
import { failuresOf, lineOf, summary } from './summary.ts';

/** Files that took less are not written down: their order does not matter. */
const WORTH_WRITING_S = 4;

/** Runs the files and prints how each went, then a summary. The exit code: 0 if all passed. */
export async function runAll({ files, lanes, limitMs, weigh }: Chosen): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-tests-'));
  const began = performance.now();
  const results: Ran[] = [];
  const waiting = [...files.entries()];
  const interrupted = onSignals(folder);
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const own = join(folder, String(next[0]));
      mkdirSync(own);
      const ran = await runFile(next[1], limitMs, own);
      results.push(ran);
      process.stdout.write(lineOf(ran) + failuresOf(ran));
    }
  };
  try {
    await Promise.all(Array.from({ length: lanes }, lane));
  } finally {
    interrupted.forget();
    rmSync(folder, { recursive: true, force: true });
  }
  process.stdout.write(summary(results, (performance.now() - began) / 1000));
  if (weigh) writeWeights(results);
  return results.some(({ failed, fault }) => failed > 0 || fault !== undefined) ? 1 : 0;
}

/** Ctrl-C and its kin end what is under way; nothing is left running. */
function onSignals(folder: string): { forget(): void } {
  const stop = (signal: 'SIGINT' | 'SIGTERM' | 'SIGHUP') => {
    for (const leader of underWay) endKin(leader);
    rmSync(folder, { recursive: true, force: true });
    process.stderr.write(`\nStopped by ${signal}; nothing is left running.\n`);
    process.exit(128 + constants.signals[signal]);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    forget: () => {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

function writeWeights(results: readonly Ran[]): void {
  const heavy = results.filter(({ seconds }) => seconds >= WORTH_WRITING_S).sort((a, b) => (a.file < b.file ? -1 : 1));
  const weights = Object.fromEntries(heavy.map(({ file, seconds }) => [file, Math.round(seconds)]));
  writeFileSync(WEIGHTS, `${JSON.stringify(weights, null, 2)}\n`);
}
