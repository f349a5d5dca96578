import { type Reading, readings, writtenReadings } from './readings.ts';
import { isShortName, mayBeShortFor, streamsOf } from './windows.ts';

/** Most colons that a segment of these has: what is behind more of them in a path is a stream. */
export function colonsIn(all: readonly Reading[]): number {
  return Math.max(0, ...all.flatMap((segments) => segments.map((segment) => segment.split(':').length - 1)));
}

/** How many of the written segments may be behind a path after one more segment of it. */
function step(from: ReadonlySet<number>, names: readonly string[], written: Reading): Set<number> {
  const to = new Set<number>();
  for (const at of from)
    for (const name of names) {
      if (name === '') to.add(at);
      const wanted = written[at];
      if (wanted === undefined) continue;
      if (name === wanted || (isShortName(name) && mayBeShortFor(name, wanted))) to.add(at + 1);
    }
  return to;
}

/** Whether a reading lies at a written one or, with `below`, below it. */
function leadsTo(reading: Reading, written: Reading, below: boolean): boolean {
  const colons = colonsIn([written]);
  let found = new Set([0]);
  for (const segment of reading) {
    if (below && found.has(written.length)) return true;
    found = step(found, streamsOf(segment, colons + 1), written);
  }
  return found.has(written.length);
}

/**
 * Whether any server may take a path for what an operator has written or, with `below`, for something below it: the
 * comparison of the rules, for one of them. Throws `bad-target` like `readings`.
 */
export function covers(written: string, below: boolean, path: string): boolean {
  const all = writtenReadings(written);
  return readings(path).some((reading) => all.some((each) => leadsTo(reading, each, below)));
}
