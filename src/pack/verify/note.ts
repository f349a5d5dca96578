import { bytesOf, fromBase64, fromHex, toHex } from './bytes.ts';
import { PackFault } from './fault.ts';
import { sha256 } from './sha256.ts';

const ED25519 = 0x01;
const ID_BYTES = 4;
const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;
const MAX_NOTE = 131_072;
const MAX_SIGNATURES = 100;
const DASH = '\u2014 ';

/** The key that a reader knows a log by (C2SP signed-note): `NAME+ID+BASE64`. */
export interface LogKey {
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly id: string;
  readonly publicKey: Uint8Array;
  /** As it was given. */
  readonly text: string;
}

/** Undefined for a text that is no verifier key of type Ed25519, or is damaged. */
export function parseKey(text: string): LogKey | undefined {
  const parts = /^([^\s+]{1,255})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{43}[A-Za-z0-9+/=])$/.exec(text);
  if (parts === null) return undefined;
  const [, name = '', id = '', base64 = ''] = parts;
  const bytes = fromBase64(base64, 1 + KEY_BYTES);
  if (bytes === undefined || bytes[0] !== ED25519) return undefined;
  // The id is that of name, type and key: a slip of the pen is found.
  if (toHex(sha256(bytesOf(`${name}\n`), bytes)).slice(0, 2 * ID_BYTES) !== id) return undefined;
  return { name, id, publicKey: bytes.slice(1), text };
}

export interface Signature {
  readonly name: string;
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** A signed note (C2SP signed-note, "Format"), unverified. */
export interface Note {
  readonly text: string;
  readonly signatures: readonly Signature[];
}

function signatureOf(line: string): Signature | undefined {
  const parts = /^\u2014 ([^\s+]{1,255}) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
  const bytes = parts === null ? undefined : fromBase64(parts[2] ?? '');
  if (parts === null || bytes === undefined || bytes.length <= ID_BYTES) return undefined;
  return { name: parts[1] ?? '', id: toHex(bytes.subarray(0, ID_BYTES)), bytes: bytes.slice(ID_BYTES) };
}

/** Undefined for a text that is no note. Linear. */
export function parseNote(whole: string): Note | undefined {
  const end = whole.lastIndexOf('\n\n');
  if (whole.length > MAX_NOTE || end < 0 || !whole.endsWith('\n') || /[\u0000-\u0009\u000b-\u001f]/.test(whole))
    return undefined;
  const lines = whole.slice(end + 2, -1).split('\n', MAX_SIGNATURES + 1);
  const signatures = lines.map((line) => (line.startsWith(DASH) ? signatureOf(line) : undefined));
  if (lines.length > MAX_SIGNATURES || signatures.includes(undefined)) return undefined;
  return { text: whole.slice(0, end + 1), signatures: signatures.filter((each) => each !== undefined) };
}

/** Whether the host can verify Ed25519 at all, asked with the first vector of RFC 8032 §7.1. */
export function canVerify(): Promise<boolean> {
  able ??= tryVector();
  return able;
}

let able: Promise<boolean> | null = null;

async function tryVector(): Promise<boolean> {
  const key = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
  const signature = fromHex(
    'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  );
  return (await verifyBytes(key, new Uint8Array(0), signature)) === true;
}

/** Undefined where the host cannot tell. */
async function verifyBytes(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean | undefined> {
  try {
    const imported = await crypto.subtle.importKey('raw', Uint8Array.from(key), 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, Uint8Array.from(signature), Uint8Array.from(message));
  } catch {
    return undefined;
  }
}

/**
 * Whether the key signed the note: a line names it, and each that does is its signature of the text (RFC 8032 §5.1.7). Lines of
 * others are passed over (C2SP signed-note, "Signatures").
 */
export async function isSignedBy(note: Note, key: LogKey): Promise<boolean> {
  const own = note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
  for (const { bytes } of own) {
    if (bytes.length !== SIGNATURE_BYTES) return false;
    if ((await verifyBytes(key.publicKey, bytesOf(note.text), bytes)) !== true) return false;
  }
  return own.length > 0;
}

/** The head of a log (C2SP tlog-checkpoint). */
export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

/** The head that a note says, of the log of this name. Undefined for any other text. */
export function headOf(text: string, origin: string): Head | undefined {
  const [name, size = '', root = '', last, ...more] = text.split('\n');
  const hash = fromBase64(root, 32);
  if (name !== origin || last !== '' || more.length > 0 || hash === undefined) return undefined;
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
  return { size: Number(size), root: hash };
}

/** Reads the signed head of the log that has this key. Throws `PackFault` at `file`. */
export async function openHead(whole: string, key: LogKey, file: PackFault['where']): Promise<Head & { note: Note }> {
  const note = parseNote(whole);
  const head = note === undefined ? undefined : headOf(note.text, key.name);
  if (note === undefined || head === undefined) throw new PackFault(file, 'The text is not a head of this log.');
  if (!(await isSignedBy(note, key))) throw new PackFault(file, 'The head is not signed by the key of the log.');
  return { ...head, note };
}

/** The first 64 characters by which people compare a head that they wrote down: SHA-256 of its text, in hexadecimal. */
export function shortOf(note: Note): string {
  return toHex(sha256(bytesOf(note.text)));
}
