import { type LanguageCode, languageOf } from '../lib/languages.ts';
import { readPage } from '../lib/messages.ts';
import type { Messages } from './messages/types.ts';

/** What a letter says in one language. */
export type LetterWords = Messages['letter'];

const MESSAGES = new URL('./messages/', import.meta.url);
const read = new Map<LanguageCode, LetterWords>();

/** Read when a letter is first written in that language. Throws what `readFileSync` throws. */
export function letterWords(code: LanguageCode): LetterWords {
  const known = read.get(code);
  if (known !== undefined) return known;
  const words = readPage(MESSAGES, languageOf(code), 'letter.json') as unknown as LetterWords; // lint/messages.ts proves it
  read.set(code, words);
  return words;
}

function formatIn(language: LanguageCode, timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(`${languageOf(language).locale}`, {
    timeZone,
    calendar: 'gregory',
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'long',
  });
}

/** A few for each language; made again after that. */
const MOST_FORMATS = 64;
const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment in words, with its zone. Throws `RangeError` where it is none. */
export function momentIn(at: number, language: LanguageCode, timeZone: string): string {
  const key = `${language} ${timeZone}`;
  let format = formats.get(key);
  if (format === undefined) {
    try {
      format = formatIn(language, timeZone);
    } catch {
      format = formatIn(language, 'UTC'); // it says so beside the time
    }
    if (formats.size >= MOST_FORMATS) formats.clear();
    formats.set(key, format);
  }
  return format.format(at);
}
