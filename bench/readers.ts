import { TURN_MS } from '../src/lib/turns.ts';
import { READERS } from '../test/linear/readers.ts';
import { once, type Reader, textsFor } from '../test/support/growth.ts';

/**
 * `npm run bench:readers [-- part of a name]`: for how long each reader holds the one thread with the dearest of the hostile texts
 * at its limit. What is read in pieces, with a turn for others in between, is measured by its longest turn.
 */

/** Texts that are measured again: the first look is cold, and shares the machine. */
const AGAIN = 4;
const [LOOKS, ROUNDS] = [2, 15];
/** What one reader may take of the one thread. */
const AIM_MS = 5;

interface Dearest {
  readonly ms: number;
  readonly unit: string;
}

/** What each piece took, ms. */
function timesOf(pieces: Iterable<unknown>): readonly number[] {
  const times: number[] = [];
  let since = performance.now();
  try {
    for (const _ of pieces) {
      times.push(performance.now() - since);
      since = performance.now();
    }
  } catch {
    // Refused: the last piece counts like the others.
  }
  return [...times, performance.now() - since];
}

/** The longest turn: a turn ends with the first piece after which it has lasted long enough, as where bodies are judged. */
function longestTurn(times: readonly number[]): number {
  let [longest, turn] = [0, 0];
  for (const time of times) {
    turn += time;
    longest = Math.max(longest, turn);
    if (turn >= TURN_MS) turn = 0;
  }
  return longest;
}

/** The least of several rounds, piece by piece: what other processes take of the machine only ever adds. */
function held(reader: Reader, text: string, rounds: number): number {
  const all = Array.from({ length: rounds }, () =>
    reader.pieces === undefined ? [once(reader, text)] : timesOf(reader.pieces(text)),
  );
  return longestTurn((all[0] ?? []).map((_, i) => Math.min(...all.map((times) => times[i] ?? 0))));
}

function dearest(reader: Reader): Dearest {
  const looked = [...textsFor(reader)].map(({ unit, textAt }) => {
    const text = textAt(reader.limit);
    return { unit, text, ms: held(reader, text, LOOKS) };
  });
  const worst = looked.sort((a, b) => b.ms - a.ms).slice(0, AGAIN);
  return worst
    .map(({ unit, text }) => ({ unit, ms: held(reader, text, ROUNDS) }))
    .reduce((a, b) => (b.ms > a.ms ? b : a));
}

const [part = ''] = process.argv.slice(2);
process.stdout.write('Best of fifteen, of the dearest of all texts made of a reader’s own delimiters.\n\n');
process.stdout.write('| reader | in | characters | ms | text of | |\n|---|---|---:|---:|---|---|\n');
for (const reader of READERS.filter(({ name }) => name.includes(part))) {
  const { ms, unit } = dearest(reader);
  const above = ms > AIM_MS && reader.where === 'server' ? `above ${AIM_MS} ms` : '';
  const notes = [above, reader.pieces === undefined ? '' : 'longest turn'].filter((note) => note !== '').join(', ');
  process.stdout.write(
    `| ${reader.name} | ${reader.where} | ${reader.limit} | ${ms.toFixed(2)} | ${JSON.stringify(unit)} | ${notes} |\n`,
  );
}
