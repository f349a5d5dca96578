import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { namesInBytes, namesInCsv } from '../../../src/rosters/csv.ts';
import { MOST_NAME, MOST_NAMES, RosterFault } from '../../../src/rosters/fault.ts';
import { namesInJson } from '../../../src/rosters/json.ts';
import { readRoster } from '../../../src/rosters/read.ts';

const refused = (words: RegExp) => (error: unknown) => error instanceof RosterFault && words.test(error.message);

test('names are in the column that is named, in one that is usually called so, or in the first', async () => {
  const cases: readonly (readonly [text: string, column: string | null])[] = [
    ['id,Login,mail\n1,bob,b@x\n2,alice,a@x\n', 'login'],
    ['id;username\n1;bob\n2;alice\n', null],
    ['account\tid\nbob\t1\nalice\t2\n', null],
    ['\ufeffACCOUNT\r\nbob\r\n"alice"\r\n', null],
    ['bob\nalice\n\n bob \n', null],
    ['bob,1\nalice,2\n', null],
  ];
  for (const [text, column] of cases) assert.deepEqual(await namesInCsv(text, column), ['alice', 'bob'], text);
});

test('a text in the encoding of Windows is read, and quoted fields may hold anything', async () => {
  assert.deepEqual(await namesInBytes(Buffer.from('login\nren\xe9\n', 'latin1'), null), ['rené']);
  assert.deepEqual(await namesInCsv('login\n"a ""b"", c\nd"\n', null), ['a "b", c\nd']);
});

test('what is no list is refused with the reason', async () => {
  await assert.rejects(namesInCsv('id,login\n1,bob\n', 'account'), refused(/no column "account"/));
  await assert.rejects(namesInCsv('login\n\n', null), refused(/no name/));
  await assert.rejects(namesInCsv('', null), refused(/no name/));
  await assert.rejects(namesInCsv('login\n"bob\n', null), refused(/^Line 2 of the list: a quotation mark/));
  await assert.rejects(namesInCsv(`login\n${'x'.repeat(MOST_NAME + 1)}\n`, null), refused(/more than 256 characters/));
});

test('a list has as many names as it may, and one more is refused', async () => {
  const rows = Array.from({ length: MOST_NAMES }, (_, i) => `u${i}`);
  assert.equal((await namesInCsv(`login\n${rows.join('\n')}`, null)).length, MOST_NAMES);
  await assert.rejects(namesInCsv(`login\n${rows.join('\n')}\none-more`, null), refused(/more than 200000 names/));
});

test('a JSON array has names, or objects with one', () => {
  assert.deepEqual(namesInJson('["bob", "alice", 7]', null), ['7', 'alice', 'bob']);
  assert.deepEqual(namesInJson('[{"id": 1, "Login": "bob"}]', null), ['bob']);
  assert.deepEqual(namesInJson('[{"id": 1, "who": "bob"}]', 'who'), ['bob']);
  for (const text of ['{}', '[null]', '[[1]]', '[{"login": {}}]', '[{"id": 1}]', '["bob"', '7'])
    assert.throws(() => namesInJson(text, null), refused(/no JSON array/), text);
  assert.throws(() => namesInJson('[{"login": "bob"}]', 'who'), refused(/no column "who"/));
  assert.throws(() => namesInJson('[]', null), refused(/no name/));
});

test('a file is read, and one that is not there, or is none, is told', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-roster-'));
  t.after(() => rmSync(dir, { recursive: true }));
  const path = join(dir, 'accounts.csv');
  writeFileSync(path, 'login,name\nbob,Bob\n');
  assert.deepEqual(await readRoster({ kind: 'file', path }, null), ['bob']);
  await assert.rejects(readRoster({ kind: 'file', path: join(dir, 'none') }, null), refused(/There is no file/));
  await assert.rejects(readRoster({ kind: 'file', path: dir }, null), refused(/is not a file/));
});
