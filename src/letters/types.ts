import type { LanguageCode } from '../lib/languages.ts';

/** Who writes: what stands at the head of the page. */
export interface Sender {
  readonly name: string;
  /** Lines, shown beneath the name. */
  readonly address: readonly string[];
  /** A PNG of at most 64 KiB and one million pixels. One that is not is left out: it is an ornament. */
  readonly logo: Uint8Array | null;
}

/**
 * One letter, one page. All texts are taken for hostile: what cannot be shown is left out or stands as �, what is too long
 * is shrunk and then cut with `…`, and nothing of it is painted outside of its own place.
 */
export interface Letter {
  /** Of the person, or of the account where nobody knows the person's. */
  readonly name: string;
  /** At most six lines, without the name; those after the sixth are put into the sixth. Empty: the organisation stands there. */
  readonly address: readonly string[];
  readonly organisation: { readonly name: string; readonly contact: string };
  readonly sender: Sender;
  /** The enrolment link, https or http, of at most 300 printable ASCII characters. What follows its last `/` is the secret. */
  readonly link: string;
  /** When the link stops, ms. */
  readonly expiresAt: number;
  readonly language: LanguageCode;
  /** An IANA zone, in which the end of the link is told; UTC where the platform does not know it. */
  readonly timeZone: string;
  readonly help: { readonly text: string; readonly contact: string };
}

export interface LettersOptions {
  /** What the PDF says of its own making, ms: the same letters made at the same moment are the same bytes. */
  readonly madeAt: number;
  /** Of the document as a whole: its title, and what programs that read it aloud begin with. Default English. */
  readonly language?: LanguageCode;
  /** Of another document that is made of the same paper. */
  readonly title?: string;
  /** Told after each letter how many are done. */
  readonly onProgress?: (done: number) => void;
}
