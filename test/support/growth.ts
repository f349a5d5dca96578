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
  /** The same, piece by piece, where others have their turn in between (`lib/turns.ts`). */
  readonly pieces?: (text: string) => Iterable<unknown>;
}

/** A text for which the time grew faster than its length. */
export interface Growth {
  readonly reader: string;
  readonly unit: string;
  readonly partMs: number;
  readonly wholeMs: number;
}

/** Below this nothing is judged, ms: noise, and garbage of others. */
const FLOOR_MS = 1;
/** Characters of the longest text that is measured: what grows out of proportion does so here already, by tens of ms. */
const LONGEST = 16 * 1024;
/** How much shorter the text is that the longest is compared with: linear is 8, n log n below 11, quadratic 64. */
const PART = 8;
/** In the middle between linear and quadratic: collecting garbage may cost the longer text three times its share. */
const MOST = 24;
/** The least of so many rounds: what other processes take of the machine only ever adds. */
const ROUNDS = 5;
/** A text is judged to grow only when it does so again and again. */
const TRIALS = 3;

/** What reading the text once costs, ms. */
export function once(reader: Reader, text: string): number {
  const before = performance.now();
  try {
    reader.read(text);
  } catch {
    // Refusing is fine, as long as it does not take long.
  }
  return performance.now() - before;
}

/** The least of several rounds; fewer when one is below what is asked about. */
export function fastest(reader: Reader, text: string, enough = 0): number {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS && least > enough; round += 1) least = Math.min(least, once(reader, text));
  return least;
}

/** What the text costs and what its eighth costs, where that is out of proportion each time; undefined where it is not. */
function grown(reader: Reader, textAt: (length: number) => string): readonly [part: number, whole: number] | undefined {
  const length = Math.min(reader.limit, LONGEST);
  const [whole, half, part] = [textAt(length), textAt(length / 2), textAt(length / PART)];
  let wholeMs = once(reader, whole);
  for (let trial = 0; ; trial += 1) {
    if (wholeMs < FLOOR_MS) return undefined;
    const partMs = Math.max(fastest(reader, part), FLOOR_MS / (2 * PART));
    if (wholeMs <= MOST * partMs) return undefined;
    // Collecting garbage makes one length dear, not every one.
    if (fastest(reader, half, (MOST / 3) * partMs) <= (MOST / 3) * partMs) return undefined;
    if (trial === TRIALS) return [partMs, wholeMs];
    wholeMs = fastest(reader, whole, MOST * partMs);
  }
}

/**
 * Every delimiter, alone and before a letter, and every pair: what a pattern could begin at again and again. A pair the other
 * way round repeats to the same text but for its ends.
 */
export function unitsOf(delimiters: readonly string[]): readonly string[] {
  const units = new Set<string>(['a']);
  for (const [at, one] of delimiters.entries()) {
    units.add(one).add(`${one}a`);
    for (const other of delimiters.slice(at + 1)) units.add(one + other);
  }
  return [...units];
}

/**
 * A text about that long of a unit, within what stands around it. Of whole units: half an escape at the end would be refused at
 * once, and the shorter text would say nothing about the longer.
 */
function textOf(unit: string, [before, after]: readonly [string, string], length: number): string {
  const inside = Math.max(0, Math.floor(length) - before.length - after.length);
  return `${before}${unit.repeat(Math.floor(inside / unit.length))}${after}`;
}

/** The end is of another kind, so that nothing that runs up to the end may succeed early. */
const ENDS: readonly (readonly [string, string])[] = [
  ['', '\u0001'],
  ['a', 'a'],
];

/** All texts that are made for a reader: the unit, and the text of any length. */
export function* textsFor(reader: Reader): Generator<{ unit: string; textAt: (length: number) => string }> {
  for (const unit of unitsOf(reader.delimiters))
    for (const around of reader.around ?? ENDS) yield { unit, textAt: (length) => textOf(unit, around, length) };
}

/** The texts of a reader for which it takes more than linear time: each that costs anything is compared with its eighth. */
export function superlinear(reader: Reader): readonly Growth[] {
  const found: Growth[] = [];
  for (const { unit, textAt } of textsFor(reader)) {
    const times = grown(reader, textAt);
    if (times !== undefined) found.push({ reader: reader.name, unit, partMs: times[0], wholeMs: times[1] });
    if (found.length >= 3) break;
  }
  return found;
}

/** A text cut into as many parts as may come, or fewer; each of the same length. */
export function partsOf(text: string, most: number): string[] {
  const length = Math.max(1, Math.ceil(text.length / most));
  return Array.from({ length: Math.ceil(text.length / length) }, (_, i) => text.slice(i * length, (i + 1) * length));
}
