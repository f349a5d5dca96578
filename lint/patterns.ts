import { globSync, readFileSync } from 'node:fs';
import { ALLOWED } from './allowed-patterns.ts';
import { findPatterns } from './find-patterns.ts';
import { superlinearReason } from './superlinear.ts';

/** Everything that is shipped and runs. */
const FILES = ['src/**/*.{ts,js,mjs}', 'docs/verify/*.{ts,js,mjs}'];

const faults: string[] = [];
const needed = new Set<unknown>();
/** Sorts a row of marks in quadratic time, whatever pattern is clean: src/lib/normal.ts does not. */
const NORMALIZE = ".normalize('";
for (const file of FILES.flatMap((glob) => globSync(glob)).sort()) {
  const text = readFileSync(file, 'utf8');
  if (file !== 'src/lib/normal.ts' && (text.includes(NORMALIZE) || text.includes('.normalize()')))
    faults.push(`${file}: normalize takes quadratic time for a row of marks: use normalised of src/lib/normal.ts`);
  for (const { line, source, flags } of findPatterns(file, text)) {
    const why = flags === undefined ? 'made at run time' : superlinearReason(source, flags);
    if (why === null) continue;
    const allowed = ALLOWED.find((each) => each.file === file && each.source === source);
    if (allowed === undefined) faults.push(`${file}:${line}: /${source}/${flags ?? ''}: ${why}`);
    else needed.add(allowed);
  }
}
for (const each of ALLOWED)
  if (!needed.has(each)) faults.push(`lint/allowed-patterns.ts: no longer needed: ${each.file} /${each.source}/`);
if (faults.length > 0) {
  process.stderr.write(
    `${faults.join('\n')}\nSuch a pattern may meet a text from outside: scan by index (src/lib/trim.ts), or add it to lint/allowed-patterns.ts with what bounds its text.\n`,
  );
  process.exitCode = 1;
}
