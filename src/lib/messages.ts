import { readdirSync, readFileSync } from 'node:fs';
import { isLiteralElement } from '@formatjs/icu-messageformat-parser';
import { IntlMessageFormat } from 'intl-messageformat';
import type { Language } from './languages.ts';

/** What a placeholder may be given. All of it is text: nothing that a message makes is ever taken for HTML. */
export type Given = Readonly<Record<string, string | number | Date>>;
export type Sayable = string | ((given: Given) => string);
export interface Sayables {
  readonly [key: string]: Sayable | Sayables;
}

/** Without one of these a message is what it reads (ICU MessageFormat: braces, and an apostrophe for an apostrophe). */
const SYNTAX = /[{}]|''/;

/**
 * A message of ICU MessageFormat, parsed. `<` is a character as any other.
 * @throws SyntaxError naming the kind of fault, with its place in `location`
 */
export function parseMessage(text: string, locale: string): IntlMessageFormat {
  return new IntlMessageFormat(text, locale, undefined, { ignoreTag: true });
}

/** Parsed once, said as often as wanted: plain text where nothing is to be put in. */
function sayable(text: string, locale: string): Sayable {
  if (!SYNTAX.test(text)) return text;
  const message = parseMessage(text, locale);
  const isPlain = message.getAst().every(isLiteralElement);
  return isPlain ? String(message.format()) : (given) => String(message.format(given));
}

/** Keys that begin with `@` are for translators, as in ARB files. */
export const isNote = (key: string): boolean => key.startsWith('@');

function sayables(messages: object, locale: string): Sayables {
  const said = Object.entries(messages)
    .filter(([key]) => !isNote(key))
    .map(([key, value]: [string, unknown]) => {
      if (typeof value === 'string') return [key, sayable(value, locale)] as const;
      return [key, sayables(value as object, locale)] as const; // text or a group: lint/messages.ts
    });
  return Object.fromEntries(said);
}

/** `sign-in.json` holds the page `signIn`. */
export function pageOf(file: string): string {
  return file.replace(/\.json$/, '').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** The messages of one file, `language/page.json` below `root`. It is read and parsed at each call. */
export function readPage(root: URL, language: Language, file: string): Sayables {
  const text = readFileSync(new URL(`${language.code}/${file}`, root), 'utf8');
  return sayables(JSON.parse(text) as object, language.locale); // an object: lint/messages.ts
}

/** All messages of a language, by page. */
export function readLanguage(root: URL, language: Language): Sayables {
  const files = readdirSync(new URL(`${language.code}/`, root)).filter((name) => name.endsWith('.json'));
  return Object.fromEntries(files.map((file) => [pageOf(file), readPage(root, language, file)]));
}
