import { foldName } from '../read/clean.ts';

/** How far a request acts: on what its target names; on all that is below it too; on whatever its body names. */
export type Reach = 'here' | 'below' | 'anywhere';

/** Fields by which many frameworks take a request for one of another method, folded. */
const OVERRIDES: ReadonlySet<string> = new Set(['xhttpmethodoverride', 'xhttpmethod', 'xmethodoverride']);
/** Characters of the shortest of them. */
const SHORTEST = 11;

/** Whether a request may be another than its line says, in any spelling that CGI, PHP or IIS take. */
export function isOverridden(rawHeaders: readonly string[]): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    // Most names are not looked at any further.
    if (name.length < SHORTEST || (name.charCodeAt(0) | 32) !== 120) continue;
    if (OVERRIDES.has(foldName(name))) return true;
  }
  return false;
}

/** Depth (RFC 4918 §10.2) in lower case, without blanks; undefined where it is absent, and where it is said twice. */
function depthOf(rawHeaders: readonly string[]): string | undefined {
  let depth: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (foldName(rawHeaders[i] ?? '') !== 'depth') continue;
    if (depth !== undefined) return undefined;
    depth = (rawHeaders[i + 1] ?? '').trim().toLowerCase();
  }
  return depth;
}

/** A listing names what is in a collection, as a page of links does; it does not give out what is in those. */
const LISTING = ['0', '1', '1,noroot'];

type Reaching = (depth: () => string | undefined) => Reach;

const METHODS: ReadonlyMap<string, Reaching> = new Map<string, Reaching>([
  // RFC 4918 §9.6.1, §9.8.3, §9.9.2: always with all that is below.
  ...(['DELETE', 'COPY', 'MOVE'] as const).map((method) => [method, () => 'below'] as const),
  // RFC 4918 §9.10.3, §9.1: with all that is below unless Depth says otherwise.
  ['LOCK', (depth) => (depth() === '0' ? 'here' : 'below')],
  ['PROPFIND', (depth) => (LISTING.includes(depth() ?? '') ? 'here' : 'below')],
  // RFC 3253 §3.6 and §11.2, RFC 5323, RFC 3744 §8.1, RFC 5842 §5: what they are about is in the body, and below the target.
  ...(['REPORT', 'SEARCH', 'MERGE', 'ACL', 'UNBIND'] as const).map((method) => [method, () => 'below'] as const),
  // RFC 5842 §4, §6: gives what the body names, wherever that is, another name.
  ...(['BIND', 'REBIND'] as const).map((method) => [method, () => 'anywhere'] as const),
]);

/** How far a request may act on the app's paths. In doubt further, since what lies further can only require more. */
export function reachOf(method: string, rawHeaders: readonly string[]): Reach {
  const reach = METHODS.get(method);
  if (reach !== undefined) return reach(() => depthOf(rawHeaders));
  return isOverridden(rawHeaders) ? 'below' : 'here';
}
