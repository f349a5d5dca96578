import { withoutEnd } from '../../lib/trim.ts';
import { jsonOf, textOf } from '../../presets/answer.ts';
import type { WholeAnswer } from '../../presets/types.ts';
import { isToken, literal, steadyTarget } from './draft.ts';
import type { Exchange } from './recording.ts';
import { KNOWN_QUESTIONS, LOGOUT } from './words.ts';

/** A place of an answer that showed the account's name. */
export interface Candidate {
  readonly target: string;
  readonly find?: string;
  /** The header that `find` is for, lower case; none: the body. */
  readonly header?: string;
  readonly json?: string;
  /** Pattern for where the answer leads. */
  readonly location?: string;
  /** A domain that the app writes behind every name: taken off, as itself alone. */
  readonly strip?: string;
  /** The name stood there letter by letter as it was typed; a display name often differs in its capitals. */
  readonly exact: boolean;
  readonly score: number;
}

/** More than all other signs together: `alice` is the account where `Alice` is what she is called. */
export const EXACT = 40;

/** What words of a language right before a name take: they are others for whoever has chosen another one. */
const SPOKEN = 6;

/** What a page takes that no page leads to: many apps answer any address with their first page, and another server in front with none. */
const GUESSED = 30;

const TELLING = /user|account|signed|logged|profile|who|name|login|greet|welcome|bdi/i;
/** Fields and links repeat what a person typed; they do not say who is signed in. */
const REPEATS = /(?:value|href|src|action)\s*=\s*["']?[^"'<>]*$/i;
/** What is said beside a picture or for scripts, where nothing is said in the text. */
const BESIDE = /(?:title|alt|content|label|data-[\w-]+)\s*=\s*["']?[^"'<>]*$/i;
const MAX_MARKER = 80;
/** Characters of a header that is looked at. */
const MAX_HEADER = 200;

/** Tags before a name that are looked at. */
const MAX_TAGS = 5;

/** What stands before the name and does not change: its last two tags and the words in them, or more where these say too little. */
function markerBefore(text: string): string | null {
  const tail = text
    .slice(-4 * MAX_MARKER)
    .replace(/\s+/g, ' ')
    .slice(-MAX_MARKER);
  const last = tail.lastIndexOf('<');
  const words = tail.slice(tail.lastIndexOf('>', last - 1) + 1).trimStart();
  const markers: string[] = [];
  for (let at = last, tags = 1; at > 0 && tags < MAX_TAGS; tags += 1) {
    at = tail.lastIndexOf('<', at - 1);
    if (at >= 0) markers.push(tail.slice(at));
  }
  const [two = '', ...longer] = markers;
  // Without whole tags that stay as they are, the words before the last one.
  const steady = [two, words, ...longer].filter(isSteady);
  return steady.find((marker) => isFirst(text, marker)) ?? steady[0] ?? null;
}

/** Whether what a text ends with stands nowhere else in it: a pattern takes the first place that it fits, such as another entry of a menu. */
function isFirst(text: string, marker: string): boolean {
  const all = text.replace(/\s+/g, ' ');
  return all.indexOf(marker) + marker.length >= all.trimEnd().length;
}

/** Values of attributes that say whose page or picture something is. */
const WHOSE = /(?<=\s(?:href|src|id|title|data-[\w-]{1,32})=)(?:"[^"<>]*"|'[^'<>]*')/gi;
/** A number by itself, by which apps count people. */
const COUNTED = /(?<![\w.-])\d{1,20}(?![\w.-])/g;

function isSteady(marker: string): boolean {
  const rest = marker.replace(WHOSE, (value) => value.replace(COUNTED, '#'));
  const steady = rest.length >= 8 && /[a-z]{3}/i.test(rest) && !/[0-9a-f]{8,}|\d{4,}/i.test(rest);
  return steady && !REPEATS.test(marker);
}

/** A value that says whose something is, as a pattern: another person's has another number or name in it. */
function forEverybody(value: string, account: string): string {
  const parts = value.split(new RegExp(`(${COUNTED.source}|${literal(account)})`, 'i'));
  const pattern = (part: string, i: number): string =>
    i % 2 === 0 ? literal(part) : /^\d+$/.test(part) && part !== account ? '[0-9]{1,20}' : `[^<>"'\\s]{1,128}`;
  return parts.map(pattern).join('');
}

/** A tag by which an app finds its place again. */
const PLACED = /^<[a-z][\w-]{0,20}(?:\s[^<>]*)?\s(?:id|class)=/i;
/** Words between two tags, which each person reads in their own language. */
const WORDS = />[^<>]+</g;

/** A marker as a pattern, for everybody whatever their number, name and language. */
function markerPattern(marker: string, account: string): string {
  const whose = [...marker.matchAll(WHOSE)].map(({ 0: text, index }) => ({
    text,
    index,
    own: forEverybody(text, account),
  }));
  const words = PLACED.test(marker) ? [...marker.matchAll(WORDS)] : [];
  const read = words
    .filter(({ 0: text }) => /\p{L}/u.test(text))
    .map(({ 0: text, index }) => ({ text, index, own: '>[^<>]{1,200}<' }));
  let at = 0;
  const pieces: string[] = [];
  for (const { text, index, own } of [...whose, ...read].toSorted((a, b) => a.index - b.index)) {
    pieces.push(literal(marker.slice(at, index)), own);
    at = index + text.length;
  }
  return [...pieces, literal(marker.slice(at))].join('').replaceAll(' ', '\\s+');
}

/** The very blanks beside a name: with more of them it would be another name. */
function blanks(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
  return text.replace(/[\n\r\t]/g, (c) => escapes[c] ?? c);
}

/** Whether the last of it are words of a text, and no attribute. */
function isSpoken(marker: string): boolean {
  const words = marker.slice(marker.lastIndexOf('>') + 1);
  return /\p{L}{2}/u.test(words) && !/["'=<]/.test(words);
}

/** An answer to a script that is the name and nothing else. */
function asWhole(target: string, text: string, account: string): Candidate[] {
  const said = text.trim();
  if (said.toLowerCase() !== account.toLowerCase()) return [];
  const exact = said === account;
  const score = (exact ? EXACT : 0) + 12 + (TELLING.test(target) ? 6 : 0);
  return [{ target, find: `^\\s*([^<>"'&\\s]{1,128})\\s*$`, exact, score }];
}

function inText(target: string, text: string, account: string): Candidate[] {
  const found: Candidate[] = asWhole(target, text, account);
  const lower = text.toLowerCase();
  for (let at = lower.indexOf(account.toLowerCase()); at >= 0 && found.length < 20; ) {
    const end = at + account.length;
    const domain = account.includes('@') ? '' : (/^@[\w.-]*\w/.exec(text.slice(end))?.[0] ?? '');
    const [, after = '', stop] = /^(\s{0,80})([<"')(&])/.exec(text.slice(end + domain.length)) ?? [];
    // Asked last: it reads the whole text before a name, and each time that it finds something counts towards the limit.
    const marker = stop === undefined ? null : markerBefore(text.slice(0, at));
    if (marker !== null && stop !== undefined) {
      const near = text.slice(Math.max(0, at - MAX_MARKER), at);
      const before = near.slice(withoutEnd(near, ' \t\r\n').length);
      const words = markerPattern(marker.trimEnd(), account);
      const group = `([^<>"'&\\s${stop === ')' ? ')' : ''}]{1,128})`;
      const find = `${words}${blanks(before)}${group}${blanks(after)}${literal(stop)}`;
      const exact = text.slice(at, end) === account;
      const beside = BESIDE.test(marker) ? -8 : 0;
      // An id stands once on a page, a class by every name of a list.
      const placed = /\sid=/i.test(marker) ? 6 : /class=/i.test(marker) ? 4 : 0;
      const telling = (TELLING.test(marker) ? 10 : 0) + placed + beside - (isSpoken(marker) ? SPOKEN : 0);
      const score = (exact ? EXACT : 0) + telling - marker.length / 40;
      found.push({ target, find, exact, score, ...(domain === '' ? {} : { strip: `${literal(domain)}$` }) });
    }
    at = lower.indexOf(account.toLowerCase(), end);
  }
  return found;
}

/** Headers that repeat what was asked, or belong to the way and not to the answer. */
const NOT_TELLING =
  /^(?:set-cookie|location|content-location|refresh|link|server-timing|report-to|nel|content-security-policy.*|access-control-.*)$/;

/** A header's text beside a name: the numbers in it are others another day. */
function around(text: string): string {
  return literal(text).replace(/\d+/g, '\\d+');
}

/** Headers that have the name in them by itself: of its own, or in the name of a file. */
function inHeaders(target: string, { headers }: WholeAnswer, account: string): Candidate[] {
  const found: Candidate[] = [];
  headers.each((_, value, header) => {
    const at = value.toLowerCase().indexOf(account.toLowerCase());
    if (at < 0 || NOT_TELLING.test(header) || value.length > MAX_HEADER) return;
    const [before, after] = [value.slice(0, at), value.slice(at + account.length)];
    const within = /[\p{L}\p{N}]$/u.test(before) || /^[\p{L}\p{N}]/u.test(after);
    if (within || `${before} ${after}`.split(/[^A-Za-z0-9]+/).some(isToken)) return;
    const exact = value.slice(at, at + account.length) === account;
    const score = (exact ? EXACT : 0) + (TELLING.test(header) ? 10 : 0);
    found.push({ target, header, find: `^${around(before)}(.{1,255})${around(after)}$`, exact, score });
  });
  return found;
}

/** Characters of the longest place in JSON that is looked at; what is nested deeper says nothing to people. */
const DEEPEST = 200;

function inJson(target: string, value: unknown, account: string, at = ''): Candidate[] {
  if (at.length > DEEPEST) return [];
  if (typeof value === 'string') {
    if (value.toLowerCase() !== account.toLowerCase()) return [];
    const exact = value === account;
    const score = (exact ? EXACT : 0) + 12 + (TELLING.test(at) ? 6 : 0) - at.length / 20;
    return [{ target, json: at, exact, score }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    inJson(target, inner, account, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
  );
}

const ACCOUNT = `\${account:url}`;

/** A target with the account's name in a parameter: that is the name of whoever is asked about. */
function forAnybody(target: string, account: string): string {
  const value = encodeURIComponent(account);
  return target.includes('?')
    ? target.replace(`=${value}&`, `=${ACCOUNT}&`).replace(new RegExp(`=${literal(value)}$`), () => `=${ACCOUNT}`)
    : target;
}

/** A target to be asked for, with the name of an account. */
export function asked(target: string, account: string): string {
  return target.replaceAll(ACCOUNT, encodeURIComponent(account));
}

/** Pages that named the account once somebody had signed in, the most telling first. */
export function candidates(exchanges: readonly Exchange[], account: string): readonly Candidate[] {
  const seen = new Set<string>();
  const pages = exchanges.filter(
    ({ method, target, answer }) => method === 'GET' && answer.status === 200 && !LOGOUT.test(target),
  );
  return pages
    .flatMap(({ target, answer }) => {
      const json = jsonOf(answer);
      const at = forAnybody(steadyTarget(target), account);
      const found = json === undefined ? inText(at, textOf(answer), account) : inJson(at, json, account);
      const guessed = json === undefined && KNOWN_QUESTIONS.includes(target) ? GUESSED : 0;
      // Short addresses without parameters are asked for most safely; where the sign-in led, everybody may go.
      const safe = (target === pages[0]?.target ? 1 : 0) - at.length / 20 - guessed;
      const all = [...found, ...inHeaders(at, answer, account)];
      return all.map((each) => ({ ...each, score: each.score + safe }));
    })
    .filter(({ target, header, find, json }) => {
      const key = `${target} ${header} ${find ?? json}`;
      return !seen.has(key) && seen.add(key);
    })
    .sort((a, b) => b.score - a.score)
    .slice(0, 12);
}
