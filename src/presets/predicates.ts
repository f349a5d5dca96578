import type { Predicate } from '../config/login-types.ts';
import type { Pattern } from '../lib/pattern.ts';
import { headerOf, jsonOf, pointed, textOf, xmlValues } from './answer.ts';
import { cookiesSet } from './set-cookies.ts';
import type { WholeAnswer } from './types.ts';

function cookiesHold({ cookie, nocookie }: Predicate, answer: WholeAnswer, now: number): boolean {
  if (cookie === null && nocookie === null) return true;
  const real = [...cookiesSet(answer.headers, now)].filter(([, value]) => value !== null).map(([name]) => name);
  if (cookie !== null && !real.some((name) => cookie.test(name))) return false;
  return nocookie === null || !real.some((name) => nocookie.test(name));
}

function documentHolds({ json, xml }: Predicate, answer: WholeAnswer): boolean {
  if (json.size > 0) {
    const value = jsonOf(answer);
    for (const [pointer, pattern] of json) {
      const text = pointed(value, pointer);
      if (text === undefined || !pattern.test(text)) return false;
    }
  }
  for (const [path, pattern] of xml) if (!xmlValues(answer, path).some((value) => pattern.test(value))) return false;
  return true;
}

function says({ status, location, cookie, nocookie, headers, body, json, xml, probe }: Predicate): boolean {
  const alone = [status, location, cookie, nocookie, body, probe].some((each) => each !== null);
  return alone || headers.size + json.size + xml.size > 0;
}

function matches(pattern: Pattern, value: string | undefined): boolean {
  return value !== undefined && pattern.test(value);
}

/**
 * Whether an answer is what the predicate describes at `now` (ms): everything that it says must hold, and it must say
 * something. `probe` is not judged here, and a predicate of nothing else holds.
 */
export function holds(predicate: Predicate, answer: WholeAnswer, now: number): boolean {
  const { status, location, headers, body } = predicate;
  if (!says(predicate)) return false;
  if (status !== null && !status.includes(answer.status)) return false;
  if (location !== null && !matches(location, headerOf(answer, 'location'))) return false;
  for (const [name, pattern] of headers) if (!matches(pattern, headerOf(answer, name))) return false;
  if (!cookiesHold(predicate, answer, now)) return false;
  if (body !== null && !body.test(textOf(answer))) return false;
  return documentHolds(predicate, answer);
}
