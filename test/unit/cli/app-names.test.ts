import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { presetText } from '../../support/login-app-preset.ts';
import { type Stand, stand } from './stand.ts';

/** `exact` tells names apart by each letter; `folding` was seen to take capitals for small letters. */
async function people(t: TestContext): Promise<Stand['run']> {
  const { run, write } = stand(
    t,
    '    login: { preset: exact.yml }',
    '  folding: { hosts: [b.test], origin: https://b.test, upstream: http://127.0.0.1:9, realm: staff, login: { preset: folding.yml } }',
  );
  write('exact.yml', presetText({ fold: [] }));
  write('folding.yml', presetText({ fold: ['trim', 'lower'] }));
  for (const name of ['alice', 'bob', 'carol']) assert.equal((await run('account', 'add', name)).code, 0);
  return run;
}

test('a name at an app is kept letter by letter, whatever the realm would make of it', async (t) => {
  const run = await people(t);
  for (const name of [
    'Alice',
    'ALICE',
    'CORP\\alice',
    'alice@corp.example',
    'alice+x@corp.example',
    'Alice Smith',
    'Älice',
  ]) {
    const set = await run('account', 'alias', 'alice', '--app', 'portal', '--as', name);
    assert.equal(set.code, 0, set.err);
    assert.ok((await run('account', 'show', 'alice')).out.includes(`at portal: ${name}\n`), name);
  }
  for (const name of ['', ' alice', 'alice ', 'al\u00adice', 'al\u200bice', 'a\nb', 'a'.repeat(257)]) {
    const none = await run('account', 'alias', 'alice', '--app', 'portal', '--as', name);
    assert.equal(none.code, 2, JSON.stringify(name));
    assert.match(none.err, /^[A-Z][^\n]+\.\n$/, 'one sentence');
  }
});

test('what an app takes for the account’s own name is no alias', async (t) => {
  const run = await people(t);
  const same = await run('account', 'alias', 'alice', '--app', 'folding', '--as', 'ALICE');
  assert.equal(same.code, 2);
  assert.match(same.err, /what alice is called anyway/);
});

test('an alias that is another account’s own name there is refused with the reason, and that account is not locked out', async (t) => {
  const run = await people(t);
  const taken: readonly (readonly [app: string, name: string])[] = [
    ['portal', 'bob'],
    ['folding', 'bob'],
    ['folding', 'BOB'],
  ];
  for (const [app, name] of taken) {
    const refused = await run('account', 'alias', 'alice', '--app', app, '--as', name);
    assert.equal(refused.code, 1, `${app} ${name}`);
    assert.match(
      refused.err,
      /bob's own name at (?:portal|folding), and bob would be locked out there: give bob another name there first\.\n$/,
    );
  }
  // Where the app tells the two apart BOB is somebody else.
  assert.equal((await run('account', 'alias', 'alice', '--app', 'portal', '--as', 'BOB')).code, 0);
});

test('two accounts may change names at an app, one after the other, and back', async (t) => {
  const run = await people(t);
  const alias = async (who: string, ...how: readonly string[]) =>
    run('account', 'alias', who, '--app', 'folding', ...how);
  assert.equal((await alias('bob', '--as', 'robert')).code, 0);
  assert.equal((await alias('alice', '--as', 'bob')).code, 0);
  const other = await alias('carol', '--as', 'Bob');
  assert.equal(other.code, 1);
  assert.match(other.err, /nother account has that name at this app: alice is called "bob" at folding\.\n$/);
  const back = await alias('bob', '--remove');
  assert.equal(back.code, 1);
  assert.match(
    back.err,
    /lice is called "bob" at folding, so bob could not sign in there: take that alias away first\.\n$/,
  );
  assert.match((await run('account', 'show', 'bob')).out, /^at folding: robert$/m);
  assert.equal((await alias('alice', '--remove')).code, 0);
  assert.equal((await alias('bob', '--remove')).code, 0);
});

test('an account is not added under a name that is another’s at an app', async (t) => {
  const run = await people(t);
  assert.equal((await run('account', 'alias', 'alice', '--app', 'folding', '--as', 'Dora')).code, 0);
  const added = await run('account', 'add', 'dora');
  assert.equal(added.code, 2);
  assert.match(
    added.err,
    /lice is called "Dora" at folding, so dora could not sign in there: take that alias away first\.\n$/,
  );
  assert.equal((await run('account', 'add', 'dorian')).code, 0);
});
