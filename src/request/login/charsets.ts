import { Remembered } from '../../lib/remembered.ts';

type Decoder = InstanceType<typeof TextDecoder>;

const EVERY_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => byte);

/** A decoder for that label of the Encoding Standard; undefined: nobody knows it, or it is not to be decoded. */
function decoderOf(charset: string): Decoder | undefined {
  try {
    return new TextDecoder(charset);
  } catch {
    // Unknown is not allowed.
    return undefined;
  }
}

/** Each byte is a character by itself, whatever stands beside it, and those of ASCII are ASCII's. */
function isByteByByte(decoder: Decoder): boolean {
  const each = [...EVERY_BYTE].map((byte) => decoder.decode(Uint8Array.of(byte)));
  if (each.some((text, byte) => text.length !== 1 || (byte < 128 && text.charCodeAt(0) !== byte))) return false;
  return decoder.decode(EVERY_BYTE) === each.join('');
}

function judged(charset: string): boolean {
  const decoder = decoderOf(charset);
  return decoder !== undefined && (decoder.encoding === 'utf-8' || isByteByByte(decoder));
}

const known = new Remembered<boolean>();

/**
 * Whether names can be read in bytes of that character set without knowing more: those below 0x80 are ASCII and belong to no
 * longer character. Derived from what its decoder does; a set that the runtime does not know is none. UTF-8 alone is taken
 * of those with longer characters: what becomes of a byte after half a character differs between decoders of the others.
 */
export function isAsciiInside(charset: string): boolean {
  const label = charset.toLowerCase();
  if (label.length > 64) return false;
  const found = known.get(label);
  if (found !== undefined) return found;
  const inside = judged(label);
  known.set(label, inside);
  return inside;
}
