import { convertIndexedToRgb, type DecodedPng, decode, encode } from 'fast-png';

const MOST_BYTES = 64 * 1024;
const MOST_PIXELS = 1_000_000;
/** PNG (Third Edition) §5.2 and §11.2.1: signature, length, `IHDR`, width, height. */
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

function isSmall(png: Buffer): boolean {
  if (png.length > MOST_BYTES || png.length < 33 || !png.subarray(0, 8).equals(SIGNATURE)) return false;
  const pixels = png.readUInt32BE(16) * png.readUInt32BE(20);
  return pixels > 0 && pixels <= MOST_PIXELS;
}

interface Samples {
  readonly data: ArrayLike<number>;
  readonly channels: number;
  /** The value of white. */
  readonly full: number;
}

function samplesOf(image: DecodedPng): Samples | null {
  if (image.palette !== undefined) {
    const data = convertIndexedToRgb({ ...image, palette: image.palette });
    return { data, channels: image.palette[0]?.length ?? 3, full: 255 };
  }
  if (image.depth < 8) return null;
  return { data: image.data, channels: image.channels, full: image.depth === 16 ? 65_535 : 255 };
}

/** Red, green and blue of every pixel as it looks on white paper. */
function onPaper({ data, channels, full }: Samples, pixels: number): Uint8Array {
  const colours = channels < 3 ? 1 : 3;
  const out = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const from = pixel * channels;
    const alpha = channels > colours ? (data[from + colours] ?? 0) / full : 1;
    for (let colour = 0; colour < 3; colour += 1) {
      const value = (data[from + (colours === 3 ? colour : 0)] ?? 0) / full;
      out[pixel * 3 + colour] = Math.round(255 * (value * alpha + 1 - alpha));
    }
  }
  return out;
}

/**
 * The logo drawn anew, without transparency, or null for what is no PNG, too large, or grey of less than 8 bits. The library
 * that writes the PDF reads some PNG files later, where its failure ends the process, and follows lengths backwards; it gets
 * nothing but what was written here.
 */
export function paperLogo(bytes: Uint8Array): Buffer | null {
  const png = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isSmall(png)) return null;
  try {
    const image = decode(Buffer.from(png));
    const { width, height } = image;
    const samples = samplesOf(image);
    if (samples === null) return null;
    return Buffer.from(encode({ width, height, data: onPaper(samples, width * height), channels: 3, depth: 8 }));
  } catch {
    return null;
  }
}
