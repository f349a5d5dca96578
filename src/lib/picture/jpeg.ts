import type { Fits, PictureFault, ReadPicture } from './types.ts';

/** ITU-T T.81 §B.1.1.3. */
const SOS = 0xda;
const EOI = 0xd9;
/** Baseline, extended and progressive, Huffman-coded. */
const FRAMES: ReadonlySet<number> = new Set([0xc0, 0xc1, 0xc2]);
/** Tables and restart intervals. */
const TABLES: ReadonlySet<number> = new Set([0xc4, 0xdb, 0xdd]);
/** Encoders write a dozen at most; each may be a picture's worth of work to whoever shows it. */
const MOST_SCANS = 32;

interface Segment {
  readonly marker: number;
  /** After its length. */
  readonly data: Buffer;
  readonly from: number;
  readonly to: number;
}

/** The segment that begins at a marker; undefined where it is none, or not whole. */
function segmentAt(bytes: Buffer, at: number): Segment | undefined {
  // Fill bytes may stand before a marker.
  let from = at;
  while (bytes[from] === 0xff && bytes[from + 1] === 0xff) from += 1;
  const marker = bytes[from + 1];
  if (bytes[from] !== 0xff || marker === undefined) return undefined;
  if (marker === EOI) return { marker, data: Buffer.alloc(0), from, to: from + 2 };
  if (from + 4 > bytes.length) return undefined;
  const to = from + 2 + bytes.readUInt16BE(from + 2);
  if (to < from + 4 || to > bytes.length) return undefined;
  return { marker, data: bytes.subarray(from + 4, to), from, to };
}

/** Where the coded data of a scan end: at the next marker that is no restart (§B.1.1.5). */
function scanEnd(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(0xff, from);
  while (at !== -1) {
    const next = bytes[at + 1];
    if (next === undefined) return bytes.length;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    at = bytes.indexOf(0xff, at + (next === 0xff ? 1 : 2));
  }
  return bytes.length;
}

/** What says how colours are meant, and nothing else of what applications write. */
function isKept({ marker, data }: Segment): boolean {
  if (TABLES.has(marker) || FRAMES.has(marker) || marker === SOS) return true;
  return (
    (marker === 0xe0 && data.toString('latin1', 0, 5) === 'JFIF\0' && data.length >= 14) ||
    (marker === 0xee && data.toString('latin1', 0, 5) === 'Adobe' && data.length === 12)
  );
}

/** JFIF 1.02: without the small picture that may stand in it. */
function shortened(bytes: Buffer, { marker, data, from, to }: Segment): Buffer {
  if (marker !== 0xe0) return bytes.subarray(from, to);
  const head = Buffer.from(data.subarray(0, 14));
  head.fill(0, 12, 14);
  return Buffer.concat([Buffer.from([0xff, 0xe0, 0x00, 0x10]), head]);
}

function sizeOf({ data }: Segment): { width: number; height: number } | undefined {
  const parts = data[5];
  if (data.length < 6 || (parts !== 1 && parts !== 3 && parts !== 4) || data.length !== 6 + 3 * parts) return undefined;
  return { height: data.readUInt16BE(1), width: data.readUInt16BE(3) };
}

/** A JPEG (ITU-T T.81) without what applications have written into it: where and by whom it was taken, previews, comments. */
export function readJpeg(bytes: Buffer, fits: Fits): ReadPicture | PictureFault | undefined {
  const kept: Buffer[] = [bytes.subarray(0, 2)];
  let size: ReturnType<typeof sizeOf>;
  let scans = 0;
  for (let at = 2; ; ) {
    const segment = segmentAt(bytes, at);
    if (segment === undefined) return undefined;
    const { marker, to } = segment;
    if (marker === EOI) break;
    if (FRAMES.has(marker)) {
      if (size !== undefined) return undefined;
      size = sizeOf(segment);
      if (size === undefined) return undefined;
      if (!fits(size.width, size.height)) return 'large';
    } else if (!isKnown(marker)) return undefined;
    if (isKept(segment)) kept.push(shortened(bytes, segment));
    at = to;
    if (marker !== SOS) continue;
    scans += 1;
    if (size === undefined || scans > MOST_SCANS) return undefined;
    at = scanEnd(bytes, to);
    kept.push(bytes.subarray(to, at));
  }
  if (size === undefined || scans === 0) return undefined;
  return { ...size, bytes: Buffer.concat([...kept, Buffer.from([0xff, EOI])]) };
}

/** Tables, scans, what applications write, and comments; all else is another way of coding. */
function isKnown(marker: number): boolean {
  return TABLES.has(marker) || marker === SOS || (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
}
