import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { systemClock as clock } from '../../../src/lib/clock.ts';
import { openDatabase } from '../../../src/store/open.ts';
import { stand } from './stand.ts';

interface Checked {
  readonly good: boolean;
  readonly size: number;
  readonly heads: number;
  readonly findings: readonly {
    readonly what: string;
    readonly index: number;
    readonly seq: number;
    readonly says: string;
  }[];
}

test('what commands write is sealed by the next that verifies; a head is printed, and holds', async (t) => {
  const { run, json, dir: folder } = stand(t);
  for (const name of ['alice', 'bob', 'carol']) assert.equal((await run('account', 'add', name)).code, 0);
  const good = await run('audit', 'verify');
  assert.equal(good.code, 0, good.err);
  assert.match(
    good.out,
    /^The record is as it was sealed: \d+ entries; \d+ heads? of it agree\.\n[A-Za-z0-9+/]{43}=\n$/,
  );

  const { key, size, root, note } = await json<Record<string, string>>('audit', 'checkpoint');
  assert.match(String(key), /^sallyport\.record\/[0-9a-f]{16}\+[0-9a-f]{8}\+[A-Za-z0-9+/]{44}$/);
  const plain = await run('audit', 'checkpoint');
  assert.equal(plain.out, note);
  assert.match(plain.err, /^Verifier key of this log: sallyport\.record\//);
  const short = await run('audit', 'checkpoint', '--short');
  assert.ok(short.out.startsWith(`${root}\n${size} entries.`), short.out);
  assert.match(short.out, /[▀▄█]{10}/);

  const file = join(folder, 'heads.txt');
  await writeFile(file, `${note}\n\n`);
  assert.equal((await run('account', 'add', 'dora')).code, 0);
  const again = await json<Checked>('audit', 'verify', '--checkpoint', file, '--written', `${size}:${root}`);
  assert.deepEqual([again.good, again.findings], [true, []]);
  const wrong = await run('audit', 'verify', '--written', `${size}:${'0'.repeat(64)}`);
  assert.equal(wrong.code, 1);
  assert.match(wrong.err, /is not as it was sealed: 1 finding\.\n {2}The log is not the one of which the head of size/);
  const larger = await run('audit', 'verify', '--written', `999999:${root}`);
  assert.match(larger.err, /older backup was put back/);
  for (const bad of ['12', `x:${root}`, `1:${String(root).slice(1)}`])
    assert.equal((await run('audit', 'verify', '--written', bad)).code, 2);
  await writeFile(file, 'no head\n');
  assert.match((await run('audit', 'verify', '--checkpoint', file)).err, /holds no signed heads of a log/);
});

test('an export is verified by its key alone, and any byte of it that is altered is found', async (t) => {
  const { run, json, dir: folder } = stand(t);
  for (const name of ['alice', 'bob', 'carol']) await run('account', 'add', name, '--email', `${name}@x.test`);
  const { key, note } = await json<Record<string, string>>('audit', 'checkpoint');
  const file = join(folder, 'record.ndjson');
  const made = await run('audit', 'export', '--output', file);
  assert.equal(made.code, 0, made.err);
  assert.match((await run('audit', 'export', '--output', file)).err, /is there already, and is not overwritten/);
  const text = await readFile(file, 'utf8');
  assert.equal((await run('audit', 'export')).out, text);
  const heads = join(folder, 'heads.txt');
  await writeFile(heads, String(note));
  const verify = (...more: string[]) => run('audit', 'verify', '--export', file, '--key', String(key), ...more);
  const good = await verify('--checkpoint', heads);
  assert.equal(good.code, 0, good.err);
  assert.match(good.out, /^The export is as its log was sealed: \d+ entries shown, of \d+; 2 heads of it agree\./);

  for (let at = 7; at < text.length; at += 53) {
    // Of what is between two values some may be written otherwise; what is said is the same then.
    const changed = text[at] === 'e' ? 'f' : 'e';
    if (!/[A-Za-z0-9]/.test(text[at] ?? '')) continue;
    await writeFile(file, text.slice(0, at) + changed + text.slice(at + 1));
    const line = text.slice(0, at).split('\n').length;
    const isHead = line === 1;
    const bad = await verify();
    if (!isHead) assert.equal(bad.code, 1, `${at}: ${text.slice(at - 20, at + 20)}`);
  }
  const lines = text.trimEnd().split('\n');
  for (let at = 1; at < lines.length; at += 1) {
    for (const other of [
      lines.toSpliced(at, 1),
      lines.toSpliced(at, 0, lines[at] ?? ''),
      lines.with(at, lines[1] ?? '').with(1, lines[at] ?? ''),
    ]) {
      if (other.join() === lines.join()) continue;
      await writeFile(file, `${other.join('\n')}\n`);
      assert.equal((await verify()).code, 1, `line ${at}`);
    }
  }
  await writeFile(file, '');
  assert.equal((await verify()).code, 1);
  assert.equal((await run('audit', 'verify', '--export', file)).code, 2);
  assert.equal((await run('audit', 'verify', '--export', join(folder, 'none'), '--key', String(key))).code, 1);
});

test('of a span only its entries are shown, and all others are seen to be there', async (t) => {
  const { run, json, dir: folder } = stand(t);
  for (const name of ['alice', 'bob']) await run('account', 'add', name);
  const { key, size } = await json<Record<string, string | number>>('audit', 'checkpoint');
  const file = join(folder, 'some.ndjson');
  assert.equal((await run('audit', 'export', '--to', '2020-01-01', '--output', file)).code, 0);
  const checked = await json<Checked & { entries: number }>('audit', 'verify', '--export', file, '--key', String(key));
  assert.deepEqual([checked.good, checked.entries, checked.size], [true, 0, size]);
  const csv = await run('audit', 'export', '--format', 'csv');
  assert.equal(csv.out.trimEnd().split('\n').length, Number(size) + 1);
  assert.match(csv.out, /^"index","seq","at","kind"/);
  const ocsf = (await run('audit', 'export', '--format', 'ocsf')).out.trimEnd().split('\n');
  assert.equal(ocsf.length, Number(size));
  const events = ocsf.map((line) => JSON.parse(line) as { class_uid: number; type_uid: number; activity_id: number });
  for (const { class_uid, type_uid, activity_id } of events) assert.equal(type_uid, class_uid * 100 + activity_id);
  for (const bad of [
    ['--format', 'xml'],
    ['--from', 'yesterday'],
    ['--from', '2026-02-30'],
    ['--from', '2026-02-02', '--to', '2026-01-01'],
  ])
    assert.equal((await run('audit', 'export', ...bad)).code, 2, bad.join(' '));
});

test('whoever owns the database and alters an entry is named by the next verification', async (t) => {
  const { run, json, dir } = stand(t);
  for (const name of ['alice', 'bob', 'carol']) await run('account', 'add', name);
  assert.equal((await run('audit', 'verify')).code, 0);
  const database = await openDatabase({ kind: 'sqlite', path: join(dir, 'data', 'sallyport.db') }, { clock });
  try {
    const { sql } = await import('kysely');
    await sql`drop trigger audit_no_update`.execute(database.db);
    await database.db.updateTable('audit').set({ actor: 'cli:somebody' }).where('seq', '=', 2).execute();
  } finally {
    await database.close();
  }
  const refused = await run('audit', 'verify', '--json');
  assert.equal(refused.code, 1);
  const checked = JSON.parse(refused.out) as Checked;
  assert.deepEqual([checked.good, checked.findings[0]?.what, checked.findings[0]?.seq], [false, 'altered', 2]);
  assert.match(refused.err, /Entry 2 \(index 1\) is not what was sealed/);
  await json('account', 'list');
});

test('what is on record about an account that was removed is erased; its leaves stay, and an entry says why', async (t) => {
  const { run, json } = stand(t);
  for (const name of ['alice', 'bob']) await run('account', 'add', name);
  const [alice] = await json<{ id: string }[]>('account', 'list');
  const id = String(alice?.id);
  const erase = (...more: string[]) =>
    run('audit', 'erase', '--account', id, '--reason', 'asked for on 3 August', ...more);
  assert.match((await erase()).err, /There is the account still: remove it first/);
  await run('account', 'remove', 'alice', '--yes');
  if ((await json<unknown[]>('account', 'list')).length === 2)
    assert.equal((await run('account', 'remove', 'alice')).code, 0);
  const before = await json<Checked>('audit', 'verify');
  const done = await erase();
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^2 entries about .+ erased; their leaves stay/);
  const about = await json<{ kind: string; detail: Record<string, unknown> }[]>('audit', 'tail', '--account', id);
  assert.deepEqual(
    about.map(({ kind }) => kind),
    ['audit.erased'],
  );
  assert.equal(about[0]?.detail['reason'], 'asked for on 3 August');
  assert.equal(about[0]?.detail['count'], 2);
  const after = await json<Checked & { erased: number }>('audit', 'verify');
  assert.deepEqual([after.good, after.erased, after.size], [true, 2, before.size + 1]);
  assert.equal((await erase()).code, 1);
});

interface Listed {
  readonly erased: { readonly names: number; readonly whole: boolean; readonly under: string } | null;
  readonly counts: Readonly<Record<string, number>>;
}

test('a person is taken out of lists of accounts too, by their account or by a name, and the list says so', async (t) => {
  const { run, json, write } = stand(t);
  for (const name of ['alice', 'bob']) await run('account', 'add', name);
  const [alice] = await json<{ id: string }[]>('account', 'list');
  const file = write('portal.csv', 'login\nalice\nbob\neve\n');
  assert.equal((await run('reconcile', '--app', 'portal', file)).code, 0);
  assert.equal((await run('account', 'remove', 'alice')).code, 0);
  const erase = (...more: string[]) => run('audit', 'erase', '--reason', 'asked for', ...more);
  const done = await erase('--account', String(alice?.id));
  assert.equal(done.code, 0, done.err);
  assert.match(done.out, /^1 name erased from 1 list of accounts/m);
  const shown = () => run('reconcile', '--app', 'portal', '--show');
  assert.match(
    (await shown()).out,
    /^1 name of this list was erased on 20\d\d-[-0-9: ]+Z under this reason: asked for\.$/m,
  );
  assert.doesNotMatch((await shown()).out, /alice/);
  assert.equal((await erase('--name', 'alice')).code, 1, 'there is none any more');
  for (const wrong of [[], ['--name', 'eve', '--account', 'x'], ['--account', 'x', '--app', 'portal']])
    assert.equal((await erase(...wrong)).code, 2);
  assert.equal((await erase('--name', 'eve', '--app', 'none')).code, 2);
  assert.equal((await erase('--name', 'EVE', '--app', 'portal')).code, 0);
  assert.equal((await erase('--name', 'bob')).code, 0);
  const { erased, counts } = await json<Listed>('reconcile', '--app', 'portal', '--show');
  assert.deepEqual([erased?.names, erased?.whole, erased?.under], [3, true, 'asked for']);
  assert.equal(counts['unknown'], 1, 'the numbers are those of when it was read');
  const told = (await shown()).out;
  assert.match(told, /^The names of this list were erased on .+ under this reason: asked for\./m);
  assert.match(told, /^in the app, unknown here +1$/m);
  assert.equal((await json<Checked>('audit', 'verify')).good, true);
});
