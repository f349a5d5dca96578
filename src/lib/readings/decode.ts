import { isUtf8 } from 'node:buffer';
import { normalised } from '../normal.ts';

/** Decodings that some server in front of or inside the app may do one after the other. */
const ROUNDS = 3;
/** Ways to read one text that are followed up, and characters in all: what has more is nobody's address. */
const MOST = 96;
const MOST_CHARACTERS = 16_384;

const ESCAPED = /%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})/i;
const IIS_ESCAPE = /%u([0-9A-Fa-f]{4})/gi;
const NON_ASCII = /[^\0-\x7f]/;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;
/** A character for each byte, as Windows has them; what is no letter there is none of a path either. */
const LETTERS = Array.from({ length: 256 }, (_, byte) => {
  const letter = new TextDecoder('windows-1252').decode(Uint8Array.of(byte));
  return byte < 0x80 || byte === 0xad || /\p{L}/u.test(letter) ? letter : '\ufffd';
});

/** Length of the sequence that a byte begins (old UTF-8 had up to six), and the bits of the character that it holds. */
function lead(byte: number): readonly [length: number, bits: number] {
  if (byte < 0x80) return [1, byte];
  if (byte < 0xc0) return [0, 0];
  if (byte < 0xe0) return [2, byte & 0x1f];
  if (byte < 0xf0) return [3, byte & 0x0f];
  if (byte < 0xf8) return [4, byte & 0x07];
  if (byte < 0xfc) return [5, byte & 0x03];
  return byte < 0xfe ? [6, byte & 0x01] : [0, 0];
}

const SMALLEST = [0, 0, 0x80, 0x800, 0x1_0000, 0x20_0000, 0x400_0000];

interface Sequence {
  readonly length: number;
  /** -1: no character. */
  readonly code: number;
  /** Longer than it need be (RFC 3629 §10), which old decoders took. */
  readonly overlong: boolean;
}

function sequenceAt(bytes: Uint8Array, at: number): Sequence {
  const [length, bits] = lead(bytes[at] ?? 0);
  const none = { length: 1, code: -1, overlong: false };
  if (length === 0 || at + length > bytes.length) return none;
  let code = bits;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    if ((byte & 0xc0) !== 0x80) return none;
    code = code * 64 + (byte & 0x3f);
  }
  if (code > 0x10_ffff || (code >= 0xd800 && code <= 0xdfff)) return none;
  return { length, code, overlong: code < (SMALLEST[length] ?? 0) };
}

/** What servers make of one decoding: broken bytes left as they stand, dropped, overlong ones taken, a letter for each byte. */
interface Made {
  kept: string;
  dropped: string;
  overlong: string;
  letters: string;
}

function escapeOf(byte: number): string {
  return `%${byte < 16 ? '0' : ''}${byte.toString(16)}`;
}

/** Bytes that are not all UTF-8: each sequence is read by itself, what is none beside it stops nothing. */
function addBroken(made: Made, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    const { length, code, overlong } = sequenceAt(bytes, at);
    const character = code < 0 ? '' : String.fromCodePoint(code);
    for (let i = at; i < at + length; i++) {
      if (code < 0 || overlong) made.kept += escapeOf(bytes[i] ?? 0);
      if (code < 0) made.overlong += escapeOf(bytes[i] ?? 0);
    }
    if (!overlong) {
      made.kept += character;
      made.dropped += character;
    }
    made.overlong += character;
    at += length;
  }
}

function addRun(made: Made, bytes: Buffer): void {
  if (isUtf8(bytes)) {
    const text = bytes.toString('utf8');
    made.kept += text;
    made.dropped += text;
    made.overlong += text;
  } else addBroken(made, bytes);
  for (const byte of bytes) made.letters += LETTERS[byte] ?? '';
}

function hexAt(text: string, at: number): number {
  const code = text.charCodeAt(at) | 0x20;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : Number.NaN;
}

/** The byte of the escape at `at`; NaN for none. */
function byteAt(text: string, at: number): number {
  return text.charCodeAt(at) === 37 ? hexAt(text, at + 1) * 16 + hexAt(text, at + 2) : Number.NaN;
}

/** The escapes from `at` on, without a gap. */
function runAt(text: string, at: number): Buffer {
  let end = at;
  while (!Number.isNaN(byteAt(text, end))) end += 3;
  const bytes = Buffer.allocUnsafe((end - at) / 3);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(text, at + 3 * i);
  return bytes;
}

/** Takes a text apart: what is plain, and what is escaped, in turn. */
function eachRun(text: string, plain: (part: string) => void, escaped: (bytes: Buffer) => void): void {
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at)) {
    if (Number.isNaN(byteAt(text, at))) {
      at++;
      continue;
    }
    const bytes = runAt(text, at);
    if (at > from) plain(text.slice(from, at));
    escaped(bytes);
    at += bytes.length * 3;
    from = at;
  }
  if (from < text.length) plain(text.slice(from));
}

function decode(text: string): readonly string[] {
  const made: Made = { kept: '', dropped: '', overlong: '', letters: '' };
  const add = (plain: string): void => {
    made.kept += plain;
    made.dropped += plain;
    made.overlong += plain;
    made.letters += plain;
  };
  eachRun(text, add, (bytes) => addRun(made, bytes));
  return [made.kept, made.dropped, made.overlong, made.letters];
}

/** One decoding, strictly: what is no UTF-8 stays as it stands. */
function decodeStrictly(text: string): string {
  if (!text.includes('%')) return text;
  const made: Made = { kept: '', dropped: '', overlong: '', letters: '' };
  const add = (plain: string): void => {
    made.kept += plain;
  };
  eachRun(text, add, (bytes) => (isUtf8(bytes) ? add(bytes.toString('utf8')) : addBroken(made, bytes)));
  return made.kept;
}

/** One decoding in all ways, `%uXXXX` of IIS among them. */
function once(text: string): readonly string[] {
  if (!/%u/i.test(text)) return decode(text);
  const iis = text.replace(IIS_ESCAPE, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return [...decode(text), ...decode(iis)];
}

/** A percent sign in full width, or with something invisible in it, is one to some. */
function unmasked(text: string): string {
  return NON_ASCII.test(text) ? normalised(text.replace(INVISIBLE, ''), 'NFKC') : text;
}

/**
 * Every text that a server may make of percent-encoded text: as it stands, decoded once, twice, thrice, each as leniently as
 * any does. Never throws; undefined when there are more than anybody could mean. Linear in the length of the text.
 */
export function decodings(text: string): readonly string[] | undefined {
  const all = new Set([text]);
  let characters = 0;
  let now: readonly string[] = [text];
  for (let round = 0; round < ROUNDS && now.length > 0; round++) {
    const next = new Set<string>();
    for (const each of now) {
      for (const form of new Set([each, unmasked(each)])) {
        if (!ESCAPED.test(form)) continue;
        for (const made of once(form)) if (!all.has(made)) next.add(made);
      }
      if (all.size + next.size > MOST) return undefined;
    }
    for (const each of next) {
      all.add(each);
      characters += each.length;
    }
    if (characters > MOST_CHARACTERS) return undefined;
    now = [...next];
  }
  return [...all];
}

/** The text as it is when nothing is left to decode, strictly: what is no UTF-8 stays as it stands. */
export function decoded(text: string): string {
  let now = text;
  for (let round = 0; round < ROUNDS; round++) now = decodeStrictly(now);
  return now;
}

/** Whether all that is percent-encoded is UTF-8. */
export function isWellFormed(text: string): boolean {
  let well = true;
  eachRun(
    text,
    () => {},
    (bytes) => {
      well &&= isUtf8(bytes);
    },
  );
  return well;
}
