import { languageOf } from '../lib/languages.ts';
import { type Fitted, fitBlock, fitLines, type Sizes, type Text } from './fit.ts';
import type { Weight } from './fonts.ts';
import type { Paper, Setting } from './paper.ts';
import { type Box, MM, mirrored } from './place.ts';
import type { Letter } from './types.ts';
import { type LetterWords, letterWords } from './words.ts';

/** What every part of a page is drawn with. */
export interface Sheet {
  readonly paper: Paper;
  readonly letter: Letter;
  readonly words: LetterWords;
  readonly dir: 'ltr' | 'rtl';
}

export function sheetOf(paper: Paper, letter: Letter): Sheet {
  return { paper, letter, words: letterWords(letter.language), dir: languageOf(letter.language).dir };
}

/** Sizes of letters in points, wished and least. */
export const BODY: Sizes = { best: 10.5, least: 8 };
export const SMALL: Sizes = { best: 9, least: 6.5 };
export const NAMES: Sizes = { best: 10.5, least: 6.5 };

const SPACING = 1.38;

const roomOf = (box: Box): { w: number; h: number } => ({ w: box.w * MM, h: box.h * MM });

/** The part of a box from `from` mm below its top, of a height or down to its end. */
export const below = (box: Box, from: number, h: number = box.h - from): Box => ({ ...box, y: box.y + from, h });

/** Where a box stands on a page of that direction. */
export const sided = ({ dir }: Sheet, box: Box): Box => (dir === 'rtl' ? mirrored(box) : box);

/** Our own words as they were fitted: languages × places, some forty of each. */
const fitted = new Map<string, Fitted>();

/** Sizes, and how heavy the letters are; regular unless it says otherwise. */
export interface Type extends Sizes {
  readonly weight?: Weight;
}

/** How high the lines are, mm. */
const heightOf = ({ lines: set, leading }: Fitted): number => (set.length * leading) / MM;

/** Our own words, in a place that is the same on every page of the language. Answers how high they are, mm. */
export function ours(sheet: Sheet, text: string, box: Box, type: Type): number {
  const { weight = 'regular', ...sizes } = type;
  const { dir, letter, paper } = sheet;
  const key = `${letter.language} ${box.w} ${box.h} ${sizes.best} ${weight} ${text}`;
  let words = fitted.get(key);
  if (words === undefined) {
    words = fitBlock([{ text, weight, direction: dir }], roomOf(box), sizes, SPACING);
    fitted.set(key, words);
  }
  paper.text(words, box, { align: 'start', ink: 'black', isOurs: true });
  return heightOf(words);
}

const THEIRS: Setting = { align: 'left', ink: 'black', isOurs: false };

/** A text of the letter, in its own direction. */
export const given = (text: string, weight: Weight = 'regular'): Text => ({ text, weight, direction: 'auto' });

/** Texts of the letter, a line each, at the left. */
export function lines(sheet: Sheet, texts: readonly Text[], box: Box, sizes: Sizes): void {
  sheet.paper.text(fitLines(texts, roomOf(box), sizes, SPACING), box, THEIRS);
}

/** The same at the side where the lines of the page begin. */
export function linesAtStart(sheet: Sheet, texts: readonly Text[], box: Box, sizes: Sizes): void {
  const align = sheet.dir === 'rtl' ? 'right' : 'left';
  sheet.paper.text(fitLines(texts, roomOf(box), sizes, SPACING), box, { ...THEIRS, align });
}

/** The same, broken into as many lines as fit. Answers how high they are, mm. */
export function blockAtStart(sheet: Sheet, text: Text, box: Box, sizes: Sizes): number {
  const align = sheet.dir === 'rtl' ? 'right' : 'left';
  const block = fitBlock([text], roomOf(box), sizes, SPACING);
  sheet.paper.text(block, box, { ...THEIRS, align });
  return heightOf(block);
}

/** A digit in a black disc, in the middle of a box. */
export function disc({ paper }: Sheet, digit: string, box: Box): void {
  const radius = box.w / 2;
  paper.disc(box.x + radius, box.y + radius, radius);
  const text: Text = { text: digit, weight: 'bold', direction: 'ltr' };
  const place = { ...box, h: box.w };
  paper.text(fitLines([text], roomOf(place), { best: 11, least: 11 }, (box.w * MM) / 11), place, {
    align: 'middle',
    ink: 'white',
    isOurs: true,
  });
}
