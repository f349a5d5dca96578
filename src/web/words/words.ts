import { LANGUAGES, type LanguageCode, languageOf } from '../../lib/languages.ts';
import { readLanguage, readPage } from '../../lib/messages.ts';
import type { Messages } from '../messages/types.ts';
import type { Words } from './shape.ts';

const MESSAGES = new URL('../messages/', import.meta.url);

/** Languages that somebody has asked for, for as long as we run: a few dozen kilobytes each. */
const read = new Map<LanguageCode, Words>();

/**
 * The catalogue of a language, of English where we do not have it. Its files are read when it is first asked for.
 * @throws what `readFileSync` and the parser of messages throw
 */
export function wordsOf(code: string): Words {
  const language = languageOf(code);
  const known = read.get(language.code);
  if (known !== undefined) return known;
  const messages = readLanguage(MESSAGES, language) as unknown as Messages; // lint/messages.ts proves it
  const words = { ...messages, language: language.code, locale: language.locale, dir: language.dir };
  read.set(language.code, words);
  return words;
}

/**
 * The same; where its files cannot be read at this moment, such as for want of descriptors, the words of the fallback,
 * which are in memory since the configuration came into force. The next to ask has it tried again.
 */
export function wordsFor(code: LanguageCode, fallback: LanguageCode): Words {
  try {
    return wordsOf(code);
  } catch {
    return wordsOf(fallback);
  }
}

/** The words of the warning alone. */
export function warningOf(code: LanguageCode): Messages['warning'] {
  return readPage(MESSAGES, languageOf(code), 'warning.json') as unknown as Messages['warning']; // lint/messages.ts proves it
}

/** Whether a text names a language that we have. */
export function isLanguage(code: string | null | undefined): code is LanguageCode {
  return LANGUAGES.some((language) => language.code === code);
}

/** Enough for any browser; what comes after is not looked at. */
const MAX_RANGES = 20;
const RANGE = /^([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*(?:[ \t]*;[ \t]*[qQ]=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?))?$/;

/** Primary language and weight of one language range (RFC 9110 §12.5.4, RFC 4647 §2.1); undefined: not one. */
function rangeOf(text: string): { language: string; weight: number } | undefined {
  const parts = RANGE.exec(text.trim());
  if (parts?.[1] === undefined) return undefined;
  return { language: parts[1].toLowerCase(), weight: Number(parts[2] ?? 1) };
}

/**
 * The language of the pages: the person's own choice, else what the browser asks for by weight, else the fallback. A
 * region counts for its language (`cy-GB` is `cy`); weight 0 means not at all; `*` means whatever we like.
 */
export function chooseLanguage(
  acceptLanguage: string | undefined,
  preferred: string | null,
  fallback: LanguageCode,
): LanguageCode {
  if (isLanguage(preferred)) return preferred;
  const ranges = (acceptLanguage ?? '').split(',', MAX_RANGES).map(rangeOf);
  let best: { code: LanguageCode; weight: number } | undefined;
  for (const range of ranges) {
    if (range === undefined || range.weight <= (best?.weight ?? 0)) continue;
    const code = range.language === '*' ? fallback : range.language;
    if (isLanguage(code)) best = { code, weight: range.weight };
  }
  return best?.code ?? fallback;
}
