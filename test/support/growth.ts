/** A function that reads text from outside, and what hostile texts for it are made of. */
export interface Reader {
  readonly name: string;
  /** What divides, opens, closes and escapes for it: repeats of each, and of every pair, are tried. */
  readonly delimiters: readonly string[];
  /** Characters of the longest text that it is given. */
  readonly limit: number;
  /** What the text stands in, when it is read only there; `[before, after]`, several may be tried. */
  readonly around?: readonly (readonly [before: string, after: string])[];
  /** Reads. A refusal, by throwing, is an answer like any other. */
  read(text: string): unknown;
}

/** A text for which the time grew faster than its length. */
export interface Growth {
  readonly reader: string;
  readonly unit: string;
  readonly partMs: number;
  readonly wholeMs: number;
}

/** Below this nothing is judged, ms: noise, and garbage of others. */
const FLOOR_MS = 3;
/** How much shorter the text is that the longest is compared with: linear is 8, n log n below 11, quadratic 64. */
const PART = 8;
/** In the middle between linear and quadratic: collecting garbage may cost the longer text three times its share. */
const MOST = 24;
/** The least of so many rounds: what other processes take of the machine only ever adds. */
const ROUNDS = 7;
/** A text is judged to grow only when it does so again and again. */
const TRIALS = 3;

function once(reader: Reader, text: string): number {
  const before = performance.now();
  try {
    reader.read(text);
  } catch {
    // Refusing is fine, as long as it does not take long.
  }
  return performance.now() - before;
}

function fastest(reader: Reader, text: string): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && least >= FLOOR_MS / (2 * PART); round += 1)
    least = Math.min(least, once(reader, text));
  return least;
}

/** What the text costs and what its eighth costs, where that is out of proportion each time; undefined where it is not. */
function grown(
  reader: Reader,
  lengths: readonly [whole: string, half: string, part: string],
): readonly [partMs: number, wholeMs: number] | undefined {
  const [whole, half, part] = lengths;
  let last: readonly [number, number] | undefined;
  for (let trial = 0; trial < TRIALS; trial += 1) {
    const wholeMs = fastest(reader, whole);
    if (wholeMs < FLOOR_MS) return undefined;
    const partMs = fastest(reader, part);
    if (wholeMs <= MOST * Math.max(partMs, FLOOR_MS / (2 * PART))) return undefined;
    // Collecting garbage makes one length dear, not every one.
    if (fastest(reader, half) <= (MOST / 3) * Math.max(partMs, FLOOR_MS / (2 * PART))) return undefined;
    last = [partMs, wholeMs];
  }
  return last;
}

/** Every delimiter, alone and before a letter, and every pair: what a pattern could begin at again and again. */
export function unitsOf(delimiters: readonly string[]): readonly string[] {
  const units = new Set<string>(['a']);
  for (const one of delimiters) {
    units.add(one).add(`${one}a`);
    for (const other of delimiters) units.add(one + other);
  }
  return [...units];
}

/** A text that long; its end is of another kind, so that nothing that runs up to the end may succeed early. */
function textOf(unit: string, [before, after]: readonly [string, string], length: number): string {
  const inside = Math.max(0, length - before.length - after.length - 1);
  return `${before}${unit.repeat(Math.ceil(inside / unit.length)).slice(0, inside)}${after}`;
}

const ENDS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['', '\u0001'],
  ['a', 'a'],
];

/** The texts of a reader for which it takes more than linear time: each longest one that costs anything is compared with its eighth. */
export function superlinear(reader: Reader): readonly Growth[] {
  const found: Growth[] = [];
  for (const unit of unitsOf(reader.delimiters)) {
    for (const around of reader.around ?? ENDS) {
      const text = textOf(unit, around, reader.limit);
      if (once(reader, text) < FLOOR_MS) continue;
      const shorter = (by: number): string => textOf(unit, around, reader.limit / by);
      const times = grown(reader, [text, shorter(2), shorter(PART)]);
      if (times !== undefined) found.push({ reader: reader.name, unit, partMs: times[0], wholeMs: times[1] });
      if (found.length >= 5) return found;
    }
  }
  return found;
}
