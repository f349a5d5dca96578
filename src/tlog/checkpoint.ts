import { fromBase64 } from './base64.ts';
import { LogFault } from './fault.ts';
import type { Signer, VerifierKey } from './key.ts';
import { type Note, parseNote, signNote, verifyNote } from './note.ts';
import { HASH_BYTES, isSize } from './tree.ts';

/** The head of a log (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Which log. */
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

const wrong = () => new LogFault('checkpoint', 'A checkpoint has three lines: origin, size, and root in base64.');

/** C2SP tlog-checkpoint, "Note text": three lines. */
export function formatCheckpoint({ origin, size, root }: Checkpoint): string {
  if (origin === '' || origin.includes('\n') || !isSize(size) || root.length !== HASH_BYTES) throw wrong();
  return `${origin}\n${size}\n${root.toString('base64')}\n`;
}

/** The text of a note as a checkpoint. Lines of extension, which other logs may have, are passed over. Throws `LogFault`. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin = '', size = '', root = '', ...extension] = lines;
  const hash = fromBase64(root, HASH_BYTES);
  const last = extension.pop();
  if (origin === '' || last !== '' || extension.includes('') || hash === undefined) throw wrong();
  if (!/^(?:0|[1-9][0-9]{0,15})$/.test(size) || !isSize(Number(size))) throw wrong();
  return { origin, size: Number(size), root: hash };
}

/** A head, signed by the key of its log: the whole note. Throws `LogFault` unless the key has the name of the log. */
export function signCheckpoint(head: Checkpoint, key: Signer): string {
  if (key.name !== head.origin) throw new LogFault('key', 'The key has another name than the log.');
  return signNote(formatCheckpoint(head), key);
}

/** What a signed checkpoint says, with the note that it was read from. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
}

/** Reads and verifies the checkpoint of the log that has this key, by whose name it is known. Throws `LogFault`. */
export function openCheckpoint(text: string | Uint8Array, key: VerifierKey): SignedCheckpoint {
  const note = parseNote(text);
  const head = parseCheckpoint(note.text);
  verifyNote(note, [key]);
  if (head.origin !== key.name) throw new LogFault('checkpoint', 'The checkpoint is of another log.', 'signature');
  return { ...head, note };
}
