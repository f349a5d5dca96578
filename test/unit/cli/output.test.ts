import assert from 'node:assert/strict';
import test from 'node:test';
import { commandLine } from '../../../src/cli/context.ts';
import { mayPass } from '../../../src/manage/judgement.ts';
import { sentence } from '../../../src/terminal/exit.ts';
import { type Column, count, fields, list, record, table, utc } from '../../../src/terminal/output.ts';

test('a table is aligned, leaves out columns that say nothing, and one row stays one row', () => {
  const rows = [
    ['a', null, true, ['x', 'y'], new Date(0)],
    ['b\nc\u001b[2J\u202e', '', false, [], undefined],
  ];
  assert.equal(
    table(['name', 'empty', 'yes', 'groups', 'at'], rows),
    'NAME      YES  GROUPS  AT\na         yes  x y     1970-01-01 00:00:00Z\nb?c?[2J?  no   –       –',
  );
  assert.equal(
    fields([
      ['name', 'a'],
      ['longer', null],
    ]),
    'name    a\nlonger  –',
  );
});

test('JSON keeps types: moments, lists, booleans and absence, under names without blanks', () => {
  const columns: readonly Column<number>[] = [
    { name: 'last used', of: () => new Date(0), shown: () => 'long ago' },
    { name: 'groups', of: () => ['a'] },
    { name: 'absent', of: () => undefined },
    { name: 'hidden', of: (row) => row, shown: null },
  ];
  const told = { last_used: '1970-01-01T00:00:00.000Z', groups: ['a'], absent: null, hidden: 1 };
  assert.deepEqual(JSON.parse(JSON.stringify(record(columns, 1))), told);
  const lines: string[] = [];
  list({ line: (text = '') => void lines.push(text), note: () => {} }, false, { columns, rows: [1], empty: 'none' });
  assert.deepEqual(lines, ['LAST USED  GROUPS\nlong ago   a']);
});

test('small words', () => {
  assert.deepEqual([count(0, 'link'), count(1, 'link'), count(2, 'link')], ['0 links', '1 link', '2 links']);
  assert.equal(utc(new Date(1_800_000_000_123)), '2027-01-15 08:00:00Z');
  assert.deepEqual(['no', 'No.', 'why?', ' a: '].map(sentence), ['No.', 'No.', 'Why?', 'A:']);
});

test('a command line that is printed can be pasted', () => {
  assert.equal(commandLine({}, 'ticket issue', 'alice'), 'sallyport ticket issue alice');
  assert.equal(commandLine({ config: '/a b/c.yml' }, 'key list'), "sallyport key list --config '/a b/c.yml'");
  assert.equal(commandLine({ data: "o'x" }, 'key list'), String.raw`sallyport key list --data 'o'\''x'`);
});

const ONE = { factors: 1, passkeys: 0 };

test('what an account may: every condition alone refuses', () => {
  const judged = {
    app: null,
    target: '/',
    verdict: 'session',
    decides: '',
    requires: '',
    why: '',
    considered: [],
    reading: null,
    rule: { path: '/**', require: 'mfa', maxAgeMs: 60_000, groups: ['ops'] },
  } as const;
  const account = { name: 'bob', disabledAt: null, groups: ['ops'] };
  assert.deepEqual(mayPass(judged, account, ONE), { may: true, why: 'with a factor used within 1m' });
  assert.equal(mayPass(judged, account, { factors: 0, passkeys: 0 }).may, false);
  assert.equal(mayPass(judged, { ...account, disabledAt: 1 }, ONE).may, false);
  assert.equal(mayPass(judged, { ...account, groups: [] }, ONE).may, false);
  assert.equal(mayPass({ ...judged, rule: { ...judged.rule, require: 'passkey' } }, account, ONE).may, false);
  assert.equal(mayPass({ ...judged, verdict: 'refused' }, account, ONE).may, false);
  assert.equal(mayPass({ ...judged, rule: null }, account, ONE).why, 'once signed in');
});
