import { crc32, inflateSync } from 'node:zlib';
import type { Fits, PictureFault, ReadPicture } from './types.ts';

const SIGNATURE = 8;
/** Length, type, checksum. */
const AROUND = 12;

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

/** PNG (Third Edition) §5.3. undefined where one is not whole, or says another checksum than it has. */
function chunksOf(bytes: Buffer): readonly Chunk[] | undefined {
  const chunks: Chunk[] = [];
  for (let at = SIGNATURE; at + AROUND <= bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const end = at + 8 + length;
    if (end + 4 > bytes.length) return undefined;
    if (crc32(bytes.subarray(at + 4, end)) !== bytes.readUInt32BE(end)) return undefined;
    const type = bytes.toString('latin1', at + 4, at + 8);
    chunks.push({ type, data: bytes.subarray(at + 8, end) });
    if (type === 'IEND') return length === 0 ? chunks : undefined;
    at = end + 4;
  }
  return undefined;
}

interface Head {
  readonly width: number;
  readonly height: number;
  readonly bitsPerPixel: number;
  readonly palette: boolean;
  readonly interlaced: boolean;
}

/** §11.2.1: samples of a pixel and the depths that there are, by colour type. */
const COLOURS: ReadonlyMap<number, readonly [samples: number, depths: readonly number[]]> = new Map([
  [0, [1, [1, 2, 4, 8, 16]]],
  [2, [3, [8, 16]]],
  [3, [1, [1, 2, 4, 8]]],
  [4, [2, [8, 16]]],
  [6, [4, [8, 16]]],
]);

function headOf({ type, data }: Chunk): Head | undefined {
  if (type !== 'IHDR' || data.length !== 13) return undefined;
  const [depth = 0, colour = 0, compression, filter, interlace] = data.subarray(8);
  const [samples, depths] = COLOURS.get(colour) ?? [0, []];
  if (!depths.includes(depth) || compression !== 0 || filter !== 0 || (interlace !== 0 && interlace !== 1))
    return undefined;
  const [width, height] = [data.readUInt32BE(0), data.readUInt32BE(4)];
  return { width, height, bitsPerPixel: samples * depth, palette: colour === 3, interlaced: interlace === 1 };
}

/** §8.1: where each pass begins, and its steps. */
const PASSES = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Lines as they stand one after the other, each with the byte before it that says how it was filtered (§9). */
function linesOf({ width, height, bitsPerPixel, interlaced }: Head): readonly { bytes: number; count: number }[] {
  const passes = interlaced ? PASSES : ([[0, 0, 1, 1]] as const);
  return passes.flatMap(([x, y, across, down]) => {
    const [pixels, count] = [Math.ceil((width - x) / across), Math.ceil((height - y) / down)];
    return pixels > 0 && count > 0 ? [{ bytes: 1 + Math.ceil((pixels * bitsPerPixel) / 8), count }] : [];
  });
}

/** Whether the packed data are exactly the lines that the head tells of. Never unpacks more than those. */
function isWhole(head: Head, packed: Buffer): boolean {
  const lines = linesOf(head);
  const length = lines.reduce((sum, { bytes, count }) => sum + bytes * count, 0);
  try {
    // `info` is not in the types: it tells how much of the input was read.
    const unpacked = inflateSync(packed, { maxOutputLength: length, info: true }) as unknown as {
      readonly buffer: Buffer;
      readonly engine: { readonly bytesWritten: number };
    };
    if (unpacked.buffer.length !== length || unpacked.engine.bytesWritten !== packed.length) return false;
    let at = 0;
    for (const { bytes, count } of lines)
      for (let line = 0; line < count; line += 1, at += bytes) if ((unpacked.buffer[at] ?? 5) > 4) return false;
    return true;
  } catch {
    return false;
  }
}

function written({ type, data }: Chunk): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A PNG (W3C, Third Edition) without what stands in it besides the picture. */
export function readPng(bytes: Buffer, fits: Fits): ReadPicture | PictureFault | undefined {
  const chunks = chunksOf(bytes);
  const [first] = chunks ?? [];
  const head = first && headOf(first);
  if (chunks === undefined || first === undefined || head === undefined) return undefined;
  const { width, height, palette } = head;
  if (!fits(width, height)) return 'large';
  const of = (type: string) => chunks.filter((chunk) => chunk.type === type);
  const [colours, clear] = [of('PLTE'), of('tRNS')];
  const packed = Buffer.concat(of('IDAT').map(({ data }) => data));
  if (of('IHDR').length !== 1 || colours.length > 1 || clear.length > 1 || of('acTL').length > 0) return undefined;
  const entries = (colours[0]?.data.length ?? 0) / 3;
  if (palette && (entries < 1 || entries > 256 || !Number.isInteger(entries))) return undefined;
  if (!isWhole(head, packed)) return undefined;
  const kept = [first, ...(palette ? colours : []), ...clear, { type: 'IDAT', data: packed }];
  const parts = [...kept, { type: 'IEND', data: Buffer.alloc(0) }].map(written);
  return { width, height, bytes: Buffer.concat([bytes.subarray(0, SIGNATURE), ...parts]) };
}
