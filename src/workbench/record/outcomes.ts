import { systemClock } from '../../lib/clock.ts';
import { headerOf, jsonOf, textOf } from '../../presets/answer.ts';
import { cookiesSet } from '../../presets/set-cookies.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { formsIn } from '../direct/forms.ts';
import { type DraftPredicate, isToken, literal } from './draft.ts';
import type { Exchange } from './recording.ts';

/** What presets take for a cookie's name as it is; all else is a pattern to them. */
const PLAIN_COOKIE = /^[A-Za-z0-9_.!#%&'+~-]+$/;

/** A cookie's name as presets have it: parts that depend on the installation stand for any such part, and all else for itself alone. */
export function cookiePattern(name: string): string {
  const hash = /[0-9a-f]{16,}/i.exec(name)?.[0];
  if (hash === undefined) return PLAIN_COOKIE.test(name) ? name : `^${literal(name)}$`;
  const [before = '', after = ''] = name.split(hash, 2);
  return `^${literal(before)}[0-9A-Fa-f]{${hash.length}}${literal(after)}$`;
}

function realCookies(answer: WholeAnswer): string[] {
  return [...cookiesSet(answer.headers, systemClock.now())].filter(([, value]) => value !== null).map(([name]) => name);
}

/** What addresses of an app are relative to, as long as only their paths matter. */
const NOWHERE = 'http://app.invalid';

/** Characters of an address that something is told by; what is longer is no place that a sign-in leads everybody to. */
const LONGEST_PLACE = 2048;

function locationOf(answer: WholeAnswer): { path: string; query: string } | null {
  const location = headerOf(answer, 'location');
  if (location === undefined || location.length > LONGEST_PLACE) return null;
  const url = URL.parse(location, NOWHERE);
  return url === null ? null : { path: url.pathname, query: url.search };
}

const ORIGIN = '^(?:https?://[^/]+)?';

/** Where an answer leads, as a pattern; what tells it from `other` is in it. */
export function locationPattern(answer: WholeAnswer, other: WholeAnswer | null): string | undefined {
  const here = locationOf(answer);
  if (here === null) return undefined;
  const there = other === null ? null : locationOf(other);
  // Places that apps write without a slash are relative to the page.
  const start = /^(?:https?:)?\//.test(headerOf(answer, 'location') ?? '')
    ? ORIGIN + literal(here.path)
    : literal(here.path.slice(1));
  if (there === null || there.path !== here.path) return `${start}(?:[?#]|$)`;
  if (there.query === here.query || isTokenQuery(here.query)) return undefined;
  return `${start}${literal(here.query)}(?:&|#|$)`;
}

function isTokenQuery(query: string): boolean {
  return [...new URLSearchParams(query).values()].some(isToken);
}

/** Scalars of a JSON answer that differ from the other's and are short words: `status: ok`. */
function jsonMarker(answer: WholeAnswer, other: WholeAnswer): Record<string, string> | undefined {
  const [mine, theirs] = [jsonOf(answer), jsonOf(other)];
  if (typeof mine !== 'object' || mine === null) return undefined;
  for (const [key, value] of Object.entries(mine)) {
    const another = typeof theirs === 'object' && theirs !== null ? Reflect.get(theirs, key) : undefined;
    const short = typeof value === 'boolean' || (typeof value === 'string' && /^[A-Za-z_-]{1,24}$/.test(value));
    const at = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (value !== another && short) return { [at]: `^${literal(String(value))}$` };
    if (another === undefined && typeof value === 'string' && value !== '') return { [at]: '.+' };
  }
  return undefined;
}

export function passwordField(html: string): boolean {
  return formsIn(html).forms.some((form) => form.fields.some(({ type }) => type === 'password'));
}

export const PASSWORD_INPUT = `type=["']?password`;

/** Answers to scripts are often one word: `Ok.`, `Fails.` */
const MOST_WORDS = 64;

/** The whole bodies, where both are short and differ. */
function wordsOf(right: WholeAnswer, wrong: WholeAnswer) {
  const [mine, theirs] = [textOf(right).trim(), textOf(wrong).trim()];
  const short = [mine, theirs].every(
    (text) => text.length <= MOST_WORDS && /^[\w .,:;!?'-]*$/.test(text) && !isToken(text),
  );
  if (!short || mine === '' || theirs === '' || mine === theirs) return undefined;
  return { ok: { body: `^\\s*${literal(mine)}\\s*$` }, fail: { body: `^\\s*${literal(theirs)}\\s*$` } };
}

/** Whether an answer leads where its own request asked to be led: from another page it leads elsewhere. */
export function isLed({ target, fields, answer }: Pick<Exchange, 'target' | 'fields' | 'answer'>): boolean {
  const here = locationOf(answer);
  const query = target.includes('?') ? target.slice(target.indexOf('?')) : '';
  const asked = [...fields.map(({ value }) => value), ...new URLSearchParams(query).values()];
  return asked.some(
    (value) =>
      /^(?:https?:\/)?\//i.test(value) &&
      URL.canParse(value, NOWHERE) &&
      here?.path === new URL(value, NOWHERE).pathname,
  );
}

/** What tells success from failure; `probe` when only the app's own word can. `led`: where the right one leads tells nothing. */
export function outcomes(
  right: WholeAnswer,
  wrong: WholeAnswer | null,
  led = false,
): { ok: DraftPredicate; fail?: DraftPredicate } {
  const location = led ? undefined : locationPattern(right, wrong);
  const both = new Set(wrong === null ? [] : realCookies(wrong));
  const only = realCookies(right).filter((name) => !both.has(name));
  const cookie = only[0] === undefined ? {} : { cookie: cookiePattern(only[0]) };
  const at = location === undefined ? {} : { location };
  if (wrong === null) return { ok: { status: right.status, ...at, ...cookie } };
  const there = locationPattern(wrong, right);
  const fail = { status: wrong.status, ...(there === undefined ? {} : { location: there }) };
  if (right.status !== wrong.status || ((led || location !== undefined) && there !== undefined))
    return { ok: { status: right.status, ...at, ...cookie }, fail };
  const [json, other] = [jsonMarker(right, wrong), jsonMarker(wrong, right)];
  if (json !== undefined && other !== undefined)
    return { ok: { status: right.status, json }, fail: { status: wrong.status, json: other } };
  if (passwordField(textOf(wrong)) && !passwordField(textOf(right)))
    return {
      ok: only.length > 0 ? { status: right.status, ...cookie } : { probe: true },
      fail: { status: wrong.status, body: PASSWORD_INPUT },
    };
  const words = wordsOf(right, wrong);
  if (only[0] !== undefined)
    return {
      ok: { status: right.status, ...cookie, ...words?.ok },
      fail: { status: wrong.status, ...(words?.fail ?? { nocookie: cookiePattern(only[0]) }) },
    };
  if (words !== undefined)
    return { ok: { status: right.status, ...words.ok }, fail: { status: wrong.status, ...words.fail } };
  return { ok: { probe: true }, fail: { probe: false } };
}
