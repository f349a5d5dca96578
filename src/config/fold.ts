import { carefulReading } from '../lib/readings/readings.ts';

/** Nothing to decode, no parameters, no capitals, nothing that a file system drops. */
const PLAIN = /^[/a-z0-9_~-]*$/;

/**
 * Folds a path to the segments that it has for a careful server: decoded, compatibility forms unified (NFKC), backslash as
 * slash, `;parameters`, empty segments and a trailing slash dropped, one case. The path of a rule is nothing else; what
 * comes from outside may be more, and all of it counts (lib/readings). What *loosens* is never matched on this form.
 * Throws `bad-target` for dot segments and for what is not UTF-8, which the target parser has refused before.
 */
export function fold(path: string): readonly string[] {
  if (PLAIN.test(path)) return path.split('/').filter((segment) => segment !== '');
  return carefulReading(path);
}
