import type { Fits, PictureFault, ReadPicture } from './types.ts';

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** RFC 9649 §2.3: chunks within `RIFF`, padded to even lengths. undefined where one is not whole. */
function chunksOf(bytes: Buffer): readonly Chunk[] | undefined {
  if (bytes.length < 12) return undefined;
  const end = 8 + bytes.readUInt32LE(4);
  if (end > bytes.length) return undefined;
  const chunks: Chunk[] = [];
  let at = 12;
  while (at + 8 <= end) {
    const to = at + 8 + bytes.readUInt32LE(at + 4);
    if (to > end) return undefined;
    chunks.push({ type: bytes.toString('latin1', at, at + 4), data: bytes.subarray(at + 8, to) });
    at = to + (to % 2);
  }
  return chunks;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** RFC 6386 §9.1: a key frame says how large it is. */
function sizeOfLossy(data: Buffer): Size | undefined {
  if (data.length < 10 || ((data[0] ?? 1) & 1) !== 0 || data.readUIntBE(3, 3) !== 0x9d_01_2a) return undefined;
  return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
}

/** RFC 9649 §3.4. */
function sizeOfLossless(data: Buffer): Size | undefined {
  if (data.length < 5 || data[0] !== 0x2f) return undefined;
  const bits = data.readUInt32LE(1);
  if (bits >>> 29 !== 0) return undefined;
  return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
}

/** Of an extended file: as large as its picture, and not moving. */
function agrees({ data }: Chunk, { width, height }: Size): boolean {
  if (data.length !== 10 || ((data[0] ?? 2) & ANIMATED) !== 0) return false;
  return data.readUIntLE(4, 3) + 1 === width && data.readUIntLE(7, 3) + 1 === height;
}

const ANIMATED = 0x02;
const ALPHA = 0x10;

function written({ type, data }: Chunk): Buffer {
  const head = Buffer.alloc(8);
  head.write(type, 'latin1');
  head.writeUInt32LE(data.length, 4);
  return Buffer.concat([head, data, Buffer.alloc(data.length % 2)]);
}

function file(chunks: readonly Chunk[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP', 'latin1'), ...chunks.map(written)]);
  const head = Buffer.alloc(8);
  head.write('RIFF', 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body]);
}

/** A WebP (RFC 9649) of one still picture, without profiles, EXIF and XMP. */
export function readWebp(bytes: Buffer, fits: Fits): ReadPicture | PictureFault | undefined {
  const chunks = chunksOf(bytes);
  const [first] = chunks ?? [];
  if (chunks === undefined || first === undefined) return undefined;
  const of = (type: string) => chunks.filter((chunk) => chunk.type === type);
  const [picture, other] = [...of('VP8 '), ...of('VP8L')];
  if (picture === undefined || other !== undefined || of('ANIM').length > 0 || of('ANMF').length > 0) return undefined;
  const size = picture.type === 'VP8 ' ? sizeOfLossy(picture.data) : sizeOfLossless(picture.data);
  if (size === undefined) return undefined;
  if (!fits(size.width, size.height)) return 'large';
  if (first.type === picture.type) return { ...size, bytes: file([picture]) };
  if (first.type !== 'VP8X' || !agrees(first, size)) return undefined;
  const alpha = picture.type === 'VP8 ' ? of('ALPH').slice(0, 1) : [];
  const head = Buffer.from(first.data);
  head[0] = (head[0] ?? 0) & ALPHA;
  return { ...size, bytes: file([{ type: 'VP8X', data: head }, ...alpha, picture]) };
}
