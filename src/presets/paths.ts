import { readings, textReadings } from '../lib/readings/readings.ts';
import { isShortName, mayBeShortFor, streamsOf } from '../lib/readings/windows.ts';
import { isCookieless } from './identities.ts';
import type { Prepared } from './prepared.ts';

const SCRIPT = /\.(?:php\d?|phtml|cgi|pl|aspx?|asmx|ashx|svc|dll|jspx?|do|action)$/;

/** A path, and what is left of it where a script takes the rest for itself (`/x.php/more` is `/x.php`). */
function addPaths(segments: readonly string[], paths: Set<string>): void {
  paths.add(`/${segments.join('/')}`);
  const script = segments.findIndex((segment) => SCRIPT.test(segment));
  if (script >= 0) paths.add(`/${segments.slice(0, script + 1).join('/')}`);
}

/** Before a stream of NTFS: before the first colon, or before the first two in a row. */
function cut(segments: readonly string[], at: ':' | '::'): readonly string[] {
  const names = segments.map((segment) => {
    const colon = segment.indexOf(at);
    return colon < 0 ? segment : (streamsOf(segment.slice(0, colon + 1), 1).at(-1) ?? '');
  });
  return names.filter((name) => name !== '');
}

/** All that a path may be to a server, with its scripts and streams, in plain letters. Throws `bad-target` (readings). */
export function lenientPaths(path: string): readonly string[] {
  const paths = new Set<string>();
  for (const segments of readings(path)) {
    addPaths(segments, paths);
    if (!path.includes(':') && !segments.some((segment) => segment.includes(':'))) continue;
    addPaths(cut(segments, ':'), paths);
    addPaths(cut(segments, '::'), paths);
  }
  return [...paths];
}

/** Whether a segment may be the short name of a part of an address that the preset knows (Windows' 8.3 names). */
export function hasShortName(paths: readonly string[], { words }: Prepared): boolean {
  const short = paths.flatMap((path) => (path.includes('~') ? path.split('/').filter(isShortName) : []));
  return short.some((segment) => words.some((word) => mayBeShortFor(segment, word)));
}

/** Why a path holds a session's identity, which belongs into no address; null when it does not. `paths`: its readings. */
export function identityIn(path: string, paths: readonly string[]): string | null {
  // Encoded too: some servers look for parameters in what they have decoded.
  const texts = path.includes('%') ? textReadings(path) : [path];
  if (texts === undefined || [...texts].some((text) => text.includes(';')))
    return 'a path parameter, which may be a session id';
  return paths.some((each) => isCookieless(each)) ? 'a session id in the path' : null;
}
