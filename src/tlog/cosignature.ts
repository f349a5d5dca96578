import { parseCheckpoint } from './checkpoint.ts';
import { LogFault } from './fault.ts';
import { COSIGNATURE, SIGNATURE_BYTES, type Signer, type VerifierKey, verifies } from './key.ts';
import { type Check, type NoteSignature, signatureLine } from './note.ts';
import { isSize } from './tree.ts';

const TIME_BYTES = 8;

/** C2SP tlog-cosignature, "Ed25519 signed message". */
const message = (seconds: bigint | number, text: string) => `cosignature/v1\ntime ${seconds}\n${text}`;

/**
 * The line of a witness that has seen that a checkpoint is consistent with all before it, with its newline. `text`: of the
 * checkpoint, without signatures. `seconds`: since 1970, when it was seen. Throws `LogFault`.
 */
export function cosign(text: string, seconds: number, key: Signer): string {
  parseCheckpoint(text);
  if (key.type !== COSIGNATURE) throw new LogFault('key', 'A key of that type signs no cosignatures.');
  if (!isSize(seconds)) throw new LogFault('cosignature', 'The time of a cosignature is in whole seconds since 1970.');
  const time = Buffer.alloc(TIME_BYTES);
  time.writeBigUInt64BE(BigInt(seconds));
  return signatureLine(key, Buffer.concat([time, key.sign(message(seconds, text))]));
}

/** When a signature that was read as one of a witness says that it was made; unverified. */
function timeOf(signature: Uint8Array): bigint | undefined {
  if (signature.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined;
  const seconds = Buffer.from(signature.buffer, signature.byteOffset).readBigUInt64BE();
  return seconds < 2n ** 63n ? seconds : undefined;
}

/** How a note is verified under the keys of witnesses, for `verifyNote`. */
export const checkCosignature: Check = (key, text, signature) => {
  const seconds = timeOf(signature);
  if (key.type !== COSIGNATURE || seconds === undefined) return false;
  return verifies(key, message(seconds, text), signature.subarray(TIME_BYTES));
};

/** When the witness saw the checkpoint, in seconds since 1970. Throws `LogFault` unless the line is its own, of that text. */
export function verifyCosignature(text: string, line: NoteSignature, key: VerifierKey): number {
  const isNamed = line.name === key.name && line.id === key.id;
  if (!isNamed || !checkCosignature(key, text, line.signature))
    throw new LogFault('cosignature', 'The cosignature is not of that witness.', 'signature');
  const seconds = Number(timeOf(line.signature));
  if (!isSize(seconds)) throw new LogFault('cosignature', 'The time of the cosignature is beyond any calendar.');
  return seconds;
}
