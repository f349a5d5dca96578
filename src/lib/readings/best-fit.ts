import { normalised } from '../normal.ts';

/**
 * What Windows makes of a character that a code page has not: the letters that look most alike (WideCharToMultiByte without
 * WC_NO_BEST_FIT_CHARS; published as Unicode's VENDORS/MICSFT/WindowsBestFit). Listed are the ASCII results of the tables
 * of 437, 932, 949 and 1252 that neither a compatibility decomposition nor an accent taken off gives: those are derived.
 */
const BEST_FIT: Readonly<Record<string, string>> = {
  '!': 'ǃ¡',
  '"': 'ʺ“”„',
  '%': '٪',
  "'": 'ʹʼˈ′‘’‚',
  '(': '⌠',
  ')': '⌡',
  '*': '∗',
  '+': '┌┐└┘├┼╒╓╔╕╖╗╘╙╚╛╜╝╪╫╬',
  '-': '\u00ad‐‑–—−─┬┴═╤╥╦╧╨╩↔',
  '/': '⁄∕',
  ':': '։∶',
  '<': '〈〈‹«',
  '=': '‗≡≤≥',
  '>': '〉〉›»',
  '[': '〚',
  '\\': '¥₩∖',
  ']': '〛',
  '^': '˄⌃↑',
  _: 'ˍ▄',
  '`': 'ˋ‵',
  '|': 'ǀ¦∣❘↕↨',
  '~': '∼‾˜',
  '8': '∞',
  a: 'Ææαª',
  b: 'ƀ',
  c: '©¢',
  d: 'Ððđδ',
  e: 'εℇ℮',
  f: 'Φφƒ',
  g: 'ΓɡǤǥ',
  h: 'һĦħ',
  i: 'Ɨɨ',
  l: 'łƚ∟£',
  n: '∩ⁿ',
  o: 'ΩωøœƟɵ',
  p: 'π₧℘',
  r: '®',
  s: 'ßΣσς',
  t: 'ÞþΘτŦŧƫƮʈ',
  u: 'µμ',
  v: '√',
  x: '×',
  z: 'ƶ',
};

const LETTERS: ReadonlyMap<string, string> = new Map(
  Object.entries(BEST_FIT).flatMap(([letter, found]) => Array.from(found, (each) => [each, letter] as const)),
);

/** Letters of Latin, Greek and Cyrillic, their extensions, and letters like symbols. */
const RANGES: readonly (readonly [from: number, to: number])[] = [
  [0xc0, 0x24f],
  [0x250, 0x2af],
  [0x1d00, 0x1dbf],
  [0x1e00, 0x1eff],
  [0x2c60, 0x2c7f],
  [0xa720, 0xa7ff],
];

/** Letters that a collation without accents takes for one of ASCII (ø, đ, ł, ŧ …), as databases compare names. */
function alike(): ReadonlyMap<string, string> {
  const { compare } = new Intl.Collator('und', { sensitivity: 'base' });
  const found = new Map<string, string>();
  const ascii = 'abcdefghijklmnopqrstuvwxyz';
  for (const [from, to] of RANGES)
    for (let code = from; code <= to; code++) {
      const letter = String.fromCharCode(code);
      for (const each of ascii) if (compare(letter, each) === 0) found.set(letter, each);
    }
  return found;
}

const ALIKE = alike();
const MARKS = /\p{M}/gu;
/** Prints nothing: soft hyphen, zero width, directions, variation selectors, tags. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/** Of one character: one width, one case, no accents, nothing invisible. */
function plainLetter(character: string): string {
  const upper = normalised(character.replace(INVISIBLE, ''), 'NFKD').toUpperCase();
  const bare = normalised(upper.toLowerCase(), 'NFKD');
  return Array.from(bare.replace(MARKS, '').replace(INVISIBLE, ''), (each) => ALIKE.get(each) ?? each).join('');
}

/** The same on Windows, whose best fits come first. */
function fittingLetter(character: string): string {
  const letters = plainLetter(LETTERS.get(character) ?? character);
  return Array.from(letters, (each) => LETTERS.get(each) ?? each).join('');
}

/** Beyond the basic plane: where there are letters with a case, compatibility forms, or what prints nothing. */
function mayChange(code: number): boolean {
  return code < 0x2_0000 || (code >= 0x2_f800 && code < 0x2_fa20) || (code >= 0xe_0000 && code < 0xe_1000);
}

/**
 * Applies what is worked out for one character to a text. What may change is remembered: at most 136,000 short strings.
 */
function translator(make: (character: string) => string): (text: string) => string {
  const known: (string | undefined)[] = [];
  const beyond = new Map<number, string>();
  const of = (text: string, at: number): string => {
    const unit = text.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdfff) {
      known[unit] ??= make(text.charAt(at));
      return known[unit];
    }
    if (unit >= 0xdc00) return '';
    const code = text.codePointAt(at) ?? 0;
    const before = beyond.get(code);
    if (before !== undefined) return before;
    const made = String.fromCodePoint(code);
    if (!mayChange(code)) return made;
    const letter = make(made);
    beyond.set(code, letter);
    return letter;
  };
  return (text) => {
    const lower = text.toLowerCase();
    const first = lower.search(NON_ASCII);
    if (first < 0) return lower;
    let out = lower.slice(0, first);
    for (let at = first; at < lower.length; at++) {
      const plain = lower.charCodeAt(at) < 0x80;
      out += plain ? lower.charAt(at) : of(lower, at);
    }
    return out;
  };
}

const NON_ASCII = /[^\0-\x7f]/;

/** One width, one case, no accents, nothing invisible: what a server that compares names leniently takes for one. */
export const plainLetters = translator(plainLetter);

/** The same for a server on Windows, whose best fits come first. */
export const bestFit = translator(fittingLetter);

/** The same by code page 1252, which has the letters of Latin-1 and so fits none of them. */
const bestFitLatin = translator((character) =>
  character <= '\xff' ? plainLetter(character) : fittingLetter(character),
);

/** All of these: Windows shows a soft hyphen as a hyphen, unless somebody took out before what prints nothing. */
export function letterings(text: string): readonly string[] {
  const [plain, fitting] = [plainLetters(text), bestFit(text)];
  if (plain === fitting) return [plain];
  return [...new Set([fitting, bestFit(text.replace(INVISIBLE, '')), bestFitLatin(text), plain])];
}
