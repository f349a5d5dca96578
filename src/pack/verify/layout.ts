import { bytesOf } from './bytes.ts';

/** How a file of the ZIP is packed (APPNOTE 6.3.10 §4.4.5). */
export const STORED = 0;
export const DEFLATED = 8;

/** A file of the ZIP, as its directory has it. */
export interface Packed {
  readonly name: string;
  readonly method: typeof STORED | typeof DEFLATED;
  readonly crc: number;
  /** Bytes in the ZIP. */
  readonly packedSize: number;
  /** Bytes of the file itself. */
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

export const LOCAL_BYTES = 30;
export const DESCRIPTOR_BYTES = 16;
export const CENTRAL_BYTES = 46;
export const END_BYTES = 22;

/** Made by version 2.0 for any system, needs 2.0. */
const VERSION = 20;
/** 1980-01-01 00:00:00, the first moment of ZIP: when a pack was made stands in its manifest, which is signed. */
const DATE = 0x0021;
/** Sizes follow the data (§4.4.4, bit 3): it is written as it is made. */
const SIZES_FOLLOW = 0x0008;

type Numbers = readonly (readonly [bytes: 2 | 4, value: number])[];

function littleEndian(numbers: Numbers, name = ''): Uint8Array {
  const head = numbers.reduce((sum, [bytes]) => sum + bytes, 0);
  const written = new Uint8Array(head + name.length);
  const view = new DataView(written.buffer);
  let at = 0;
  for (const [bytes, value] of numbers) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  written.set(bytesOf(name), at);
  return written;
}

/** What local and central headers have alike, from the version that is needed. */
function common({ name, method, crc, packedSize, size }: Packed, told: boolean): Numbers {
  return [
    [2, VERSION],
    [2, method === DEFLATED ? SIZES_FOLLOW : 0],
    [2, method],
    [2, 0],
    [2, DATE],
    [4, told ? crc : 0],
    [4, told ? packedSize : 0],
    [4, told ? size : 0],
    [2, name.length],
    [2, 0],
  ];
}

/** §4.3.7. Names are ASCII. */
export function localHeader(file: Packed): Uint8Array {
  return littleEndian([[4, 0x04034b50], ...common(file, file.method === STORED)], file.name);
}

/** §4.3.9; what is stored has none. */
export function descriptor({ method, crc, packedSize, size }: Packed): Uint8Array {
  if (method === STORED) return new Uint8Array(0);
  return littleEndian([
    [4, 0x08074b50],
    [4, crc],
    [4, packedSize],
    [4, size],
  ]);
}

/** §4.3.12. */
export function centralHeader(file: Packed): Uint8Array {
  const after: Numbers = [
    [2, 0],
    [2, 0],
    [2, 0],
    [4, 0],
    [4, file.offset],
  ];
  return littleEndian([[4, 0x02014b50], [2, VERSION], ...common(file, true), ...after], file.name);
}

/** §4.3.16. */
export function endOfDirectory(files: number, bytes: number, offset: number): Uint8Array {
  return littleEndian([
    [4, 0x06054b50],
    [2, 0],
    [2, 0],
    [2, files],
    [2, files],
    [4, bytes],
    [4, offset],
    [2, 0],
  ]);
}
