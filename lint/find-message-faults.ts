import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isPluralElement } from '@formatjs/icu-messageformat-parser';
import { ENGLISH, LANGUAGES, type Language } from '../src/lib/languages.ts';
import { allElements, type Fault, keyText, type Message, placeholdersOf, readMessages } from './message-files.ts';

const MARKUP = /[<>&]/;

const filesOf = (room: string, { code }: Language): string[] =>
  existsSync(join(room, code)) ? readdirSync(join(room, code)).sort() : [];

/** Forms of a plural by the rules of the language (Unicode CLDR); `=0` and the like may stand beside them. */
function* pluralFaults(message: Message, { code }: Language): Generator<string> {
  for (const element of allElements(message.elements)) {
    if (!isPluralElement(element)) continue;
    const type = element.pluralType ?? 'cardinal';
    const needed: string[] = new Intl.PluralRules(code, { type }).resolvedOptions().pluralCategories;
    const given = Object.keys(element.options).filter((form) => !form.startsWith('='));
    const missing = needed.filter((form) => !given.includes(form));
    if (missing.length > 0) yield `lacks forms of {${element.value}} that the language needs: ${missing.join(', ')}`;
    const surplus = given.filter((form) => !needed.includes(form));
    if (surplus.length > 0)
      yield `has forms of {${element.value}} that the language does not use: ${surplus.join(', ')}`;
  }
}

/** What is wrong with a message whatever the others say. */
function* ownFaults(message: Message, language: Language): Generator<string> {
  if (MARKUP.test(message.text)) yield 'holds <, > or &: a message is text, and never markup';
  for (const [name, kinds] of placeholdersOf(message)) {
    const narrow = kinds.filter((kind) => kind !== 'text');
    if (narrow.length > 1) yield `uses {${name}} as more than one kind: ${narrow.join(', ')}`;
  }
  yield* pluralFaults(message, language);
}

/** Where a message asks for something that the English one does not. */
function* placeholderFaults(message: Message, model: Message): Generator<string> {
  const [ours, theirs] = [placeholdersOf(message), placeholdersOf(model)];
  for (const name of theirs.keys()) if (!ours.has(name)) yield `lacks the placeholder {${name}}`;
  for (const [name, [kind]] of ours) {
    const asked = theirs.get(name)?.[0];
    if (asked === undefined) yield `has a placeholder that English does not have: {${name}}`;
    else if (kind !== asked && (kind !== 'text' || asked === 'moment')) {
      yield `uses {${name}} as ${kind}, which English uses as ${asked}`;
    }
  }
}

/** One file beside the English one of the same name. */
function fileFaults(room: string, name: string, language: Language): Fault[] {
  const file = join(room, language.code, name);
  const { messages, faults } = readMessages(file, language.locale);
  const found = [...faults];
  const english = readMessages(join(room, ENGLISH.code, name), ENGLISH.locale);
  const models = new Map(english.messages.map((message) => [keyText(message.key), message]));
  const broken = new Set([...faults, ...english.faults].map(({ key }) => key));
  for (const message of messages) {
    const key = keyText(message.key);
    const model = models.get(key);
    const tell = (what: string): void => void found.push({ file, key, what });
    for (const what of ownFaults(message, language)) tell(what);
    if (model !== undefined) for (const what of placeholderFaults(message, model)) tell(what);
    else if (!broken.has(key)) tell('is not in English');
    models.delete(key);
  }
  for (const key of models.keys()) if (!broken.has(key)) found.push({ file, key, what: 'is missing' });
  return found;
}

function languageFaults(room: string, language: Language): Fault[] {
  const [names, english] = [filesOf(room, language), filesOf(room, ENGLISH)];
  const tell = (what: string) => (name: string) => ({ file: join(room, language.code, name), key: '', what });
  return [
    ...english.filter((name) => !names.includes(name)).map(tell('is missing')),
    ...names.filter((name) => !english.includes(name)).map(tell('is not in English')),
    ...names.filter((name) => !/^[a-z][a-z0-9-]*\.json$/.test(name)).map(tell('is not named like-this.json')),
    ...names.filter((name) => english.includes(name)).flatMap((name) => fileFaults(room, name, language)),
  ];
}

/**
 * All that is wrong with the messages of a room, such as `src/web/messages`, by file and key: missing, surplus, with other
 * placeholders than in English, not of ICU MessageFormat, without a form of a plural that the language needs, with markup.
 */
export function findMessageFaults(room: string): readonly Fault[] {
  const folders = readdirSync(room, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const unknown = folders
    .filter(({ name }) => !LANGUAGES.some(({ code }) => code === name))
    .map(({ name }) => ({
      file: join(room, name),
      key: '',
      what: `${basename(name)} is no language of src/lib/languages.ts`,
    }));
  return [...unknown, ...LANGUAGES.flatMap((language) => languageFaults(room, language))];
}
