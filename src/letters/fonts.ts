import { readFileSync } from 'node:fs';
import * as fontkit from 'fontkit';

/** A font file. The two of one script are of one family: regular and bold. */
export type Face = 'latin' | 'latin-bold' | 'arabic' | 'arabic-bold' | 'mono';
export type Weight = 'regular' | 'bold' | 'mono';

const PACKAGES = '@expo-google-fonts/';
const FILES: Readonly<Record<Face, string>> = {
  latin: 'noto-sans/400Regular/NotoSans_400Regular.ttf',
  'latin-bold': 'noto-sans/700Bold/NotoSans_700Bold.ttf',
  arabic: 'ibm-plex-sans-arabic/400Regular/IBMPlexSansArabic_400Regular.ttf',
  'arabic-bold': 'ibm-plex-sans-arabic/700Bold/IBMPlexSansArabic_700Bold.ttf',
  mono: 'noto-sans-mono/500Medium/NotoSansMono_500Medium.ttf',
};
export const FACES = Object.keys(FILES) as readonly Face[]; // the keys of a literal of that type

/** Faces for each weight, those to be asked first in front. */
const CHAINS: Readonly<Record<Weight, readonly Face[]>> = {
  regular: ['latin', 'arabic'],
  bold: ['latin-bold', 'arabic-bold'],
  mono: ['mono', 'latin', 'arabic'],
};

/** What stands for a character that no font has. */
export const UNKNOWN = '\ufffd';

/** Tables of a font that say how letters change and move beside each other. */
const SHAPING = new Set(['GSUB', 'GPOS', 'GDEF', 'kern']);

/**
 * The font without its rules for shaping, which Latin does without: to go through all of them for every word took ten times
 * as long (docs/decisions/0046). OpenType §4.5: a count at byte 4, then 16 bytes for each table.
 */
function unshaped(file: Buffer): Buffer {
  const tables = Array.from({ length: file.readUInt16BE(4) }, (_, i) => file.subarray(12 + 16 * i, 28 + 16 * i));
  const kept = tables.filter((entry) => !SHAPING.has(entry.toString('latin1', 0, 4)));
  const head = Buffer.concat([file.subarray(0, 12), ...kept]);
  head.writeUInt16BE(kept.length, 4);
  return Buffer.concat([head, file.subarray(head.length)]);
}

interface Loaded {
  readonly file: Buffer;
  readonly font: fontkit.Font;
}

const loaded = new Map<Face, Loaded>();

/** Read when a letter first needs it, and kept: some hundred kilobytes. Throws what `readFileSync` throws. */
function load(face: Face): Loaded {
  const known = loaded.get(face);
  if (known !== undefined) return known;
  const read = readFileSync(new URL(import.meta.resolve(PACKAGES + FILES[face])));
  const file = face.startsWith('arabic') ? read : unshaped(read);
  const font = fontkit.create(file);
  if ('fonts' in font) throw new Error(`${face} is a collection of fonts`);
  const made = { file, font };
  loaded.set(face, made);
  return made;
}

export const fontFile = (face: Face): Buffer => load(face).file;

const ARABIC = /\p{Script=Arabic}/u;

/**
 * The face that shows a character; undefined when none does. Where the line runs from right to left, signs that both families
 * have are of the Arabic one, as the letters beside them are.
 */
export function faceOf(character: string, weight: Weight, rightToLeft: boolean): Face | undefined {
  const code = character.codePointAt(0) ?? 0;
  const chain = CHAINS[weight];
  const arabicFirst = weight !== 'mono' && (rightToLeft || ARABIC.test(character));
  const asked = arabicFirst ? chain.toReversed() : chain;
  return asked.find((face) => load(face).font.hasGlyphForCodePoint(code));
}

export const hasGlyph = (face: Face, character: string): boolean =>
  load(face).font.hasGlyphForCodePoint(character.codePointAt(0) ?? 0);

/** Words of these are shaped once: shaping Arabic takes longer than all else. Bounded, the oldest go first. */
const MOST_KEPT = 4096;
const LONGEST_KEPT = 40;
const widths = new Map<string, number>();

/** How wide a text of one face and direction is, for a size of 1. */
export function widthOf(face: Face, text: string): number {
  const key = `${face} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  const { font } = load(face);
  const width = font.layout(text).advanceWidth / font.unitsPerEm;
  if (text.length > LONGEST_KEPT || !face.startsWith('arabic')) return width;
  if (widths.size >= MOST_KEPT) widths.delete(widths.keys().next().value ?? '');
  widths.set(key, width);
  return width;
}
