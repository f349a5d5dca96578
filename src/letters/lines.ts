import { type Atom, atomsOf, type Direction, inSight } from './atoms.ts';
import type { Weight } from './fonts.ts';

/** A word of a line and where it begins, from the left end of the line, for a size of 1. */
export interface Piece {
  readonly face: Atom['face'];
  readonly text: string;
  readonly x: number;
  readonly width: number;
}

export interface Line {
  readonly pieces: readonly Piece[];
  readonly width: number;
  /** Whether the line itself runs from right to left. */
  readonly rightToLeft: boolean;
}

/** How a text is to be set. */
export interface Style {
  readonly weight: Weight;
  readonly direction: Direction;
}

const CUT = '…';
/** Lines that are made of one text: no place has as many. */
const MOST_LINES = 8;

function lineOf(atoms: readonly Atom[], level: number): Line {
  const pieces: Piece[] = [];
  let x = 0;
  for (const { face, text, width, isRoom } of inSight(atoms)) {
    if (!isRoom) pieces.push({ face, text, x, width });
    x += width;
  }
  return { pieces, width: x, rightToLeft: level % 2 === 1 };
}

/** A whole text as one line, however wide. The text is clean. */
export function lineOfText(text: string, { weight, direction }: Style): Line {
  const { atoms, level } = atomsOf(text, weight, direction);
  return lineOf(atoms, level);
}

/**
 * How many leading characters of `count`, which are as wide as `whole` times the room, still fit: at least one. Tried are up to
 * twice as many as would on average, so that what is far too long costs no more than what fits.
 */
function most(count: number, whole: number, fits: (characters: number) => boolean): number {
  let low = 1;
  let high = Math.max(1, Math.min(count, Math.ceil((2 * count) / whole) + 4));
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** As one line of at most that width (for a size of 1), cut with `…` where it is longer. */
export function cutLine(text: string, style: Style, width: number): Line {
  const whole = lineOfText(text, style);
  if (whole.width <= width) return whole;
  const characters = [...text];
  const begun = (count: number): Line =>
    lineOfText(`${characters.slice(0, count).join('').trimEnd()}${CUT}`, {
      ...style,
      // The way of the whole, which its beginning alone may not show.
      direction: whole.rightToLeft ? 'rtl' : 'ltr',
    });
  return begun(most(characters.length, whole.width / width, (count) => begun(count).width <= width));
}

/** A word that is wider than a line, in parts that are not. */
function broken(word: string, style: Style, width: number): string[] {
  const parts: string[] = [];
  const characters = [...word];
  const perLine = lineOfText(word, style).width / width / characters.length;
  let at = 0;
  while (at < characters.length && parts.length < MOST_LINES) {
    const part = (n: number): string => characters.slice(at, at + n).join('');
    const left = characters.length - at;
    const count = most(left, left * perLine, (n) => lineOfText(part(n), style).width <= width);
    parts.push(part(count));
    at += count;
  }
  return at < characters.length ? [...parts, characters.slice(at).join('')] : parts;
}

/** The words of a text, each no wider than a line; `joined`: without room before it. */
function wordsOf(text: string, style: Style, width: number): { text: string; joined: boolean }[] {
  return text.split(' ').flatMap((word) => {
    const parts = lineOfText(word, style).width <= width ? [word] : broken(word, style, width);
    return parts.map((part, i) => ({ text: part, joined: i > 0 }));
  });
}

/**
 * Broken between words into lines of at most that width (for a size of 1); words that are wider are broken within. The text is
 * clean. At most eight lines: what is over stands in the last, which is then too wide, for `cutLine`.
 */
export function wrap(text: string, style: Style, width: number): string[] {
  const room = lineOfText('n n', style).width - 2 * lineOfText('n', style).width;
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const word of wordsOf(text, style, width)) {
    const wide = lineOfText(word.text, style).width;
    const gap = word.joined ? 0 : room;
    if (line !== '' && used + gap + wide > width && lines.length < MOST_LINES - 1) {
      lines.push(line);
      [line, used] = [word.text, wide];
    } else if (line === '') [line, used] = [word.text, wide];
    else [line, used] = [`${line}${word.joined ? '' : ' '}${word.text}`, used + gap + wide];
  }
  return line === '' ? lines : [...lines, line];
}
