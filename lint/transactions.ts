import { globSync, readFileSync } from 'node:fs';
import { beginsTransaction } from './begins-transaction.ts';

/**
 * What changes something is an operation, and one runner begins its transaction (docs/decisions/0027). The plumbing of the
 * store begins them too; nobody else does, but for those listed here with their reason.
 */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/notices/deliver.ts': 'lies below the operations: one DELETE of a message that could not be sent, with its entry',
};

const faults: string[] = [];
const found = new Set<string>();
let count = 0;
for (const file of globSync('src/**/*.ts').sort()) {
  const begun = beginsTransaction(file, readFileSync(file, 'utf8')).length;
  if (begun === 0) continue;
  count += begun;
  found.add(file);
  if (!(file in ALLOWED)) faults.push(`${file}: begins a transaction: make it an operation (src/operations/types.ts)`);
}
for (const file of Object.keys(ALLOWED))
  if (!found.has(file)) faults.push(`lint/transactions.ts: no longer needed: ${file}`);
if (process.argv.includes('--count'))
  process.stdout.write(`${count} transactions outside the runner, in ${found.size} files\n`);
if (faults.length > 0) {
  process.stderr.write(`${faults.join('\n')}\n`);
  process.exitCode = 1;
}
