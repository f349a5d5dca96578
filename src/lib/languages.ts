export type LanguageCode = 'en' | 'cy' | 'ar';

/** A language that people are spoken to in. */
export interface Language {
  readonly code: LanguageCode;
  /** In the language itself: who looks for it may not read any other. */
  readonly name: string;
  /** For Intl: days, months, digits. */
  readonly locale: string;
  readonly dir: 'ltr' | 'rtl';
}

/** English first: what we have no other words for is said in it. */
export const ENGLISH: Language = { code: 'en', name: 'English', locale: 'en-GB', dir: 'ltr' };

export const LANGUAGES: readonly Language[] = [
  ENGLISH,
  { code: 'cy', name: 'Cymraeg', locale: 'cy-GB', dir: 'ltr' },
  // Latin digits: codes are shown by apps, and typed, in these.
  { code: 'ar', name: 'العربية', locale: 'ar-u-nu-latn', dir: 'rtl' },
];

/** The language of a code; English where we do not have it. */
export function languageOf(code: string): Language {
  return LANGUAGES.find((language) => language.code === code) ?? ENGLISH;
}
