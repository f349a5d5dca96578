import type { LanguageCode } from '../lib/languages.ts';
import { languageOf } from '../lib/languages.ts';
import { readPage } from '../lib/messages.ts';
import type { Messages } from './messages/types.ts';

/** The words of messages in one language. */
export type NoticeWords = Messages['mail'];

const MESSAGES = new URL('./messages/', import.meta.url);
const read = new Map<LanguageCode, NoticeWords>();

/** Read when a message is first written in that language. */
export function noticeWords(code: LanguageCode): NoticeWords {
  const known = read.get(code);
  if (known !== undefined) return known;
  const words = readPage(MESSAGES, languageOf(code), 'mail.json') as unknown as NoticeWords; // lint/messages.ts proves it
  read.set(code, words);
  return words;
}
