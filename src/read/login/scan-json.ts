import { isBlank, type Judge, MAX_HELD, MAX_NAME, Names, unreadable, utf8Of } from './judge.ts';
import type { Watch } from './watch.ts';

const [QUOTE, APOSTROPHE, BACKSLASH, COLON, EQUALS, SLASH, STAR, HASH, LF] = [34, 39, 92, 58, 61, 47, 42, 35, 10];
const codes = (characters: string): ReadonlySet<number> => new Set([...characters].map((c) => c.charCodeAt(0)));
/** What divides tokens; Gson takes a semicolon for a comma. */
const STRICT = { structure: codes('{}[],'), ends: codes('{}[],:" \t\r\n') };
const LAX = { structure: codes('{}[],;'), ends: codes('{}[],;:"= \t\r\n/#') };
const MARK = [0xef, 0xbb, 0xbf];
const WORD = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))/gs;

/** What a key says, by the laxest reader. */
function textOf(raw: string): string {
  return utf8Of(raw).replace(ESCAPE, (_, long?: string, short?: string, char?: string) => {
    const code = long ?? short;
    return code === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(code, 16));
  });
}

/** Where the next byte of a long string stands that means something. */
function dull(chunk: Buffer, from: number, quote: number): number {
  let at = from;
  for (let byte = chunk[at]; byte !== undefined && byte !== quote && byte !== BACKSLASH && byte >= 32; byte = chunk[at])
    at += 1;
  return at;
}

type Place = 'between' | 'string' | 'word' | 'comment';

/**
 * Keys of JSON at any depth: whatever stands before a colon. Strict: whatever is no token of RFC 8259 is refused. `lax` is
 * for text that an app may read with a forgiving reader (Json.NET, Gson, JSON5): single quotes, bare words, comments, `=`.
 */
export function jsonJudge(watch: Watch, lax: boolean): Judge {
  let place: Place = 'between';
  /** The last token without its quotes; undefined: none, or one that is no key. `long`: too long to be kept. */
  let token: string | undefined;
  let long = false;
  let held = 0;
  let quote = QUOTE;
  let escaping = false;
  let comment = '';
  let offset = 0;
  const { structure, ends } = lax ? LAX : STRICT;
  const names = new Names(watch, textOf);

  const forget = (): void => {
    token = undefined;
    long = false;
    held = 0;
  };
  const begin = (next: Place): void => {
    forget();
    place = next;
    token = '';
  };
  const keep = (byte: number): void => {
    if (token === undefined) return;
    token += String.fromCharCode(byte);
    if (token.length <= MAX_NAME) return;
    if (place === 'word' && !lax) unreadable('not JSON');
    token = undefined;
    held = 0;
    long = true;
  };
  const colon = (): void => {
    if (long) unreadable('a key that is too long');
    if (token === undefined && !lax) unreadable('not JSON');
    if (token !== undefined) names.judge(token);
    forget();
  };
  const endWord = (): void => {
    place = 'between';
    if (lax) return;
    if (token === undefined || !WORD.test(token)) unreadable('not JSON');
    // A word before a colon is no key of JSON.
    token = undefined;
    held = 0;
  };
  const inString = (byte: number): void => {
    if (!lax && byte < 32) unreadable('control character in a string');
    if (!escaping && byte === quote) {
      place = 'between';
      return;
    }
    escaping = !escaping && byte === BACKSLASH;
    keep(byte);
  };
  const inComment = (byte: number): void => {
    if (comment === '/') {
      if (byte !== SLASH && byte !== STAR) unreadable('neither JSON nor a comment');
      comment = byte === SLASH ? 'line' : 'block';
    } else if (comment === 'line') {
      if (byte === LF) place = 'between';
    } else if (comment === 'block*' && byte === SLASH) place = 'between';
    else comment = byte === STAR ? 'block*' : 'block';
  };
  const between = (byte: number): void => {
    if (isBlank(byte)) return;
    if (byte === COLON || (lax && byte === EQUALS)) colon();
    else if (structure.has(byte)) forget();
    else if (byte === QUOTE || (lax && byte === APOSTROPHE)) {
      begin('string');
      quote = byte;
      escaping = false;
      held = 1;
    } else if (lax && (byte === SLASH || byte === HASH)) {
      place = 'comment';
      comment = byte === SLASH ? '/' : 'line';
    } else {
      begin('word');
      held = 1;
      inWord(byte);
    }
  };
  const inWord = (byte: number): void => {
    if (ends.has(byte)) {
      endWord();
      between(byte);
    } else keep(byte);
  };
  const step: Readonly<Record<Place, (byte: number) => void>> = {
    between,
    string: inString,
    word: inWord,
    comment: inComment,
  };

  return {
    look(chunk) {
      for (let at = 0; at < chunk.length; at += 1) {
        if (long && place === 'string' && !escaping) at = dull(chunk, at, quote);
        const byte = chunk[at];
        if (byte === undefined) break;
        const mark = offset < 3 && byte === MARK[offset];
        offset += 1;
        if (mark) continue;
        if (token !== undefined) held += 1;
        step[place](byte);
        if (held > MAX_HELD) unreadable('too much between a key and its colon');
      }
      return token === undefined ? 0 : held;
    },
    end() {
      if (place === 'word') endWord();
      if (place === 'string' && !lax) unreadable('a string without end');
    },
  };
}
