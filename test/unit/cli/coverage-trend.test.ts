import assert from 'node:assert/strict';
import test from 'node:test';
import { dayAfter, dayOf } from '../../../src/coverage/trend/days.ts';
import { trendCsv } from '../../../src/manage/trend/csv.ts';
import type { TrendAnswer } from '../../../src/manage/trend/form.ts';
import { stand } from './stand.ts';

test('a trend is a row for each day, as table, JSON and CSV, of all or of each organisation', async (t) => {
  const { run, json } = stand(t);
  await run('account', 'add', 'alice');
  const today = dayOf(Date.now());
  const from = dayAfter(today, -2);
  const table = await run('coverage', '--trend', '--from', from);
  assert.equal(table.code, 0, table.err);
  assert.match(
    table.out,
    new RegExp(`^Coverage from ${from} to ${today}, at the end of each day \\(UTC\\), by \\d+ entries`),
  );
  assert.match(table.out, /On no day was less protected/);
  const told = (await json('coverage', '--trend', '--from', from, '--by-organisation')) as unknown as {
    readonly rows: readonly { readonly day: string; readonly organisation: { readonly id: string } | null }[];
  };
  assert.deepEqual(
    told.rows.filter(({ organisation }) => organisation === null).map(({ day }) => day),
    [from, dayAfter(from, 1), today],
  );
  const of = told.rows.find(({ organisation }) => organisation !== null)?.organisation;
  assert.ok(of);
  const csv = await run('coverage', '--trend', '--from', from, '--organisation', of.id, '--format', 'csv');
  const lines = csv.out.trimEnd().split('\r\n');
  assert.match(
    lines[0] ?? '',
    /^"day","moment","organisation_id","organisation","accounts","expected","protected","percent"/,
  );
  const rows = told.rows.map((row) => ({ ...row, organisation: { id: '@id', name: '=cmd|x' } }));
  assert.match(trendCsv({ rows: rows as unknown as TrendAnswer['rows'] }), /"'@id","'=cmd\|x"/);
  assert.match(lines[1] ?? '', new RegExp(`^"${today}",".*","${of.id}"`));
});

test('what cannot be meant is refused with its remedy', async (t) => {
  const { run } = stand(t);
  await run('account', 'add', 'alice');
  for (const [code, pattern, ...argv] of [
    [2, /^--at is of one moment: leave it out, or --trend\.\n$/, '--trend', '--at', '2026-08-02'],
    [2, /^--class is of one moment/, '--trend', '--class', 'none'],
    [2, /^--from is of a trend: give --trend beside it\.\n$/, '--from', '2026-08-02'],
    [2, /^--by-organisation is of a trend/, '--by-organisation'],
    [2, /^--from takes a day of the calendar, by UTC: 2026-08-02\.\n$/, '--trend', '--from', '2026-02-30'],
    [2, /^A trend is written as table, json or csv/, '--trend', '--format', 'html'],
    [2, /^Give either --organisation or --by-organisation/, '--trend', '--organisation', 'x', '--by-organisation'],
    [2, /at most 400 days at once: begin later, or ask in parts/i, '--trend', '--from', '2020-01-01'],
    [2, /the last day is still to come: end with today/i, '--trend', '--to', '2099-01-01'],
    [1, /organisation list .*lists all that there are\.\n$/, '--trend', '--organisation', 'nosuch'],
  ] as const) {
    const ran = await run('coverage', ...argv);
    assert.deepEqual([ran.code, ran.out], [code, ''], `${argv.join(' ')}: ${ran.err}`);
    assert.match(ran.err, pattern);
  }
});
