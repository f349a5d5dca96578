import { harmlessNames, MOST_PARAMETERS } from '../request/login/watch.ts';
import type { Prepared } from './prepared.ts';

const [AMPERSAND, SEMICOLON, EQUALS, PERCENT, PLUS] = [38, 59, 61, 37, 43] as const;

/** Whether a character stands for itself to every reader of a name: printable ASCII but what escapes and what stands for a blank. */
function isItself(code: number): boolean {
  return code > 32 && code < 127 && code !== PERCENT && code !== PLUS;
}

/**
 * Whether every name in a query was looked at before, alone means nothing to anybody, and stands there as it is read: then all of them
 * together mean nothing, whatever their values. Takes nothing apart, and makes nothing. False says that it must be looked at.
 */
export function isKnownQuery(query: string, { plainNames, guard }: Prepared): boolean {
  const harmless = harmlessNames(guard);
  if (guard.queryEquals.size > 0) return false;
  let parameters = 0;
  for (let at = 0; at < query.length; at += 1) {
    const from = at;
    let code = query.charCodeAt(at);
    while (at < query.length && code !== EQUALS && code !== AMPERSAND && code !== SEMICOLON) {
      if (!isItself(code)) return false;
      at += 1;
      code = query.charCodeAt(at);
    }
    const to = at;
    while (at < query.length && code !== AMPERSAND && code !== SEMICOLON) {
      at += 1;
      code = query.charCodeAt(at);
    }
    if (at === from) continue;
    parameters += 1;
    const name = query.slice(from, to);
    if (parameters > MOST_PARAMETERS || !plainNames.has(name) || !harmless.has(name)) return false;
  }
  return true;
}
