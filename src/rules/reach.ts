import { decoded } from '../lib/readings/decode.ts';
import type { HeaderFields } from '../request/fields.ts';

/** How far a request acts: on what its target names; on all that is below it too; on whatever its body names. */
export type Reach = 'here' | 'below' | 'anywhere';

/** What PHP drops before a name, or takes for `_` in it: names that begin with none of these are no such parameters. */
const BEFORE = '_. +\t\r\n\v\f';
/** The rest of the name of a parameter by which frameworks take a POST for a request of another method. */
const METHOD = /^(?:http[_.\s+]?)?method(?:[=[]|$)/i;
/** Characters of the longest of them, and one more. */
const LONGEST = 'http_method='.length + 1;

function namesMethod(parameter: string): boolean {
  let at = 0;
  while (at < parameter.length && BEFORE.includes(parameter.charAt(at))) at += 1;
  return at > 0 && METHOD.test(parameter.slice(at, at + LONGEST));
}

/**
 * Whether a request may be another than its line says: a POST whose query names a method. Fields of the head that do so are no
 * business of the app's (proxy/names.ts drops them), and a body is not looked at.
 */
export function isOverridden(method: string, query: string): boolean {
  if (method !== 'POST' || query === '') return false;
  const text = query.includes('%') ? decoded(query) : query;
  return text.split(/[&;]/).some(namesMethod);
}

/** Depth (RFC 4918 §10.2) in lower case, without blanks; undefined where it is absent, and where it is said twice. */
function depthOf(headers: HeaderFields): string | undefined {
  const [depth, ...others] = headers.spelt('depth');
  return others.length > 0 ? undefined : depth?.trim().toLowerCase();
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

/**
 * How far a request may act on the app's paths. `query`: without its question mark, empty for none. In doubt further, since what
 * lies further can only require more.
 */
export function reachOf(method: string, headers: HeaderFields, query: string): Reach {
  const reach = METHODS.get(method);
  if (reach !== undefined) return reach(() => depthOf(headers));
  return isOverridden(method, query) ? 'below' : 'here';
}

/**
 * Whether a request acts on its own path by its own method alone, as far as its rules go: an exemption is for nothing else, neither
 * for what an app may take for another method nor for what acts on ruled paths below its own.
 */
export function actsAlone(
  rules: { within(path: string): unknown },
  method: string,
  target: { readonly path: string; readonly query: string | null; readonly strict: boolean },
  headers: HeaderFields,
): boolean {
  const query = target.query ?? '';
  if (!target.strict || isOverridden(method, query)) return false;
  return reachOf(method, headers, query) === 'here' || rules.within(target.path) === null;
}
