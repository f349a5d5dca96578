import type { Config } from '../config/types.ts';
import { plainName } from './plain.ts';
import { isolated, moment, type NoticeText } from './text.ts';
import { noticeWords } from './words.ts';

/** A head of the record, for people. */
export interface HeadFacts {
  readonly log: string;
  readonly size: number;
  /** When it was signed, ms. */
  readonly at: number;
  /** The root in groups, as it can be read aloud and compared. */
  readonly head: string;
  /** The signed note, whole. */
  readonly note: string;
}

/** A head of the record as a message to whoever keeps it: its numbers, and the note that tools read. */
export function checkpointText(pages: Config['pages'], { log, size, at, head, note }: HeadFacts): NoticeText {
  const { checkpoint: words, footer } = noticeWords(pages.language);
  const shown = pages.language === 'ar' ? isolated : (text: string) => text;
  const facts = [
    [words.facts.when, moment(at, pages)],
    [words.facts.size, String(size)],
    [words.facts.log, log],
    [words.facts.head, head],
  ] as const;
  const lines = facts.map(([name, value]) => `${name}: ${shown(value)}`);
  const body = [words.lead, '', ...lines, '', words.note, '', note.trimEnd(), '', footer, ''];
  return { subject: `${words.subject} – ${plainName(pages.name) || 'Sallyport'}`, body: body.join('\n') };
}
