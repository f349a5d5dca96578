import { ar } from './ar.ts';
import { cy } from './cy.ts';
import { en } from './en.ts';
import type { Words } from './shape.ts';

export type LanguageCode = 'en' | 'cy' | 'ar';

export interface Language {
  readonly code: LanguageCode;
  /** In the language itself: who looks for it may not read any other. */
  readonly name: string;
  readonly dir: 'ltr' | 'rtl';
}

export const LANGUAGES: readonly Language[] = [
  { code: 'en', name: 'English', dir: 'ltr' },
  { code: 'cy', name: 'Cymraeg', dir: 'ltr' },
  { code: 'ar', name: 'العربية', dir: 'rtl' },
];

const CATALOGUES: Readonly<Record<LanguageCode, Words>> = { en, cy, ar };

/** Whether a text names a language that we have. */
export function isLanguage(code: string | null | undefined): code is LanguageCode {
  return LANGUAGES.some((language) => language.code === code);
}

/** The catalogue of a language; of English where we do not have it. */
export function wordsOf(code: string): Words {
  return isLanguage(code) ? CATALOGUES[code] : en;
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
