import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { findMessageFaults } from '../../../lint/find-message-faults.ts';
import { rooms } from '../../../lint/message-files.ts';
import { messageTypes } from '../../../lint/message-types.ts';

const COUNTED = '{n, plural, one {# code} other {# codes}} left for {name}';
const SIX = 'zero {# z} one {# o} two {# t} few {# f} many {# m} other {# x}';
/** A room that is right: English, and two languages with six forms of a plural. */
const RIGHT = {
  'en/a-page.json': { title: 'Title', '@title': { description: 'A note.' }, left: COUNTED, group: { 'a.b': 'AB' } },
  'cy/a-page.json': { title: 'Teitl', left: `{n, plural, ${SIX}} i {name}`, group: { 'a.b': 'ab' } },
  'ar/a-page.json': { title: 'عنوان', left: `{name}: {n, plural, ${SIX}}`, group: { 'a.b': 'أ' } },
};

type Files = Readonly<Record<string, unknown>>;

function withRoom<T>(files: Files, use: (room: string) => T): T {
  const room = mkdtempSync(join(tmpdir(), 'sallyport-messages-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      if (content === undefined) continue;
      mkdirSync(dirname(join(room, name)), { recursive: true });
      writeFileSync(join(room, name), typeof content === 'string' ? content : JSON.stringify(content));
    }
    return use(room);
  } finally {
    rmSync(room, { recursive: true });
  }
}

/** What is said of a room, with paths inside it. */
const faults = (files: Files): string[] =>
  withRoom(files, (room) =>
    findMessageFaults(room).map(({ file, key, what }) => `${file.slice(room.length + 1)} ${key}: ${what}`),
  );

const cy = (change: object): Files => ({ ...RIGHT, 'cy/a-page.json': { ...RIGHT['cy/a-page.json'], ...change } });
const forms = (list: string): string =>
  list
    .split(' ')
    .map((form) => `${form} {#}`)
    .join(' ');

/** What a translator may do wrong, and what is said of it. */
const WRONG: readonly (readonly [what: string, files: Files, ...said: string[]])[] = [
  ['nothing', RIGHT],
  ['a file is missing', { ...RIGHT, 'ar/a-page.json': undefined }, 'ar/a-page.json : is missing'],
  ['a file too many', { ...RIGHT, 'ar/b.json': {} }, 'ar/b.json : is not in English'],
  ['an unknown language', { ...RIGHT, 'xx/a-page.json': {} }, 'xx : xx is no language of src/lib/languages.ts'],
  [
    'not JSON',
    { ...RIGHT, 'cy/a-page.json': '{"title": }' },
    'cy/a-page.json : is not a JSON object',
    'cy/a-page.json title: is missing',
    'cy/a-page.json left: is missing',
    'cy/a-page.json group.a.b: is missing',
  ],
  ['missing', cy({ title: undefined }), 'cy/a-page.json title: is missing'],
  ['missing in a group', cy({ group: {} }), 'cy/a-page.json group.a.b: is missing'],
  ['surplus', cy({ more: 'Mwy' }), 'cy/a-page.json more: is not in English'],
  ['empty', cy({ title: ' ' }), 'cy/a-page.json title: is empty'],
  ['no text', cy({ title: 7 }), 'cy/a-page.json title: is neither a text nor a group of texts'],
  ['a list', cy({ title: ['a'] }), 'cy/a-page.json title: is neither a text nor a group of texts'],
  [
    'a note on nothing',
    cy({ '@x': { description: 'd' } }),
    'cy/a-page.json @x: is a note on a message that is not there',
  ],
  [
    'a note of another form',
    cy({ '@title': 'd' }),
    'cy/a-page.json @title: is a note, and not written {"description": "…"}',
  ],
  [
    'an open brace',
    cy({ title: 'Teitl {' }),
    'cy/a-page.json title: is not ICU MessageFormat: expect argument closing brace, at character 7',
  ],
  [
    'an unknown format',
    cy({ title: '{n, wat}' }),
    'cy/a-page.json title: is not ICU MessageFormat: invalid argument type, at character 5',
  ],
  [
    'markup',
    cy({ title: '<b>Teitl</b>' }),
    'cy/a-page.json title: holds <, > or &: a message is text, and never markup',
  ],
  [
    'markup as a reference',
    cy({ title: 'Teitl&nbsp;' }),
    'cy/a-page.json title: holds <, > or &: a message is text, and never markup',
  ],
  ['a placeholder less', cy({ left: `{n, plural, ${SIX}}` }), 'cy/a-page.json left: lacks the placeholder {name}'],
  [
    'a placeholder of another name',
    cy({ title: 'Teitl {enw}' }),
    'cy/a-page.json title: has a placeholder that English does not have: {enw}',
  ],
  [
    'text counted',
    cy({ left: `{name, plural, ${SIX}} {n}` }),
    'cy/a-page.json left: uses {name} as number, which English uses as text',
  ],
  ['a number that is not counted', cy({ left: '{n} i {name}' })],
  [
    'a plural lacks forms',
    cy({ left: `{n, plural, ${forms('one other')}} {name}` }),
    'cy/a-page.json left: lacks forms of {n} that the language needs: zero, two, few, many',
  ],
  [
    'an exact number is no form',
    cy({ left: `{n, plural, =0 {0} ${forms('one two few many other')}} {name}` }),
    'cy/a-page.json left: lacks forms of {n} that the language needs: zero',
  ],
  [
    'an ordinal has forms of its own',
    cy({ left: `{n, selectordinal, ${forms('one other')}} {name}` }),
    'cy/a-page.json left: lacks forms of {n} that the language needs: zero, two, few, many',
  ],
  [
    'a form of no language',
    cy({ left: `{n, plural, ${forms('zero one two few many other uno')}} {name}` }),
    'cy/a-page.json left: has forms of {n} that the language does not use: uno',
  ],
  [
    'a plural within a plural',
    cy({ left: `{n, plural, ${SIX.replace('# x', `{n, plural, ${forms('one other')}}`)}} {name}` }),
    'cy/a-page.json left: lacks forms of {n} that the language needs: zero, two, few, many',
  ],
  [
    'English needs two forms',
    { ...RIGHT, 'en/a-page.json': { ...RIGHT['en/a-page.json'], left: '{n, plural, few {#} other {#}} {name}' } },
    'en/a-page.json left: lacks forms of {n} that the language needs: one',
    'en/a-page.json left: has forms of {n} that the language does not use: few',
  ],
];

for (const [what, files, ...said] of WRONG) {
  test(`message files: ${what}`, () => assert.deepEqual(faults(files), said));
}

for (const room of rooms()) {
  test(`${room}: the messages are right, and their types are made of them`, () => {
    assert.deepEqual(findMessageFaults(room), []);
    assert.equal(readFileSync(join(room, 'types.ts'), 'utf8'), messageTypes(room));
  });
}

test('types say what each sentence is to be given', () => {
  const files = {
    'en/a-page.json': {
      '@@context': 'For all.',
      title: 'Title',
      '@title': { description: 'A note, closed */ early.' },
      left: COUNTED,
      group: { 'a.b': '{at, date} {who, select, me {I} other {They}}' },
    },
  };
  const types = withRoom(files, messageTypes);
  for (const line of [
    '  /** For all. */\n  readonly aPage: {',
    '    readonly title: string;',
    '    readonly left: (given: { readonly n: number; readonly name: string | number }) => string;',
    "    readonly group: {\n      readonly 'a.b': (given: { readonly at: number | Date; readonly who: string }) => string;\n    };",
  ])
    assert.ok(types.includes(line), `${line}\n${types}`);
  assert.equal(types.match(/\*\//g)?.length, 3, 'a note cannot end its comment');
});
