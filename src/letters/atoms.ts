import bidiFactory from 'bidi-js';
import { type Face, faceOf, hasGlyph, UNKNOWN, type Weight, widthOf } from './fonts.ts';

/** The way of a line; `auto`: that of its first letter. */
export type Direction = 'ltr' | 'rtl' | 'auto';

/** A piece of a line with one face and one direction, that a line is broken beside but not within. */
export interface Atom {
  readonly face: Face;
  /** As the font takes it: mirrored and turned where need be. */
  readonly text: string;
  /** For a size of 1. */
  readonly width: number;
  /** UAX #9: odd runs from right to left. */
  readonly level: number;
  readonly isRoom: boolean;
}

export interface Paragraph {
  readonly atoms: readonly Atom[];
  /** The level of the line itself. */
  readonly level: number;
}

// The package is CommonJS, and its types are of its ES module: what they call its `default` is what is imported.
const bidi = (bidiFactory as unknown as typeof bidiFactory.default)();

/** Everything that is, or may be, written from right to left (UAX #9 §3.2; blocks of its default classes). */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
/** Scripts whose letters a font lays from right to left by itself, whatever it is asked. */
const LAID_BACKWARDS = /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
/** A telephone number in groups, which would be read from its last group in a text from right to left. */
const NUMBER = /\+?\d+(?:[ -]\d+)+/g;
/** Keep what stands between them in its own direction (UAX #9 §2.4.2); not drawn. */
const ISOLATE = '\u2066';
const ISOLATED = '\u2069';
const MARK = /\p{M}|\u200c/u;

interface Open {
  face: Face;
  text: string;
  level: number;
  isRoom: boolean;
  alone: boolean;
}

function closed({ face, text, level, isRoom }: Open): Atom {
  const turned = level % 2 === 1 && !LAID_BACKWARDS.test(text) ? [...text].toReversed().join('') : text;
  return { face, text: turned, width: widthOf(face, turned), level, isRoom };
}

/** What goes on in the open piece: a mark of its face always, else what has its face, level and kind, and may be joined. */
function joins(open: Open | undefined, next: Open, character: string): open is Open {
  if (open === undefined || open.isRoom || next.isRoom) return false;
  if (MARK.test(character) && hasGlyph(open.face, character)) return true;
  return open.face === next.face && open.level === next.level && !open.alone && !next.alone;
}

interface Levelled {
  /** With marks that are not drawn. */
  readonly text: string;
  /** For each UTF-16 unit; null: all are that of the line. */
  readonly levels: Uint8Array | null;
  readonly level: number;
}

function levelled(text: string, direction: Direction): Levelled {
  if (direction !== 'rtl' && !RIGHT_TO_LEFT.test(text)) return { text, levels: null, level: 0 };
  const marked = text.replace(NUMBER, `${ISOLATE}$&${ISOLATED}`);
  const { levels, paragraphs } = bidi.getEmbeddingLevels(marked, direction);
  return { text: marked, levels, level: paragraphs[0]?.level ?? (direction === 'rtl' ? 1 : 0) };
}

/** Takes a clean text apart, in the order in which it is read. What no font has stands as one � for each character. */
export function atomsOf(text: string, weight: Weight, direction: Direction): Paragraph {
  const { text: marked, levels, level: base } = levelled(text, direction);
  const atoms: Atom[] = [];
  let open: Open | undefined;
  let at = 0;
  for (const character of marked) {
    const level = levels?.[at] ?? base;
    at += character.length;
    if (character === ISOLATE || character === ISOLATED) continue;
    const mirrored = level % 2 === 1 ? (bidi.getMirroredCharacter(character) ?? character) : character;
    const face = faceOf(mirrored, weight, level % 2 === 1);
    if (face === undefined && character === '\u200c') continue;
    const next: Open = {
      face: face ?? faceOf(UNKNOWN, weight, false) ?? 'latin',
      text: face === undefined ? UNKNOWN : mirrored,
      level,
      isRoom: character === ' ',
      // An Arabic digit that runs from left to right, which the font would lay the other way.
      alone: level % 2 === 0 && LAID_BACKWARDS.test(character),
    };
    if (joins(open, next, character)) {
      open.text += next.text;
      continue;
    }
    if (open !== undefined) atoms.push(closed(open));
    open = next;
  }
  if (open !== undefined) atoms.push(closed(open));
  return { atoms, level: base };
}

/** The pieces of one line in the order in which they stand, from the left (UAX #9 rule L2). */
export function inSight(atoms: readonly Atom[]): Atom[] {
  const seen = [...atoms];
  const highest = Math.max(0, ...seen.map(({ level }) => level));
  for (let level = highest; level >= 1; level -= 1) {
    for (let from = 0; from < seen.length; from += 1) {
      if ((seen[from]?.level ?? 0) < level) continue;
      let end = from;
      while (end < seen.length && (seen[end]?.level ?? 0) >= level) end += 1;
      seen.splice(from, end - from, ...seen.slice(from, end).toReversed());
      from = end;
    }
  }
  return seen;
}
