import { hash } from 'node:crypto';
import PDFDocument from 'pdfkit';
import { languageOf } from '../lib/languages.ts';
import type { Fitted } from './fit.ts';
import { FACES, fontFile } from './fonts.ts';
import type { Line } from './lines.ts';
import { paperLogo } from './logo.ts';
import { type Box, MM, PAGE } from './place.ts';
import type { LettersOptions } from './types.ts';
import { letterWords } from './words.ts';

type Pdf = InstanceType<typeof PDFDocument> & WithImages;
/** An image as the library holds it: its pixels are written once, wherever it is shown. */
type Image = Buffer & { readonly label: string };
/** What the types of the library leave out. */
interface WithImages {
  openImage(png: Buffer): Image;
}

/** Different logos that are kept for the next page; whoever has more has them written again. */
const MOST_LOGOS = 32;

type Ink = 'black' | 'white';
const INKS: Readonly<Record<Ink, string>> = { black: '#000000', white: '#ffffff' };

/** How a fitted text is put into its place. */
export interface Setting {
  /** `start`: at the side where its own lines begin. */
  readonly align: 'left' | 'right' | 'middle' | 'start';
  readonly ink: Ink;
  /** Our own words, which come on every page: what they look like is kept. */
  readonly isOurs: boolean;
}

/** How much of the room that a line leaves free stands at its left. */
const SHARES: Readonly<Record<Setting['align'], (line: Line) => number>> = {
  left: () => 0,
  middle: () => 0.5,
  right: () => 1,
  start: ({ rightToLeft }) => (rightToLeft ? 1 : 0),
};

/** A PDF that is written page by page. Places are in mm, and nothing is painted outside of them. */
export class Paper {
  readonly #pdf: Pdf;
  readonly #logos = new Map<string, Image | null>();

  constructor({ madeAt, language = 'en', title = letterWords(language).title }: LettersOptions) {
    this.#pdf = new PDFDocument({
      autoFirstPage: false,
      size: [PAGE.w * MM, PAGE.h * MM],
      margin: 0,
      pdfVersion: '1.7',
      lang: languageOf(language).code,
      displayTitle: true,
      info: {
        Title: title,
        Producer: 'Sallyport',
        Creator: 'Sallyport',
        CreationDate: new Date(madeAt),
      },
    }) as Pdf;
    for (const face of FACES) this.#pdf.registerFont(face, fontFile(face));
  }

  /** Draws one page, and hands out what is written of the document so far. */
  page(language: string, draw: () => void): Buffer {
    this.#pdf.addPage();
    this.#pdf.markContent('Span', { lang: language });
    draw();
    this.#pdf.endMarkedContent();
    this.#pdf.flushPages();
    return this.#written();
  }

  /** The end of the document: fonts, and where everything stands. */
  end(): Buffer {
    this.#pdf.end();
    return this.#written();
  }

  #written(): Buffer {
    const pieces: Buffer[] = [];
    for (let piece = this.#pdf.read(); piece !== null; piece = this.#pdf.read()) pieces.push(piece as Buffer); // no encoding is set
    return Buffer.concat(pieces);
  }

  /** Has something drawn that stays within the box. */
  within(box: Box, draw: () => void): void {
    this.#pdf
      .save()
      .rect(box.x * MM, box.y * MM, box.w * MM, box.h * MM)
      .clip();
    draw();
    this.#pdf.restore();
  }

  /** The lines from the top of the box downwards. */
  text(fitted: Fitted, box: Box, { align, ink, isOurs }: Setting): void {
    const { lines, size, leading } = fitted;
    const pdf = this.#pdf.fillColor(INKS[ink]).fontSize(size);
    this.within(box, () => {
      for (const [i, line] of lines.entries()) {
        const left = box.x * MM + SHARES[align](line) * (box.w * MM - line.width * size);
        const baseline = box.y * MM + i * leading + (leading - size) / 2 + size * 0.86;
        for (const piece of line.pieces) {
          // Without features the library keeps what a word looks like for as long as the document is written.
          const kept = isOurs ? {} : { features: [] };
          const options = {
            lineBreak: false,
            baseline: 'alphabetic',
            textWidth: piece.width * size,
            wordCount: 1,
          } as const;
          pdf.font(piece.face).text(piece.text, left + piece.x * size, baseline, { ...options, ...kept });
        }
      }
    });
  }

  /** Black rectangles, in units of `unit` mm from the corner of the box; one path. */
  blocks(box: Box, unit: number, rows: Iterable<readonly [x: number, y: number, w: number]>): void {
    this.within(box, () => {
      for (const [x, y, w] of rows)
        this.#pdf.rect((box.x + x * unit) * MM, (box.y + y * unit) * MM, w * unit * MM, unit * MM);
      this.#pdf.fill(INKS.black);
    });
  }

  /** A light ground with round corners. */
  ground(box: Box): void {
    this.#pdf.roundedRect(box.x * MM, box.y * MM, box.w * MM, box.h * MM, 1 * MM).fill('#ececec');
  }

  /** A frame, its line within the box. */
  frame(box: Box): void {
    this.#pdf
      .lineWidth(0.8)
      .roundedRect(box.x * MM, box.y * MM, box.w * MM, box.h * MM, 2 * MM)
      .stroke('#000000');
  }

  line(from: readonly [x: number, y: number], to: readonly [x: number, y: number]): void {
    this.#pdf
      .lineWidth(0.4)
      .moveTo(from[0] * MM, from[1] * MM)
      .lineTo(to[0] * MM, to[1] * MM)
      .stroke('#808080');
  }

  disc(x: number, y: number, radius: number): void {
    this.#pdf.circle(x * MM, y * MM, radius * MM).fill(INKS.black);
  }

  /** The image as large as fits, in the upper corner at the left. */
  logo(bytes: Uint8Array, box: Box): void {
    const key = hash('sha256', bytes, 'base64url');
    let image = this.#logos.get(key);
    if (image === undefined) {
      const png = paperLogo(bytes);
      image = png === null ? null : this.#pdf.openImage(png);
      if (this.#logos.size >= MOST_LOGOS) this.#logos.delete(this.#logos.keys().next().value ?? '');
      this.#logos.set(key, image);
    }
    if (image !== null) this.#pdf.image(image, box.x * MM, box.y * MM, { fit: [box.w * MM, box.h * MM] });
  }
}
