import type { Pattern } from '../lib/pattern.ts';
import { isOurCookie } from '../proxy/cookies.ts';

/** Name of a cookie pair, blanks around it taken off; empty when there is none. */
function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return equals < 1 ? '' : pair.slice(0, equals).trim();
}

function listed(patterns: readonly Pattern[], pair: string): boolean {
  const name = nameOf(pair);
  return name !== '' && !isOurCookie(pair) && patterns.some((pattern) => pattern.test(name));
}

/** The browser's own cookies that the app may see, as pairs; those that the jar has win over them. */
export function clientPairs(values: readonly string[], patterns: readonly Pattern[]): readonly string[] {
  if (patterns.length === 0 || values.length === 0) return [];
  const pairs = values.flatMap((value) => value.split(';')).map((pair) => pair.trim());
  return pairs.filter((pair) => listed(patterns, pair));
}

/** A Set-Cookie that the browser may have: a cookie that the app's scripts read. */
export function shown(setCookie: string, patterns: readonly Pattern[]): string | null {
  if (patterns.length === 0) return null;
  const [pair = '', ...attributes] = setCookie.split(';');
  // Written so that every browser reads the one name that we have judged.
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+=/.test(pair) || !listed(patterns, pair)) return null;
  // Bound to this host: for the neighbours it is none of their business.
  return [pair, ...attributes.filter((attribute) => !/^\s*domain\s*=/i.test(attribute))].join(';');
}
