import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import ts from 'typescript';
import { findComparisons, programOf } from '../../../lint/find-comparisons.ts';

/** Ways to decide by the name of a source; each line is found. */
const DECIDING = `import type { RealmSource } from './sources/table.ts';
declare const realm: { source: RealmSource }, known: ReadonlySet<string>, maybe: RealmSource | undefined;
const { source: renamed } = realm;
export const found = [
  realm.source === 'local',
  'app' !== renamed,
  maybe !== 'app',
  { local: 1, app: 2 }[realm.source],
  known.has(realm.source),
  ['app'].includes(renamed),
  realm.source in { local: 1 },
];
export type Table = Record<RealmSource, string>;
export function chosen(): number {
  switch (realm.source) {
    case 'local':
      return 1;
    default:
      return 2;
  }
}
`;

/** What is called as a source is, and is none; nothing of it is found. */
const OTHERS = `import { type RealmSource, sourceOf } from './sources/table.ts';
declare const by: 'id' | 'app' | 'all', told: Readonly<Record<string, string>>, source: RealmSource;
export const others = [by === 'app', told['app'], sourceOf(source).asksPassword, source];
`;

const SOURCE = `import type { Source } from './types.ts';
export const directory = {
  name: 'directory',
  checkedBy: 'a directory',
  asksPassword: true,
  keepsPasswords: false,
  floor: 'password + second factor',
  said: { lead: 'leadLocal', leadCodes: 'leadLocalCodes', forgot: 'forgotApp' },
  invitedBy: () => [],
  opens: ({ mfa }) => mfa,
  begin: (typed) => typed ?? '',
  enrol: () => 'verify',
  prove: async (_account, typed) => typed === 'asked elsewhere',
  changed: () => false,
  gone: ({ disabledAt }) => disabledAt !== null,
} as const satisfies Source;
`;

test('a decision by the name of a source is found, however it is written', () => {
  const more = new Map([
    [resolve('src/deciding.ts'), DECIDING],
    [resolve('src/others.ts'), OTHERS],
  ]);
  const files = [...more.keys()];
  const found = findComparisons(programOf(files, more), files);
  assert.deepEqual(
    found.map(({ file, line }) => [file, line]),
    [5, 6, 7, 8, 9, 10, 11, 13, 15].map((line) => [resolve('src/deciding.ts'), line]),
  );
});

test('a new source is a file and a line in the table: everything that asks a source compiles as it stands', () => {
  const table = resolve('src/sources/table.ts');
  const text = readFileSync(table, 'utf8');
  const longer = text
    .replace('import { local }', "import { directory } from './directory.ts';\nimport { local }")
    .replace('[local, app] as const', '[local, app, directory] as const');
  assert.ok(longer.includes('app, directory]'), 'the table has the form that it had');
  const more = new Map([
    [table, longer],
    [resolve('src/sources/directory.ts'), SOURCE],
  ]);
  const program = programOf([resolve('src/main.ts')], more);
  // The others cannot tell one source from another.
  const concerned = program.getSourceFiles().filter(({ text: code }) => code.includes('sources/'));
  const faults = concerned
    .flatMap((each) => program.getSemanticDiagnostics(each))
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
  assert.ok(concerned.length > 20);
  assert.deepEqual(faults, []);
});
