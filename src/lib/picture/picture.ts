import { readJpeg } from './jpeg.ts';
import { readPng } from './png.ts';
import type { Fits, Picture, PictureFault, PictureType, ReadPicture } from './types.ts';
import { readWebp } from './webp.ts';

export const MOST_PICTURE_BYTES = 64 * 1024;
/** Of a side, and of all. */
const MOST_SIDE = 4096;
const MOST_PIXELS = 1_000_000;

interface Format {
  readonly type: PictureType;
  readonly begins: (bytes: Buffer) => boolean;
  readonly read: (bytes: Buffer, fits: Fits) => ReadPicture | PictureFault | undefined;
}

const FORMATS: readonly Format[] = [
  {
    type: 'image/png',
    begins: (bytes) => bytes.subarray(0, 8).equals(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])),
    read: readPng,
  },
  { type: 'image/jpeg', begins: (bytes) => bytes[0] === 0xff && bytes[1] === 0xd8, read: readJpeg },
  {
    type: 'image/webp',
    begins: (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
    read: readWebp,
  },
];

const fits: Fits = (width, height) =>
  width > 0 && height > 0 && width <= MOST_SIDE && height <= MOST_SIDE && width * height <= MOST_PIXELS;

/**
 * Reads a PNG, JPEG or WebP by its own structure, in time that grows with its bytes, and writes it anew without all that is
 * not needed to show it (texts, places, previews, whatever follows its end). No animation, no SVG: that is a document.
 */
export function readPicture(bytes: Buffer): Picture | PictureFault {
  if (bytes.length > MOST_PICTURE_BYTES) return 'long';
  const format = FORMATS.find(({ begins }) => begins(bytes));
  if (format === undefined) return 'unknown';
  const read = format.read(bytes, fits) ?? 'broken';
  return typeof read === 'string' ? read : { type: format.type, ...read };
}
