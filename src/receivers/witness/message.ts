import { fromBase64 } from '../../tlog/base64.ts';
import { parseNote } from '../../tlog/note.ts';
import { HASH_BYTES, isSize } from '../../tlog/tree.ts';

/** C2SP tlog-witness, "add-checkpoint". */
export const MAX_PROOF = 63;
/** Of a request, bytes: a proof, and a note with more signatures than anybody sends. */
export const MAX_REQUEST = 65_536;
/** C2SP tlog-witness: the type of an answer that says which size the witness has seen. */
export const SIZE_TYPE = 'text/x.tlog.size';

/** A head that a witness is shown, and the proof that it begins with what the witness has seen. */
export interface AddCheckpoint {
  readonly old: number;
  readonly proof: readonly Buffer[];
  /** A signed note, whole. */
  readonly checkpoint: string;
}

export function formatRequest({ old, proof, checkpoint }: AddCheckpoint): string {
  return `old ${old}\n${proof.map((hash) => `${hash.toString('base64')}\n`).join('')}\n${checkpoint}`;
}

/** Reads such a request by its form; undefined for any other. Linear. */
export function parseRequest(text: string): AddCheckpoint | undefined {
  const end = text.indexOf('\n\n');
  const [first = '', ...lines] = text.slice(0, Math.max(0, end)).split('\n');
  const old = sizeOf(/^old (.*)$/.exec(first)?.[1] ?? '');
  const proof = lines.map((line) => fromBase64(line, HASH_BYTES));
  const hashes = proof.filter((hash) => hash !== undefined);
  if (end < 0 || old === undefined || proof.length > MAX_PROOF || hashes.length < proof.length) return undefined;
  return { old, proof: hashes, checkpoint: text.slice(end + 2) };
}

/** ASCII decimal without leading zeroes. */
export function sizeOf(text: string): number | undefined {
  const size = /^(?:0|[1-9][0-9]{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return isSize(size) ? size : undefined;
}

/** The lines of signature that a witness has answered with, read as those of the note that it was shown. Throws `LogFault`. */
export function answeredLines(checkpoint: string, answer: string) {
  return parseNote(`${checkpoint}${answer}`).signatures.slice(parseNote(checkpoint).signatures.length);
}
