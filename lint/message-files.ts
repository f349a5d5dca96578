// Message files as they stand on disk, looked at message by message, for the check and for the types that are made of them.
import { globSync, readFileSync } from 'node:fs';
import * as icu from '@formatjs/icu-messageformat-parser';
import { isNote, parseMessage } from '../src/lib/messages.ts';

/** Every room that speaks to people, by the folder of its messages. */
export const rooms = (): string[] => globSync('src/*/messages').sort();

/** What a placeholder takes: `text` anything, `number` what is counted, `moment` a time, `choice` one of some names. */
export type Kind = 'text' | 'number' | 'moment' | 'choice';

export interface Fault {
  readonly file: string;
  /** Path of the message in its file; empty: the file itself. */
  readonly key: string;
  readonly what: string;
}

/** One message, or why it is none. */
export interface Message {
  readonly key: readonly string[];
  readonly text: string;
  readonly note: string | undefined;
  readonly elements: readonly icu.MessageFormatElement[];
}

/** What one file says. */
export interface MessageFile {
  readonly messages: readonly Message[];
  /** For the whole file. */
  readonly note: string | undefined;
  readonly faults: readonly Fault[];
}

export const keyText = (key: readonly string[]): string => key.join('.');

const isGroup = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function noteOf(value: unknown): string | undefined {
  return isGroup(value) && typeof value['description'] === 'string' ? value['description'] : undefined;
}

/** Reads one file; what is wrong with it is told, and what can be read of it is there all the same. */
export function readMessages(file: string, locale: string): MessageFile {
  const messages: Message[] = [];
  const faults: Fault[] = [];
  const tell = (key: readonly string[], what: string): void => void faults.push({ file, key: keyText(key), what });
  const say = (key: readonly string[], text: string, note: string | undefined): void => {
    if (text.trim() === '') tell(key, 'is empty');
    try {
      messages.push({ key, text, note, elements: parseMessage(text, locale).getAst() });
    } catch (error) {
      tell(key, `is not ICU MessageFormat: ${syntaxFault(error)}`);
    }
  };
  const walk = (group: Readonly<Record<string, unknown>>, path: readonly string[]): void => {
    for (const [name, value] of Object.entries(group)) {
      const key = [...path, name];
      if (name.startsWith('@@')) {
        if (typeof value !== 'string') tell(key, 'is a note for the whole file, and no text');
      } else if (isNote(name)) {
        if (!Object.hasOwn(group, name.slice(1))) tell(key, 'is a note on a message that is not there');
        if (noteOf(value) === undefined) tell(key, 'is a note, and not written {"description": "…"}');
      } else if (typeof value === 'string') say(key, value, noteOf(group[`@${name}`]));
      else if (isGroup(value)) walk(value, key);
      else tell(key, 'is neither a text nor a group of texts');
    }
  };
  const content = parsedJson(file);
  if (!isGroup(content))
    return { messages, note: undefined, faults: [{ file, key: '', what: 'is not a JSON object' }] };
  walk(content, []);
  const context = content['@@context'];
  return { messages, note: typeof context === 'string' ? context : undefined, faults };
}

function parsedJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** The parser names a fault by a constant, and says where it stands. */
function syntaxFault(error: unknown): string {
  if (!(error instanceof SyntaxError)) throw error;
  const { location } = error as SyntaxError & { location?: icu.Location };
  const kind = error.message.toLowerCase().replaceAll('_', ' ');
  return location === undefined ? kind : `${kind}, at character ${location.start.column}`;
}

/** Every element, also those within plurals and choices. */
export function* allElements(elements: readonly icu.MessageFormatElement[]): Generator<icu.MessageFormatElement> {
  for (const element of elements) {
    yield element;
    if (!icu.isPluralElement(element) && !icu.isSelectElement(element)) continue;
    for (const { value } of Object.values(element.options)) yield* allElements(value);
  }
}

function kindOf(element: icu.MessageFormatElement): Kind | undefined {
  if (icu.isArgumentElement(element)) return 'text';
  if (icu.isNumberElement(element) || icu.isPluralElement(element)) return 'number';
  if (icu.isDateElement(element) || icu.isTimeElement(element)) return 'moment';
  return icu.isSelectElement(element) ? 'choice' : undefined;
}

/** The placeholders of a message, by name, each with all that it is used as: the narrowest first. */
export function placeholdersOf(message: Message): ReadonlyMap<string, readonly Kind[]> {
  const found = new Map<string, Kind[]>();
  for (const element of allElements(message.elements)) {
    const kind = kindOf(element);
    if (kind === undefined || !('value' in element) || typeof element.value !== 'string') continue;
    const kinds = found.get(element.value) ?? [];
    if (!kinds.includes(kind)) found.set(element.value, kind === 'text' ? [...kinds, kind] : [kind, ...kinds]);
  }
  return found;
}
