import assert from 'node:assert/strict';
import test from 'node:test';
import { stand } from './stand.ts';

const ROSTER = ['    roster: { file: accounts.csv, column: login, dormant_after: 90d }'];

interface Told {
  readonly counts: Readonly<Record<string, number>>;
  readonly rows: readonly { readonly name: string; readonly class: string }[];
  readonly read: { readonly from: string; readonly names: number };
}

test('reconcile compares the list that the configuration names with the accounts here, and shows what somebody has to look at', async (t) => {
  const { run, json, write } = stand(t, ...ROSTER);
  for (const name of ['alice', 'bob', 'carol']) await run('account', 'add', name);
  await run('ticket', 'issue', 'bob');
  write('accounts.csv', 'id,login\n1,CORP\\Alice\n2,bob\n3,"=mallory"\n');
  const ran = await run('reconcile', '--app', 'portal');
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.out, /^in the app, unknown here +1$/m);
  assert.match(ran.out, /^invited +1$/m);
  assert.match(ran.out, /^=mallory +– +in the app, unknown here/m);
  assert.match(ran.out, /^CORP\\Alice +alice +never came/m);
  assert.match(ran.out, /^carol +carol +here, not in the app/m);
  assert.doesNotMatch(ran.out, /^bob /m, 'nobody has to look at who is invited');
  const told = await json<Told>('reconcile', '--app', 'portal', '--show');
  assert.deepEqual(
    told.rows.map((row) => `${row.name} ${row.class}`),
    ['=mallory unknown', 'CORP\\Alice never-came', 'bob invited', 'carol gone'],
  );
  assert.equal(told.read.from, 'file');
  const only = await json<Told>('reconcile', '--app', 'portal', '--show', '--only', 'gone');
  assert.deepEqual(
    only.rows.map(({ name }) => name),
    ['carol'],
  );
  const tail = await run('audit', 'tail', '--kind', 'roster.read');
  assert.match(tail.out, /roster\.read/);
});

test('a file takes the place of what the configuration names, and one that cannot be read is told and on record', async (t) => {
  const { run, json, write, dir } = stand(t, ...ROSTER);
  await run('account', 'add', 'alice');
  const missing = await run('reconcile', '--app', 'portal');
  assert.equal(missing.code, 1);
  assert.match(missing.err, /^There is no file .*accounts\.csv/);
  assert.match((await run('audit', 'tail', '--kind', 'roster.read')).out, /failed/);
  const file = write('mine.csv', 'who\nalice\n');
  const read = await json<Told>('reconcile', '--app', 'portal', file, '--column', 'who');
  assert.equal(read.read.from, 'upload');
  assert.equal(read.counts['never-came'], 1);
  assert.equal((await run('reconcile', '--app', 'portal', file)).code, 1, 'the column is another');
  assert.equal((await run('reconcile', '--app', 'portal', dir)).code, 1);
  for (const wrong of [
    ['--only', 'nonsense'],
    ['--show', file],
  ] as const)
    assert.equal((await run('reconcile', '--app', 'portal', ...wrong)).code, 2);
  assert.equal((await run('reconcile', '--app', 'none', file)).code, 2);
});

test('an app without a list is told what to do', async (t) => {
  const { run } = stand(t);
  const ran = await run('reconcile', '--app', 'portal');
  assert.equal(ran.code, 1);
  assert.match(ran.err, /names no list of the accounts of portal: name a file/);
});
