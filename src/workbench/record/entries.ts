import { headerOf } from '../../presets/answer.ts';
import { steadyTarget } from './draft.ts';
import type { Exchange } from './recording.ts';

/** Characters of hex digits, and of letters and digits in one word, that nobody writes by hand. */
const HEX = /[0-9a-f]{16}/i;
const LONG = 24;
/** Redirects that are followed back. */
const MOST_HOPS = 8;
const NOWHERE = 'http://app.invalid';

function leadsTo({ method, target, answer }: Exchange): string | null {
  const moved = method === 'GET' && answer.status >= 300 && answer.status < 400;
  const url = moved ? URL.parse(headerOf(answer, 'location') ?? '', `${NOWHERE}${target}`) : null;
  return url === null ? null : `${url.pathname}${url.search}`;
}

/** What is made anew for each sign-in, wherever it stands in a value. */
function isRandom(value: string): boolean {
  const words = value.split(/[^\w-]/).filter(({ length }) => length >= LONG);
  return HEX.test(value) || words.some((word) => /\d/.test(word) && /[a-z]/i.test(word));
}

function isFresh(target: string): boolean {
  const mark = target.indexOf('?');
  return mark >= 0 && [...new URLSearchParams(target.slice(mark))].some(([, value]) => isRandom(value));
}

/**
 * Where somebody who must sign in is to be sent: the page, and where its address is good for one sign-in alone, what led there, which makes
 * it anew. `before`: what was asked for until then.
 */
export function entryOf(before: readonly Exchange[], page: string): string {
  let at = page;
  for (let hop = 0; hop < MOST_HOPS && isFresh(at); hop += 1) {
    const from = before.findLast((each) => leadsTo(each) === at);
    if (from === undefined) break;
    at = from.target;
  }
  return steadyTarget(isFresh(at) ? page : at);
}
