// Runs the tests with the pinned Node. Plain JavaScript, so that an older Node can say what it needs.
//
//   node test/run.mjs                 every test but those with real products
//   node test/run.mjs NAME...         the files whose path holds one of the names
//   node test/run.mjs --apps          those with real products, one at a time
//   --lanes=N                         how many files run at a time (two for each processor, as far as there is memory)
//   --root=FOLDER                     test files of another folder
//   --limit=SECONDS                   how long one file may take
//   --again                           what failed beside others (three files at most) is run once more by itself, and both are told
//   --weigh                           writes down what the files took, so that the next run begins with the longest
import { requireRuntime } from '../src/runtime.mjs';

requireRuntime();
// TypeScript is for the pinned Node alone, so all else is asked for after the check.
const { choose } = await import('./runner/choose.ts');
const { runAll } = await import('./runner/all.ts');
let chosen;
try {
  chosen = choose(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exit(2);
}
if (chosen.files.length === 0) {
  process.stderr.write(`No test file matches ${chosen.names.join(' ')}.\n`);
  process.exit(2);
}
process.exitCode = await runAll(chosen);
