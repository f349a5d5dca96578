import { cutLine, type Line, lineOfText, type Style, wrap } from './lines.ts';

/** Sizes of letters, in points: as wished, and the least that is still read. */
export interface Sizes {
  readonly best: number;
  readonly least: number;
}

/** Lines that fit their place. */
export interface Fitted {
  readonly lines: readonly Line[];
  /** Points. */
  readonly size: number;
  /** From one line to the next, points. */
  readonly leading: number;
}

/** A text with its style; the same texts are set the same. */
export interface Text extends Style {
  readonly text: string;
}

const STEP = 0.5;

/** Width and height, points. */
export interface Room {
  readonly w: number;
  readonly h: number;
}

/** Lines, one for each text: as large as the widest allows, and cut at the least size. */
export function fitLines(texts: readonly Text[], room: Room, sizes: Sizes, spacing: number): Fitted {
  const high = room.h / Math.max(1, texts.length) / spacing;
  const from = Math.min(sizes.best, high);
  const least = Math.min(sizes.least, high);
  const smallest = texts.map(({ text, ...style }) => cutLine(text, style, room.w / least));
  const widest = Math.max(0, ...smallest.map(({ width }) => width));
  const size = widest * from <= room.w ? from : Math.max(least, room.w / widest);
  return { lines: smallest, size, leading: size * spacing };
}

/** Texts below each other, broken into lines: smaller until they fit, and cut at the least size. */
export function fitBlock(texts: readonly Text[], room: Room, sizes: Sizes, spacing: number): Fitted {
  const wide = texts.reduce((all, { text, ...style }) => all + lineOfText(text, style).width, 0);
  for (let size = sizes.best; ; size -= STEP) {
    const last = size - STEP < sizes.least;
    const leading = size * spacing;
    const most = Math.max(1, Math.floor(room.h / leading + 1e-6));
    if (wide * size > most * room.w && !last) continue;
    const broken = texts.flatMap(({ text, ...style }) =>
      wrap(text, style, room.w / size).map((line, i, all) => ({ text: line, style, rest: all.slice(i).join(' ') })),
    );
    if (broken.length > most && !last) continue;
    const lines = broken.slice(0, most).map(({ text, style, rest }, i) => {
      const isCut = i === most - 1 && broken.length > most;
      return cutLine(isCut && rest === text ? `${text} …` : isCut ? rest : text, style, room.w / size + 1e-6);
    });
    return { lines, size, leading };
  }
}
