import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { CsvFault, decodeCsv, parseCsv } from '../../../src/lib/csv.ts';
import { listAccounts } from '../../../src/manage/accounts.ts';
import { importAccounts } from '../../support/manage.ts';
import { inWorld } from '../login/world.ts';

const KNOWN = ['account', 'realm', 'email', 'groups'];

test('whatever fields there are, they are read as they were written, with any separator and line end', () => {
  const field = fc.string({
    unit: fc.constantFrom('a', 'é', ',', ';', '\t', '"', '\n', '\r\n', ' ', '\ufeff'),
    maxLength: 12,
  });
  const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 2 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      rows,
      fc.constantFrom(',', ';', '\t'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      (all, separator, end, bom) => {
        const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
        const lines = [['account', 'groups'], ...all].map((row) => row.map(quote).join(separator) + end);
        const read = parseCsv((bom ? '\ufeff' : '') + lines.join(''), KNOWN).map(({ fields }) => fields);
        assert.deepEqual(read, [['account', 'groups'], ...all.filter((row) => row.some((each) => each !== ''))]);
      },
    ),
  );
});

test('the separator is the one by which columns are named, not the one that comes most often', () => {
  const cases = [
    ['account,groups\na,x;y;z', 'x;y;z'],
    ['account;groups\na;x,y,z', 'x,y,z'],
    ['account\tgroups\na\tx,y;z', 'x,y;z'],
    ['"Account";"Groups"\n"a";"x;y"', 'x;y'],
  ] as const;
  for (const [text, groups] of cases) assert.equal(parseCsv(text, KNOWN)[1]?.fields[1], groups, text);
});

test('UTF-8, UTF-16 with its mark, and Windows-1252 are told apart', () => {
  const text = 'account\nŠárka €\n';
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  assert.deepEqual(decodeCsv(Buffer.from(text)), { text, encoding: 'utf-8' });
  assert.deepEqual(decodeCsv(utf16), { text, encoding: 'utf-16le' });
  assert.deepEqual(decodeCsv(Buffer.from(utf16).swap16()), { text, encoding: 'utf-16be' });
  const windows = Buffer.from([...Buffer.from('account\n'), 0x8a, 0xe1, 0x72, 0x6b, 0x61, 0x20, 0x80, 0x0a]);
  assert.deepEqual(decodeCsv(windows), { text, encoding: 'windows-1252' });
});

test('what is no CSV, or too much of it, is told with the line where it begins', () => {
  const cases: [string, number, RegExp][] = [
    ['account\na\n"b\nc\nd\n', 3, /never closed/],
    ['account\na\nb"c\n', 3, /out of place/],
    ['account\n"a\nb"c\n', 3, /out of place/],
    [`account\n"a\n\nb"\n${'x'.repeat(1025)}\n`, 5, /longer than 1024/],
    [`account\n"\n${'x\n'.repeat(40_000)}"\n`, 2, /longer than 65536/],
    [`account\n${'x\n'.repeat(100_001)}`, 100_001, /more than 100000/],
  ];
  for (const [text, line, said] of cases)
    assert.throws(
      () => parseCsv(text, KNOWN),
      (error: unknown) => error instanceof CsvFault && error.line === line && said.test(error.message),
      text.slice(0, 40),
    );
});

test(
  'columns that are unknown, doubled or missing are named with what was meant, and nothing is imported',
  inWorld(async ({ manage }) => {
    const cases: [string, RegExp[]][] = [
      [
        'acount;emial\na;b',
        [/no column "acount"\. Did you mean "account"\?/, /no column "emial"\. Did you mean "email"\?/],
      ],
      ['account,E-Mail\na,b', [/no column "e-mail"\. Did you mean "email"\?/]],
      ['account,colour\na,red', [/no column "colour"\. There are: account, realm, email, groups/]],
      ['account,account\na,b', [/"account" stands there twice/]],
      ['Benutzer,Gruppe\na,b', [/first line names the columns, and "account" must be among them/]],
      ['anna,staff', [/first line names the columns/]],
      [`account,${'x'.repeat(900)}\na,b`, [/no column "x{64}…"/]],
      ['account,\na,b', [/no column ""/]],
      ['', [/nothing in it/]],
      ['account\n', [/no account below it/]],
    ];
    for (const [text, said] of cases) {
      const { faults, added } = await importAccounts(manage, text);
      assert.equal(faults.length, said.length, JSON.stringify(faults));
      for (const [i, each] of said.entries()) assert.match(faults[i]?.message ?? '', each);
      assert.deepEqual([added, faults[0]?.line], [[], 1]);
    }
    assert.deepEqual(await listAccounts.ask(manage, {}), []);
    const { added } = await importAccounts(manage, 'account;realm;\r\nanna;staff;\r\nbert;staff\r\n');
    assert.equal(added.length, 2, 'a last separator names no column');
  }),
);
