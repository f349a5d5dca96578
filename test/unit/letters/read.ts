import { createCanvas } from '@napi-rs/canvas';
import jsQR from 'jsqr';
import { getDocument, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { type Box, MM, PAGE } from '../../../src/letters/place.ts';

/** A word as it stands on a page: its text, and where, in mm from the upper left corner. */
export interface Word extends Box {
  readonly text: string;
  /** The name of its font, with the family in it. */
  readonly font: string;
}

export async function opened(pdf: Buffer): Promise<PDFDocumentProxy> {
  return await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
}

type Page = Awaited<ReturnType<PDFDocumentProxy['getPage']>>;

/** Every word of a page that is drawn, in the order in which it is drawn. */
export async function wordsOf(page: Page): Promise<Word[]> {
  const { items } = await page.getTextContent({ disableNormalization: true });
  const words: Word[] = [];
  for (const item of items) {
    if (!('str' in item) || item.str.trim() === '') continue;
    const [, , , size = 0, x = 0, baseline = 0] = item.transform as number[];
    const h = size / MM;
    words.push({
      text: item.str,
      x: x / MM,
      y: PAGE.h - baseline / MM - h * 0.86,
      w: item.width / MM,
      h,
      font: item.fontName,
    });
  }
  return words;
}

export async function wordsOfPages(pdf: Buffer): Promise<Word[][]> {
  const document = await opened(pdf);
  const pages: Word[][] = [];
  for (let i = 1; i <= document.numPages; i += 1) pages.push(await wordsOf(await document.getPage(i)));
  await document.loadingTask.destroy();
  return pages;
}

/** What words say, without room between them: whoever reads a PDF guesses it. */
export const said = (words: readonly Word[]): string =>
  words
    .map(({ text }) => text)
    .join('')
    .replace(/\s/g, '');

export const isWithin = (word: Box, box: Box, slack = 0.3): boolean =>
  word.x >= box.x - slack &&
  word.y >= box.y - slack &&
  word.x + word.w <= box.x + box.w + slack &&
  word.y + word.h <= box.y + box.h + slack;

export const touches = (word: Box, box: Box): boolean =>
  word.x < box.x + box.w && word.x + word.w > box.x && word.y < box.y + box.h && word.y + word.h > box.y;

/** What a camera reads in a part of the page, at 200 dots an inch; undefined: nothing. */
export async function scanned(page: Page, box: Box): Promise<string | undefined> {
  const scale = 200 / 72;
  const viewport = page.getViewport({ scale });
  const canvas = createCanvas(Math.ceil(viewport.width), Math.ceil(viewport.height));
  const context = canvas.getContext('2d');
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  // The types speak of the canvas of a browser; this one does the same.
  await page.render({ canvas: canvas as never, canvasContext: context as never, viewport }).promise;
  const dots = MM * scale;
  const [x, y, w, h] = [box.x * dots, box.y * dots, box.w * dots, box.h * dots].map(Math.round) as [
    number,
    number,
    number,
    number,
  ];
  const { data } = context.getImageData(x, y, w, h);
  const read = jsQR as unknown as typeof jsQR.default; // CommonJS, typed as its ES module
  return read(data, w, h)?.data;
}
