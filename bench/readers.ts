import { READERS } from '../test/linear/readers.ts';
import { fastest, once, type Reader, textsFor } from '../test/support/growth.ts';

/** `npm run bench:readers [-- part of a name]`: what the dearest of the hostile texts costs each reader at its limit. */

/** Texts that are measured again: the first look is cold, and shares the machine. */
const AGAIN = 4;
/** What one reader may take of the one thread. */
const AIM_MS = 5;

interface Dearest {
  readonly ms: number;
  readonly unit: string;
}

function dearest(reader: Reader): Dearest {
  const looked = [...textsFor(reader)].map(({ unit, textAt }) => {
    const text = textAt(reader.limit);
    return { unit, text, ms: Math.min(once(reader, text), once(reader, text)) };
  });
  const worst = looked.sort((a, b) => b.ms - a.ms).slice(0, AGAIN);
  return worst.map(({ unit, text }) => ({ unit, ms: fastest(reader, text) })).reduce((a, b) => (b.ms > a.ms ? b : a));
}

const [part = ''] = process.argv.slice(2);
process.stdout.write('Best of five, of the dearest of all texts made of a reader’s own delimiters.\n\n');
process.stdout.write('| reader | characters | ms | text of | |\n|---|---:|---:|---|---|\n');
for (const reader of READERS.filter(({ name }) => name.includes(part))) {
  const { ms, unit } = dearest(reader);
  const above = ms > AIM_MS ? `above ${AIM_MS} ms` : '';
  process.stdout.write(
    `| ${reader.name} | ${reader.limit} | ${ms.toFixed(2)} | ${JSON.stringify(unit)} | ${above} |\n`,
  );
}
