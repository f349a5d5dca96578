import { setImmediate as othersTurn } from 'node:timers/promises';
import { isOver } from '../lib/turns.ts';
import { drawBody, drawHelp, drawNotYours, drawUntil } from './body.ts';
import { drawAddress, drawFacts, drawSender } from './head.ts';
import { typedLink } from './link.ts';
import { drawLink } from './link-block.ts';
import { Paper } from './paper.ts';
import { FOLD_MARK, FOLDS } from './place.ts';
import { sheetOf } from './sheet.ts';
import type { Letter, LettersOptions } from './types.ts';

/** The greatest moment that a Date can be, ms. */
const LAST_MOMENT = 8.64e15;

/** Draws one page. Throws before anything is drawn when the letter has no link or no end. */
function drawLetter(paper: Paper, letter: Letter): Buffer {
  const link = typedLink(letter.link);
  if (!(Math.abs(letter.expiresAt) <= LAST_MOMENT))
    throw new RangeError('a letter needs the moment when its link ends');
  const sheet = sheetOf(paper, letter);
  return paper.page(letter.language, () => {
    for (const y of FOLDS) paper.line([FOLD_MARK.from, y], [FOLD_MARK.to, y]);
    drawSender(sheet);
    drawAddress(sheet);
    drawFacts(sheet, link.host);
    drawBody(sheet);
    drawUntil(sheet);
    drawLink(sheet, link);
    drawNotYours(sheet);
    drawHelp(sheet);
  });
}

/**
 * Enrolment letters as one PDF, a page each, in the order in which they come. It is written as it is read: what is held in
 * memory is one page, some hundred bytes for each page before it, and the shapes of the letters that were used. Others have
 * a turn between two pages. The links are secrets: the PDF is to be handed out once, and never kept.
 *
 * Throws `RangeError` for a link that is none or is too long (`Letter.link`) and for an `expiresAt` that is no moment; and what
 * `items` throws. Then what was written is no whole PDF, and no program takes it for one.
 */
export async function* letters(
  items: AsyncIterable<Letter> | Iterable<Letter>,
  options: LettersOptions,
): AsyncGenerator<Buffer, void, undefined> {
  const paper = new Paper(options);
  let done = 0;
  let since = performance.now();
  for await (const letter of items) {
    yield drawLetter(paper, letter);
    done += 1;
    options.onProgress?.(done);
    if (!isOver(since)) continue;
    await othersTurn();
    since = performance.now();
  }
  yield paper.end();
}
