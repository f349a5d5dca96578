import { EDGE, type Judge, judgeEdges, MAX_NAME, Names, unreadable } from './judge.ts';
import { jsonText } from './scan-json.ts';
import type { Watch } from './watch.ts';
import { Window } from './window.ts';

const [LF, CR, QUOTE, HASH, STAR, SLASH, BACKSLASH, OPEN] = [10, 13, 34, 35, 42, 47, 92, 123];
const [WORD, HIGH, BLANK, QUOTES, DIVIDES, BEGINS, COMMENTS] = [0, 1, 2, 3, 4, 5, 7];

/** What each byte is between tokens. */
const KINDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 32) return BLANK;
  if (byte >= 127) return HIGH;
  const character = String.fromCharCode(byte);
  const kinds = ['"\'', ':=', '{,;', '}[]()<>', '/#'];
  const at = kinds.findIndex((characters) => characters.includes(character));
  return at < 0 ? WORD : QUOTES + at;
});

/** What says nothing where no key may begin or go on. */
const IDLE = Uint8Array.from(KINDS, (kind, byte) =>
  Number(kind <= BLANK && byte !== LF && byte !== CR && byte !== STAR && byte !== BACKSLASH),
);

/** What YAML has before a key: a list, a tag, an anchor. */
const BEFORE_KEY = '-?!&*';

/**
 * Keys in text that some reader of JSON may find, wherever it begins to read: behind a prefix (`while(1);`, `cb(`), blanks,
 * comments, other documents. A key is what stands between two quotes of a kind, or a bare word at the beginning of a line or
 * behind `{`, `,`, `;` or a comment, with nothing but blanks before a colon, an equals sign, or a comment. Whether a quote opens or closes is
 * not asked, so that no text before can confuse it. Only behind a `{`: every JSON with keys has one; `yaml` needs none.
 */
export function looseJsonJudge(watch: Watch, yaml = false): Judge {
  const window = new Window();
  const names = new Names(watch, jsonText);
  let begun = yaml;
  /** An odd row of backslashes stands before this byte. */
  let escaped = false;
  let starred = false;
  /** Places behind the last quote of either kind; negative: none. */
  let [double, single] = [-1, -1];
  /** The bare word that goes on, and whether one may begin. */
  let word = -1;
  let mayBegin = yaml;
  /** What would be a key if a colon came next. */
  let [from, to] = [-1, -1];
  let bare = false;
  let key: string | undefined;
  /** How the word begins that is too long to be kept. */
  let head: string | undefined;
  let slashed = false;

  const forget = (): void => {
    from = -1;
    key = undefined;
    slashed = false;
  };
  const propose = (start: number, end: number, isBare: boolean): void => {
    forget();
    from = start;
    to = end;
    bare = isBare;
  };
  const judge = (): void => {
    if (from < 0) return;
    const long = to - from > MAX_NAME;
    if (long && !bare) unreadable('a key that is too long');
    const text = key ?? window.text(long ? to - EDGE : from, to);
    if (long) judgeEdges(watch, head ?? window.text(from, from + EDGE), text);
    else names.judge(text);
    forget();
  };
  const endWord = (place: number): void => {
    if (word < 0) return;
    const first = yaml ? window.text(word, word + 1) : '';
    if (first !== '' && BEFORE_KEY.includes(first)) mayBegin = true;
    else propose(word, place, true);
    word = -1;
  };
  const inWord = (place: number): void => {
    if (word >= 0) return;
    forget();
    if (mayBegin) {
      word = place;
      head = undefined;
    }
    mayBegin = false;
  };
  const atQuote = (byte: number, place: number): void => {
    word = -1;
    mayBegin = false;
    const start = byte === QUOTE ? double : single;
    forget();
    if (start >= 0) propose(start, place, false);
    if (byte === QUOTE) double = place + 1;
    else single = place + 1;
  };
  const atBlank = (byte: number, place: number): void => {
    endWord(place);
    if (byte === LF || byte === CR) mayBegin = true;
  };
  const atStructure = (begins: boolean): void => {
    word = -1;
    forget();
    mayBegin = begins;
  };
  const atComment = (byte: number, place: number): void => {
    endWord(place);
    if (byte === HASH) judge();
    else if (starred) atStructure(true);
    else slashed = from >= 0;
  };
  const atColon = (place: number): void => {
    endWord(place);
    judge();
    mayBegin = false;
  };
  const step = (byte: number, place: number): void => {
    if (slashed) {
      if (byte === SLASH || byte === STAR) judge();
      else forget();
    }
    const kind = KINDS[byte];
    if (kind === WORD || (kind === QUOTES && escaped)) inWord(place);
    else if (kind === HIGH) {
      // A blank of some script behind a key; a letter of a word.
      if (from < 0) inWord(place);
    } else if (kind === BLANK) atBlank(byte, place);
    else if (kind === QUOTES) atQuote(byte, place);
    else if (kind === DIVIDES) atColon(place);
    else if (kind === COMMENTS) atComment(byte, place);
    else atStructure(kind === BEGINS);
    escaped = byte === BACKSLASH && !escaped;
    starred = byte === STAR;
  };
  /** From where on everything may still belong to a key that is not too long. */
  const undecided = (): number => {
    const { end } = window;
    const starts = [double - 1, single - 1, word, bare ? from : from - 1];
    return Math.min(end, ...starts.filter((start) => start >= 0 && end - start <= MAX_NAME));
  };
  /** What a word and a key are, where they are not held back any more. */
  const remember = (first: number): void => {
    if (word >= 0 && word < first) head ??= window.text(word, word + EDGE);
    if (from >= 0 && from < first) key ??= window.text(Math.max(from, to - MAX_NAME), to);
  };

  return {
    look(chunk) {
      let at = begun ? 0 : chunk.indexOf(OPEN);
      if (at < 0) return 0;
      begun = true;
      const start = window.add(chunk);
      for (; at < chunk.length; at += 1) {
        const byte = chunk[at] ?? 0;
        if (from >= 0 || word >= 0 || mayBegin || IDLE[byte] === 0) step(byte, start + at);
        else escaped = starred = false;
      }
      const first = undecided();
      remember(first);
      // Of a word that is too long, the end counts.
      window.keep(Math.min(first, window.end - EDGE));
      return window.end - first;
    },
    end() {
      forget();
    },
  };
}
