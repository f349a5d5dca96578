// Finds every place outside src/sources/ where the name of a realm's source decides: the next source would be forgotten there.
import { globSync } from 'node:fs';
import { findComparisons, programOf } from './find-comparisons.ts';

const files = globSync('src/**/*.ts', { exclude: ['src/sources/**'] }).sort();
for (const { file, line, text } of findComparisons(programOf(files), files)) {
  process.stderr.write(
    `${file}:${line}: decides by the name of a source: ${text}; ask the source (src/sources/types.ts)\n`,
  );
  process.exitCode = 1;
}
