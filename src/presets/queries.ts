import type { Allowed, QueryRule } from '../config/login-types.ts';
import { plainLetters } from '../lib/readings/best-fit.ts';
import { textReadings } from '../lib/readings/readings.ts';
import { type Places, placesOf, samePlaces } from '../request/login/names.ts';
import { laxPairs, laxText } from '../request/login/watch.ts';

function admits(allowed: Allowed, value: string): boolean {
  return allowed === 'any' || allowed.includes(value);
}

/** The pairs of a query as a strict reader sees them; undefined when it can be read in two ways. */
function strictPairs(query: string | null): ReadonlyMap<string, string> | undefined {
  const pairs = new Map<string, string>();
  if (query === null || query === '') return pairs;
  if (query.includes(';')) return undefined;
  for (const pair of query.split('&')) {
    const mark = pair.indexOf('=');
    try {
      const decode = (text: string): string => decodeURIComponent(text.replace(/\+/g, ' '));
      const name = decode(mark < 0 ? pair : pair.slice(0, mark));
      if (name === '' || pairs.has(name)) return undefined;
      pairs.set(name, mark < 0 ? '' : decode(pair.slice(mark + 1)));
    } catch {
      return undefined;
    }
  }
  return pairs;
}

/**
 * Every parameter is listed with its value. And each that has a list of values is there (`every`), or each that has one
 * value alone (`only`): a parameter with one value tells one page from another, one with several chooses among them.
 */
export function queryFits(rule: QueryRule, query: string | null, needed: 'every' | 'only'): boolean {
  if (rule === 'any') return true;
  const pairs = strictPairs(query);
  if (pairs === undefined) return false;
  for (const [name, value] of pairs) {
    const allowed = rule.get(name);
    if (allowed === undefined || !admits(allowed, value)) return false;
  }
  for (const [name, allowed] of rule) {
    if (allowed === 'any' || pairs.has(name)) continue;
    if (needed === 'every' || allowed.length === 1) return false;
  }
  return true;
}

/** Whether two names are one field, and not one an element of the other. */
function isVery(a: Places, b: Places): boolean {
  return !a.deep && !b.deep && a.own.at(-1) === b.own.at(-1);
}

/** Parameters that may be one and the same; more of them nobody sends. */
const MOST_ALIKE = 32;

/** A door is open to any spelling of its query, so it is closed to any; an array is whatever the app makes of it. */
export function queryTouches(rule: QueryRule, query: string | null): boolean {
  if (rule === 'any' || rule.size === 0) return true;
  const pairs = laxPairs(query ?? '');
  return [...rule].every(([name, allowed]) => {
    const places = placesOf(name);
    const alike = pairs.filter((pair) => samePlaces(pair.places, places));
    if (allowed === 'any' || alike.length > MOST_ALIKE) return alike.length > 0;
    return alike.some((pair) => !isVery(pair.places, places) || looksLike(allowed, laxText(pair.raw)));
  });
}

/** Whether a server may take a value for one of these: decoded again, in other letters, with blanks around it. */
function looksLike(values: readonly string[], given: string): boolean {
  if (values.length === 0) return false;
  const all = textReadings(given);
  const wanted = new Set(values.map((each) => plainLetters(each).trim()));
  return all === undefined || [...all].some((each) => wanted.has(each.trim()));
}

/** What is listed must be there; there may be more (tokens). */
export function queryHas(rule: QueryRule, query: string | null): boolean {
  if (rule === 'any') return true;
  const pairs = strictPairs(query);
  return (
    pairs !== undefined &&
    [...rule].every(([name, allowed]) => pairs.has(name) && admits(allowed, pairs.get(name) ?? ''))
  );
}
