import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { FILES, NAMES, ROOMS } from './no-readers.ts';

const tables = globSync('test/linear/readers-*.ts').map((file) => readFileSync(file, 'utf8'));
/** Imported by a table, and used there. */
const fed = (name: string): boolean =>
  tables.some((table) => (table.match(new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'g')) ?? []).length > 1);

interface Exported {
  readonly file: string;
  readonly name: string;
}

/** What others can call, and classes; constants in capitals are values. */
const exported: readonly Exported[] = ROOMS.flatMap((room) => globSync(room).sort()).flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^export (?:async )?(?:function\*?|class|const|let) (\w*[a-z]\w*)/gm)].map(
    ([, name = '']) => ({ file, name }),
  ),
);
const placeOf = ({ file, name }: Exported): string => `${file.slice('src/'.length)} ${name}`;
const coveredBy = (each: Exported): string | undefined =>
  [...NAMES.keys()].find((name) => name === placeOf(each)) ??
  [...FILES.keys()].find((file) => placeOf(each).startsWith(file.endsWith('/') ? file : `${file} `));

const silent = exported.filter(({ name }) => !fed(name));

test('every reader is fed hostile texts, or a reason says why not', () => {
  const forgotten = silent.filter((each) => coveredBy(each) === undefined);
  assert.deepEqual(forgotten.map(placeOf), []);
});

test('every reason is needed', () => {
  const needed = new Set(silent.map(coveredBy));
  const needless = [...NAMES.keys(), ...FILES.keys()].filter((each) => !needed.has(each));
  assert.deepEqual(needless, []);
});

test('nothing is exported in a way that this test does not see', () => {
  const odd = ROOMS.flatMap((room) => globSync(room)).filter((file) =>
    /^export (?:default|\*|const [{[]|enum|namespace)/m.test(readFileSync(file, 'utf8')),
  );
  assert.deepEqual(odd, []);
});
