import { isBlank, type Judge, MAX_HELD, MAX_NAME, Names, unreadable, utf8Of } from './judge.ts';
import type { Watch } from './watch.ts';

const [QUOTE, BACKSLASH, COLON] = [34, 92, 58];
const codes = (characters: string): ReadonlySet<number> => new Set([...characters].map((c) => c.charCodeAt(0)));
const STRUCTURE = codes('{}[],');
const ENDS = codes('{}[],:" \t\r\n');
const MARK = [0xef, 0xbb, 0xbf];
const WORD = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|x([0-9A-Fa-f]{2})|(.))/gs;

/** What a key says, by the laxest reader. */
export function jsonText(raw: string): string {
  return utf8Of(raw).replace(ESCAPE, (_, long?: string, short?: string, char?: string) => {
    const code = long ?? short;
    return code === undefined ? (char ?? '') : String.fromCharCode(Number.parseInt(code, 16));
  });
}

/** Where the next byte of a long string stands that means something. */
function dull(chunk: Buffer, from: number): number {
  let at = from;
  for (let byte = chunk[at]; byte !== undefined && byte !== QUOTE && byte !== BACKSLASH && byte >= 32; byte = chunk[at])
    at += 1;
  return at;
}

type Place = 'between' | 'string' | 'word';

/** Keys of JSON at any depth: whatever stands before a colon. Whatever is no token of RFC 8259 is refused. */
export function jsonJudge(watch: Watch): Judge {
  let place: Place = 'between';
  /** The last token without its quotes; undefined: none, or one that is no key. `long`: too long to be kept. */
  let token: string | undefined;
  let long = false;
  let held = 0;
  let escaping = false;
  let offset = 0;
  const names = new Names(watch, jsonText);

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
    if (place === 'word') unreadable('not JSON');
    token = undefined;
    held = 0;
    long = true;
  };
  const colon = (): void => {
    if (long) unreadable('a key that is too long');
    names.judge(token ?? unreadable('not JSON'));
    forget();
  };
  const endWord = (): void => {
    place = 'between';
    if (token === undefined || !WORD.test(token)) unreadable('not JSON');
    // A word before a colon is no key of JSON.
    token = undefined;
    held = 0;
  };
  const inString = (byte: number): void => {
    if (byte < 32) unreadable('control character in a string');
    if (!escaping && byte === QUOTE) {
      place = 'between';
      return;
    }
    escaping = !escaping && byte === BACKSLASH;
    keep(byte);
  };
  const between = (byte: number): void => {
    if (isBlank(byte)) return;
    if (byte === COLON) colon();
    else if (STRUCTURE.has(byte)) forget();
    else if (byte === QUOTE) {
      begin('string');
      escaping = false;
      held = 1;
    } else {
      begin('word');
      held = 1;
      inWord(byte);
    }
  };
  const inWord = (byte: number): void => {
    if (ENDS.has(byte)) {
      endWord();
      between(byte);
    } else keep(byte);
  };
  const step: Readonly<Record<Place, (byte: number) => void>> = {
    between,
    string: inString,
    word: inWord,
  };

  return {
    look(chunk) {
      for (let at = 0; at < chunk.length; at += 1) {
        if (long && place === 'string' && !escaping) at = dull(chunk, at);
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
      if (place === 'string') unreadable('a string without end');
    },
  };
}
