import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ENGLISH } from '../src/lib/languages.ts';
import { pageOf } from '../src/lib/messages.ts';
import { type Kind, type Message, placeholdersOf, readMessages } from './message-files.ts';

const HEAD = '// Made from the English messages by `npm run generate`; not to be edited.\n\n';
const TYPES: Readonly<Record<Kind, string>> = {
  text: 'string | number',
  number: 'number',
  moment: 'number | Date',
  choice: 'string',
};

interface Group extends Map<string, Group | Message> {}

const property = (name: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(name) ? name : `'${name.replaceAll("'", "\\'")}'`;
const comment = (indent: string, note: string | undefined): string =>
  note === undefined ? '' : `${indent}/** ${note.replaceAll('*/', '*\u200b/')} */\n`;

/** Text, or a function of what is put in, by name. */
function typeOf(message: Message): string {
  const given = [...placeholdersOf(message)].map(
    ([name, [kind = 'text']]) => `readonly ${property(name)}: ${TYPES[kind]}`,
  );
  return given.length === 0 ? 'string' : `(given: { ${given.join('; ')} }) => string`;
}

/** Messages by their keys, one group in another. */
function grouped(messages: readonly Message[], depth = 0): Group {
  const group: Group = new Map();
  for (const [name, below] of Map.groupBy(messages, ({ key }) => key[depth] ?? '')) {
    const [first] = below;
    if (first !== undefined) group.set(name, first.key.length === depth + 1 ? first : grouped(below, depth + 1));
  }
  return group;
}

function members(group: Group, indent: string): string {
  const lines = [...group].map(([name, value]) =>
    value instanceof Map
      ? `${indent}readonly ${property(name)}: {\n${members(value, `${indent}  `)}${indent}};\n`
      : `${comment(indent, value.note)}${indent}readonly ${property(name)}: ${typeOf(value)};\n`,
  );
  return lines.join('');
}

/** The types of what a room says: page, key, and what each sentence has to be given. */
export function messageTypes(room: string): string {
  const pages = readdirSync(join(room, ENGLISH.code))
    .sort()
    .map((file) => {
      const { messages, note } = readMessages(join(room, ENGLISH.code, file), ENGLISH.locale);
      const said = members(grouped(messages), '    ');
      return `${comment('  ', note)}  readonly ${property(pageOf(file))}: {\n${said}  };\n`;
    });
  return `${HEAD}/** What is said, by page. */\nexport interface Messages {\n${pages.join('')}}\n`;
}
