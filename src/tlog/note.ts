import { fromBase64 } from './base64.ts';
import { LogFault } from './fault.ts';
import { ED25519, isKeyName, type Signer, type VerifierKey, verifies } from './key.ts';

/** Of a note, bytes: sixteen signatures of 5 kB, as C2SP signed-note says must be read, and room. */
export const MAX_NOTE_BYTES = 131_072;
const MAX_SIGNATURES = 100;
const DASH = '\u2014 ';
const ID_BYTES = 4;

/** A line of a note: who signed, with which key, and the bytes that they made of it. */
export interface NoteSignature {
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly id: string;
  readonly signature: Buffer;
}

export interface Note {
  /** What is signed, with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

const wrong = (message: string) => new LogFault('note', message);

/** Whether a text may be that of a note: it ends its last line, and has no control characters but that. */
export function isNoteText(text: string): boolean {
  return text.endsWith('\n') && text.isWellFormed() && !/[\u0000-\u0009\u000b-\u001f]/.test(text);
}

/** `— NAME BASE64`, with its newline. `signature` is what the type of the key says it is. */
export function signatureLine(key: Pick<VerifierKey, 'name' | 'id'>, signature: Uint8Array): string {
  return `${DASH}${key.name} ${Buffer.concat([Buffer.from(key.id, 'hex'), signature]).toString('base64')}\n`;
}

/** Reads one such line, without its newline. Throws `LogFault`. */
export function parseSignatureLine(line: string): NoteSignature {
  const space = line.indexOf(' ', DASH.length);
  const name = line.slice(DASH.length, space);
  const bytes = space < 0 ? undefined : fromBase64(line.slice(space + 1));
  if (!line.startsWith(DASH) || !isKeyName(name) || bytes === undefined || bytes.length <= ID_BYTES)
    throw wrong('A line of signature is a dash, a name and base64.');
  return { name, id: bytes.toString('hex', 0, ID_BYTES), signature: bytes.subarray(ID_BYTES) };
}

function textOf(note: string | Uint8Array): string {
  const length = typeof note === 'string' ? Buffer.byteLength(note) : note.length;
  if (length > MAX_NOTE_BYTES) throw wrong(`A note is at most ${MAX_NOTE_BYTES} bytes long.`);
  if (typeof note === 'string') return note;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note);
  } catch {
    throw wrong('A note is UTF-8.');
  }
}

/**
 * Reads a signed note (C2SP signed-note, "Format") by its form alone: nobody has verified anything yet. Linear; throws
 * `LogFault`.
 */
export function parseNote(note: string | Uint8Array): Note {
  const whole = textOf(note);
  if (!isNoteText(whole)) throw wrong('A note is UTF-8, ends its last line, and has no control characters.');
  // The last empty line: a text may have others.
  const end = whole.lastIndexOf('\n\n');
  if (end < 0) throw wrong('A note has an empty line, and signatures after it.');
  const lines = whole.slice(end + 2, -1).split('\n', MAX_SIGNATURES + 1);
  if (lines.length > MAX_SIGNATURES) throw wrong(`A note has at most ${MAX_SIGNATURES} signatures.`);
  return { text: whole.slice(0, end + 1), signatures: lines.map(parseSignatureLine) };
}

/** How a signature is verified under a key, which its type says. */
export type Check = (key: VerifierKey, text: string, signature: Uint8Array) => boolean;

/** C2SP signed-note, "Ed25519 signatures": over the text. */
export const checkEd25519: Check = (key, text, signature) => key.type === ED25519 && verifies(key, text, signature);

/**
 * The keys that signed a note, of those that are trusted (C2SP signed-note, "Signatures"): others are ignored, and one that is
 * known and false spoils the note. Throws `LogFault` then, and where none signed.
 */
export function verifyNote(note: Note, trusted: readonly VerifierKey[], check: Check = checkEd25519): VerifierKey[] {
  const signed = new Set<VerifierKey>();
  for (const { name, id, signature } of note.signatures) {
    const key = trusted.find((key) => key.name === name && key.id === id);
    if (key === undefined) continue;
    if (!check(key, note.text, signature))
      throw new LogFault('note', 'A signature of the note is not of the key that it names.', 'signature');
    signed.add(key);
  }
  if (signed.size === 0) throw new LogFault('note', 'The note is not signed by a key that is trusted.', 'signature');
  return [...signed];
}

/** A text as a signed note of one key, of type 0x01. Throws `LogFault` for a text that no note may have. */
export function signNote(text: string, key: Signer): string {
  if (!isNoteText(text)) throw wrong('A note is UTF-8, ends its last line, and has no control characters.');
  if (key.type !== ED25519) throw new LogFault('key', 'A key of that type signs no notes.');
  return `${text}\n${signatureLine(key, key.sign(text))}`;
}
