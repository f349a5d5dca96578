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

/** A name, and a format that frameworks take off it (`users.json`). */
const FORMAT = /^(.*[^.])\.[a-z0-9]{1,8}$/;

/** A name without its format; undefined where it has none. */
export function withoutFormat(name: string): string | undefined {
  return FORMAT.exec(name)?.[1];
}

/** Whether a name is one of a file: a script takes what is behind it for its own. Other exact paths are pages by themselves. */
export function isFile(name: string | undefined): boolean {
  return name?.includes('.') === true;
}

/** A reading without the format at its end, and what is before a stream there. */
function bare(reading: Reading): readonly Reading[] {
  const stem = withoutFormat(reading.at(-1)?.split(':', 1)[0] ?? '');
  return stem === undefined ? [] : [[...reading.slice(0, -1), stem]];
}

/**
 * Whether any server may take a path for what an operator has written or, with `below`, for something below it: the
 * comparison of the rules, for one of them. `beyond`: so too where the path goes on behind that of a file (PATH_INFO), or has
 * a format. Throws `bad-target` like `readings`.
 */
export function covers(written: string, below: boolean, path: string, beyond = true): boolean {
  const all = writtenReadings(written);
  return readings(path).some((reading) =>
    all.some((each) => {
      if (leadsTo(reading, each, below || (beyond && isFile(each.at(-1))))) return true;
      return beyond && each.length > 0 && bare(reading).some((stem) => leadsTo(stem, each, false));
    }),
  );
}
