import { globSync, readFileSync } from 'node:fs';
import { beginsTransaction } from './begins-transaction.ts';

/**
 * What changes something is an operation, and one runner begins its transaction (docs/decisions/0027). The plumbing of the
 * store begins them too; nobody else does.
 */

const faults: string[] = [];
let count = 0;
for (const file of globSync('src/**/*.ts').sort()) {
  const begun = beginsTransaction(file, readFileSync(file, 'utf8')).length;
  if (begun === 0) continue;
  count += begun;
  faults.push(`${file}: begins a transaction: make it an operation (src/operations/types.ts)`);
}
if (process.argv.includes('--count'))
  process.stdout.write(`${count} transactions outside the runner, in ${faults.length} files\n`);
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = 1;
}
