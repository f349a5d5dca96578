import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { stand } from './stand.ts';

test('links for a list are written to a new file of its owner alone, as CSV or as letters', async (t) => {
  const { run, json, write, dir } = stand(t);
  const list = write(
    'people.csv',
    'account,email,name,address,language\nanna,a@x.test,Anna Hughes,1 High Street|Leeds,cy\nbert,,,,\ncarl,,Carl,,ar\ndora,,,,\n',
  );
  await run('account', 'import', list);
  const csv = join(dir, 'links.csv');
  const done = await run('ticket', 'issue-many', '--from', list, '--out', csv);
  assert.deepEqual([done.code, done.out], [0, `4 links were written to ${csv}.\n`]);
  assert.equal(statSync(csv).mode & 0o777, 0o600);
  assert.match(
    readFileSync(csv, 'utf8'),
    /^"account","realm".*\r\n"anna","staff","staff","a@x\.test","https?:\/\/app\.test:8080\/\.sallyport\/enrol\/[\w-]{27}"/,
  );
  const again = await run('ticket', 'issue-many', '--from', list, '--out', csv);
  assert.deepEqual([again.code, /not overwritten/.test(again.err)], [1, true]);
  const pdf = join(dir, 'letters.pdf');
  assert.equal((await run('ticket', 'issue-many', '--from', list, '--out', pdf)).code, 0);
  const bytes = readFileSync(pdf);
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  assert.match(bytes.toString('latin1'), /\/Count 4\b/);
  assert.match(bytes.subarray(-8).toString('latin1'), /%%EOF/);
  const open = await json<{ readonly expires: string }[]>('ticket', 'list');
  assert.equal(open.length, 4, 'the older ones ended');
  // The post takes days; a list does not.
  const days = ({ expires }: { readonly expires: string }) =>
    Math.round((Date.parse(expires) - Date.now()) / 86_400_000);
  assert.deepEqual(open.map(days), [7, 7, 7, 7]);
});

test('where nobody needs a link, or somebody gets none, it is said, and no empty file is left', async (t) => {
  const { run, write, dir } = stand(t);
  await run('account', 'add', 'anna');
  const out = join(dir, 'links.csv');
  const none = await run('ticket', 'issue-many', '--organisation', 'staff', '--without-link', '--out', out);
  assert.equal(none.code, 0);
  const nobody = await run(
    'ticket',
    'issue-many',
    '--organisation',
    'staff',
    '--without-link',
    '--out',
    join(dir, 'b.csv'),
  );
  assert.deepEqual([nobody.code, nobody.out], [0, 'Nobody needs one: no link was made.\n']);
  assert.equal(existsSync(join(dir, 'b.csv')), false);
  const list = write('people.csv', 'account\nanna\nbert\n');
  const some = await run('ticket', 'issue-many', '--from', list, '--out', join(dir, 'c.csv'));
  assert.equal(some.code, 1);
  assert.match(some.err, /1 account got none:\n {2}bert: there is no account "bert"/);
  assert.match(readFileSync(join(dir, 'c.csv'), 'utf8'), /"anna"/);
  const faulty = await run(
    'ticket',
    'issue-many',
    '--from',
    write('x.csv', 'account\nno name\n'),
    '--out',
    join(dir, 'd.csv'),
  );
  assert.deepEqual([faulty.code, existsSync(join(dir, 'd.csv'))], [1, false]);
  assert.equal((await run('ticket', 'issue-many', '--organisation', 'staff', '--out', join(dir, 'e.txt'))).code, 2);
});

test('links go out by e-mail where a mail server is configured; who has no address, or can sign in, is told', async (t) => {
  const without = stand(t);
  const list = (at: typeof without) =>
    at.write('people.csv', 'account,email,language\nanna,a@x.test,cy\nbert,,\ncarl,c@x.test,\n');
  await without.run('account', 'import', list(without));
  const none = await without.run('ticket', 'issue-many', '--from', list(without), '--email');
  assert.equal(none.code, 2);
  assert.match(none.err, /no mail server is configured/i);
  assert.deepEqual(await without.json('ticket', 'list'), [], 'no link was made');
  const { run, json, ...at } = stand(t, 'mail: { server: "smtp://127.0.0.1:9", from: s@x.test }');
  await run('account', 'import', list({ run, json, ...at }));
  const sent = await run('ticket', 'issue-many', '--from', list({ run, json, ...at }), '--email');
  assert.equal(sent.code, 1);
  assert.match(sent.out, /^2 links were queued\. The server sends them by e-mail, while it runs\.\n$/);
  assert.match(sent.err, /1 account got none:\n {2}bert: has no e-mail address: hand the link over/);
  assert.doesNotMatch(sent.out + sent.err, /enrol\//);
  const mailed = await json<{ account: string; state: string }[]>('ticket', 'mailed');
  assert.deepEqual(mailed.map(({ account, state }) => [account, state]).sort(), [
    ['anna', 'queued'],
    ['carl', 'queued'],
  ]);
  assert.deepEqual(await json('ticket', 'mailed', '--account', 'bert'), []);
  for (const wrong of [[], ['--email', '--out', join(at.dir, 'x.csv')]])
    assert.equal((await run('ticket', 'issue-many', '--organisation', 'staff', ...wrong)).code, 2);
  const rest = join(at.dir, 'rest.csv');
  assert.equal(
    (await run('ticket', 'issue-many', '--organisation', 'staff', '--without-email', '--out', rest)).code,
    0,
  );
  assert.match(readFileSync(rest, 'utf8'), /^[^\n]*\n"bert"[^\n]*\n$/);
});
