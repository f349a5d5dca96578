import { normalised } from '../../lib/normal.ts';
import { bestFit } from '../../lib/readings/best-fit.ts';
import { withoutEnd } from '../../lib/trim.ts';
import { MAX_FIELD_NAME } from './text.ts';

/**
 * What field names are to the laxest server there is. PHP drops leading blanks, ends a name at NUL and makes `_` of dots,
 * blanks and an unclosed bracket; ASP.NET and Go know no case; IIS and Perl undo `%uXXXX`; some decode twice. Two names that
 * any of them could take for one are one name here.
 */

const INVISIBLE = /\p{Default_Ignorable_Code_Point}|\p{Cf}/gu;
/** Blanks and controls of every script; URLSearchParams drops a question mark, of bodies too. */
const LEADING = /^[\s\p{Z}\p{Cc}?]+/u;
const PHP_UNDERSCORE = /[.[\s\p{Z}\p{Cc}]/gu;
const ESCAPE = /%(?:u([0-9A-Fa-f]{4})|([0-9A-Fa-f]{2}))/g;
/** Two-byte forms of ASCII that old decoders took (overlong, RFC 3629 §10). */
const OVERLONG = /[\u00c0\u00c1][\u0080-\u00bf]/g;
/** Nearly every name there is: nothing to decode, and no letter but those of ASCII to fold. */
const PLAIN = /^[\x20-\x24\x26-\x7e]*$/;
/** No letter but those of ASCII, whatever there is to decode: one width, nothing invisible, the same to Windows. */
const ASCII = /^[\0-\x7f]*$/;

/** UTF-8, a character for each byte. */
function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Undoes percent escapes as the laxest decoder does: `%uXXXX` of IIS, overlong UTF-8, what is no escape left alone, what
 * is no UTF-8 replaced. `bytes` has a character for each byte. Never throws.
 */
export function decodeLaxly(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  const once = bytes.replace(ESCAPE, (_, unicode: string | undefined, byte: string | undefined) =>
    unicode === undefined
      ? String.fromCharCode(Number.parseInt(byte ?? '', 16))
      : bytesOf(String.fromCharCode(Number.parseInt(unicode, 16))),
  );
  const short = once.replace(OVERLONG, (pair) =>
    String.fromCharCode(((pair.charCodeAt(0) & 1) << 6) | (pair.charCodeAt(1) & 0x3f)),
  );
  return Buffer.from(short, 'latin1').toString('utf8');
}

/** One case, one width, nothing invisible. Both directions of case: `ſ` and `ı` become `s` and `i`. */
function foldLetters(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const upper = normalised(text, 'NFKC').replace(INVISIBLE, '').toUpperCase();
  return normalised(upper.toLowerCase(), 'NFKC');
}

function foldBase(base: string): string {
  const php = base.replace(LEADING, '').replace(PHP_UNDERSCORE, '_');
  // PHP has `user_` for `user `, others `user`: here both are one.
  const short = withoutEnd(php, '_');
  return short === '' ? php : short;
}

/** Base and closed indexes: `a[b][c` is `a`, `b`; `a[b` is `a_b`. `[]` is `[0]`, which PHP counts from. */
function partsOf(name: string): readonly string[] {
  const nul = name.indexOf('\0');
  const text = foldLetters(nul < 0 ? name : name.slice(0, nul)).replace(LEADING, '');
  const open = text.indexOf('[', 1);
  if (open < 0 || !text.includes(']', open)) return [foldBase(text)];
  const parts = [foldBase(text.slice(0, open))];
  for (let at = open; text[at] === '['; ) {
    const close = text.indexOf(']', at);
    if (close < 0) break;
    const index = text.slice(at + 1, close).trim();
    parts.push(index === '' ? '0' : index);
    at = close + 1;
  }
  return parts;
}

/**
 * Indexes of the deepest field that is told apart (PHP takes no more than 64). A deeper one is taken for every field: it
 * would cost as much to name all that hold it as its length times its depth.
 */
const MAX_DEPTH = 32;

/**
 * As it stands, decoded once and twice more, each in the letters of Windows too: no reading may hide another. Each that
 * differs from the others is read once; the last is the name decoded once.
 */
function spellingsOf(name: string): readonly string[] {
  if (PLAIN.test(name)) return [name];
  // Without an escape it decodes to itself, and halves of characters to what stands for them.
  const once = name.includes('%') ? decodeLaxly(bytesOf(name)) : name.toWellFormed();
  const others = once === name ? [] : [...new Set([name, decodeLaxly(bytesOf(once))])];
  const texts = [...others.filter((each) => each !== once), once];
  return [...texts.filter((each) => !ASCII.test(each)).map(bestFit), ...texts];
}

/** As many characters as one character of Unicode becomes in NFKC. */
const MOST_GROWTH = 18;

/** Whether its letters, of which one can become eighteen, are too many to fold. Letters of ASCII cost next to nothing. */
function isLong(text: string): boolean {
  if (text.length * MOST_GROWTH <= MAX_FIELD_NAME || ASCII.test(text)) return false;
  return text.length > MAX_FIELD_NAME || normalised(text, 'NFKC').length > MAX_FIELD_NAME;
}

/** Whether a name is so long that it is not looked at, but taken for every field. No field of any app has one. */
export function isLongName(name: string): boolean {
  // Undoing escapes makes no name longer.
  if (name.length * MOST_GROWTH <= MAX_FIELD_NAME || PLAIN.test(name)) return false;
  return name.length > MAX_FIELD_NAME || spellingsOf(name).some(isLong);
}

function joined(parts: readonly string[]): string {
  return parts.map((part, i) => (i === 0 ? part : `[${part}]`)).join('');
}

/** The one spelling of all that a server takes for this field when it decodes once more. To compare, not to show. */
export function foldField(name: string): string {
  return joined(partsOf(spellingsOf(name).at(-1) ?? ''));
}

/** Folded, in every reading: the field itself, and all that holds it (`auth` of `auth[username]`). */
export interface Places {
  readonly own: readonly string[];
  readonly holders: readonly string[];
  /** Before its first index, decoded once: `auth` of `auth[username]`. */
  readonly base: string;
  /** Too deep, or too long, to be told apart from any other. */
  readonly deep: boolean;
}

/** The base of a name that is too long: no base that anybody looks for is as long as this part of it. */
function startOf(name: string): string {
  return (
    partsOf(
      name
        .replace(INVISIBLE, '')
        .replace(LEADING, '')
        .slice(0, MAX_FIELD_NAME / MOST_GROWTH),
    )[0] ?? ''
  );
}

export function placesOf(name: string): Places {
  const spellings = spellingsOf(name);
  if (spellings.some(isLong)) return { own: [], holders: [], base: startOf(spellings.at(-1) ?? ''), deep: true };
  const readings = spellings.map(partsOf);
  const base = readings.at(-1)?.[0] ?? '';
  if (readings.some((parts) => parts.length > MAX_DEPTH)) return { own: [], holders: [], base, deep: true };
  return {
    base,
    own: readings.map(joined),
    holders: readings.flatMap((parts) => parts.slice(0, -1).map((_, i) => joined(parts.slice(0, i + 1)))),
    deep: false,
  };
}

/** Whether a server could take the two for one field, or one for an element of the other. */
export function sameField(a: string, b: string): boolean {
  return samePlaces(placesOf(a), placesOf(b));
}

/** The same for names that are folded already. */
export function samePlaces(left: Places, right: Places): boolean {
  return (
    left.deep ||
    right.deep ||
    left.own.some((own) => right.own.includes(own) || right.holders.includes(own)) ||
    right.own.some((own) => left.holders.includes(own))
  );
}

/** Whether a selector names this very field: as written, or, as `*$UserName`, by how it ends. */
export function selects(selector: string, name: string): boolean {
  return selector.startsWith('*') ? name.endsWith(selector.slice(1)) && selector.length > 1 : selector === name;
}

/** Whether some server could take the field, or what holds it, for the one that the selector names. */
export function resembles(selector: string, name: string): boolean {
  return resemblance(selector)(placesOf(name));
}

/** The same for many names: the selector is folded once. */
export function resemblance(selector: string): (places: Places) => boolean {
  const wanted = foldField(selector.replace(/^\*/, ''));
  const same = selector.startsWith('*')
    ? (folded: string): boolean => folded.endsWith(wanted)
    : (folded: string): boolean => folded === wanted;
  return ({ own, holders, deep }) => deep || own.some(same) || holders.some(same);
}
