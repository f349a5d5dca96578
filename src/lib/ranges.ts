/** First and last of a run of whole numbers. */
export type Range = readonly [first: number, last: number];

/** Runs in any order, as few as there can be, and in order. */
export function joined(ranges: readonly Range[]): Range[] {
  const runs: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const run = runs.at(-1);
    if (run !== undefined && first <= run[1] + 1) run[1] = Math.max(run[1], last);
    else runs.push([first, last]);
  }
  return runs;
}

/** Runs of whole numbers, in any order, as text: `12-15 18 20-21`. */
export function rangesText(ranges: readonly Range[]): string {
  return joined(ranges)
    .map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`))
    .join(' ');
}

const RUN = /^(0|[1-9][0-9]{0,15})(?:-([1-9][0-9]{0,15}))?$/;

/** What such a text says; undefined when it is none. Linear. */
export function readRanges(text: string): Range[] | undefined {
  if (text === '') return [];
  const ranges: Range[] = [];
  let before = -1;
  for (const part of text.split(' ')) {
    const [, first, last = first] = RUN.exec(part) ?? [];
    const range: Range = [Number(first), Number(last)];
    if (first === undefined || range[0] <= before || range[1] < range[0]) return undefined;
    ranges.push(range);
    before = range[1];
  }
  return ranges;
}
