import assert from 'node:assert/strict';
import { join } from 'node:path';
import test from 'node:test';
import { detailText } from '../../../src/cli/audit.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { openStore } from '../../../src/store/open.ts';
import type { AuthenticatorRow } from '../../../src/store/types.ts';
import { command } from '../../support/command.ts';
import { credentialRow, passkeyRow, totpRow } from '../../support/rows.ts';
import { sealAll } from '../../support/seal.ts';
import { stand } from './stand.ts';

type Row = Record<string, unknown>;
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

test('an account is added, shown, listed, disabled, enabled and removed, for people and for scripts', async (t) => {
  const { run, json } = stand(t);
  assert.match((await run('account', 'list')).out, /^There are no accounts yet: sallyport account add NAME --config /);
  const added = await run('account', 'add', String.raw`CORP\Alice`, '--group', 'ops', 'web', '--email', 'a@x.test');
  assert.equal(added.code, 0, added.err);
  assert.equal(added.out, 'alice was added to realm staff.\n');
  assert.match(added.err, /sallyport ticket issue alice --config /);
  const [row] = await json<Row[]>('account', 'list');
  assert.ok(row);
  const { id, created, ...rest } = row;
  assert.match(String(created), MOMENT);
  assert.match(String(id), /^[\w-]{22}$/);
  assert.deepEqual(rest, {
    account: 'alice',
    realm: 'staff',
    authenticators: 0,
    recovery_codes: 0,
    last_sign_in: null,
    password: false,
    admin: false,
    roles: [],
    organisation_id: 'realm.staff',
    groups: ['ops', 'web'],
    email: 'a@x.test',
    disabled: null,
  });
  const table = (await run('account', 'list')).out.split('\n');
  assert.match(table[0] ?? '', /^ACCOUNT {2}REALM {2}FACTORS {2}CODES {2}LAST SIGN-IN {2}GROUPS$/);
  assert.doesNotMatch(table[0] ?? '', /STATE/, 'a column that says nothing is left out');
  assert.match((await run('account', 'show', 'ALICE')).out, /^account {9}alice$/m);
  await run('ticket', 'issue', 'alice');
  assert.equal((await run('account', 'disable', 'alice')).out, 'alice is disabled; 0 sessions and 1 link ended.\n');
  assert.match(String((await json<Row>('account', 'show', 'alice'))['disabled']), MOMENT);
  assert.equal((await json<Row>('account', 'enable', 'alice'))['disabled'], null);
  assert.equal((await run('account', 'remove', String(id))).out, 'alice was removed.\n');
  assert.deepEqual(await json<Row[]>('account', 'list'), []);
});

test('groups and address of an account are changed, and accounts are listed by what they lack', async (t) => {
  const { run, json } = stand(t);
  await run('account', 'add', 'alice', '--email', 'a@x.test');
  const set = await run('account', 'set', 'alice', '--groups', 'ops,web', '--add-group', 'dev', '--no-email');
  assert.equal(set.out, 'alice now has the groups ops web dev and no e-mail address.\n', set.err);
  assert.equal(
    (await run('account', 'set', 'alice', '--remove-group', 'web')).out,
    'alice now has the groups ops dev and no e-mail address.\n',
  );
  assert.equal((await json<Row>('account', 'set', 'alice', '--email', 'b@x.test'))['email'], 'b@x.test');
  assert.match(
    (await run('account', 'set', 'alice', '--groups', 'dev,ops')).out,
    /^alice is as it was, with the groups/,
  );
  for (const wrong of [
    ['set', 'alice'],
    ['set', 'alice', '--email', 'x'],
    ['list', '--unused', '90'],
    ['set', 'alice', '--add-group', 'a b'],
  ])
    assert.equal((await run('account', ...wrong)).code, 2, wrong.join(' '));
  assert.equal((await json<Row[]>('account', 'list', '--without-factor')).length, 1);
  assert.equal((await run('account', 'list', '--unused', '90d')).out, 'No account is like that.\n');
  assert.equal((await run('account', 'list', '--unused', '400d')).code, 0);
  const beyond = await run('account', 'list', '--unused', '401d');
  assert.deepEqual([beyond.code, /on record for 400d \(retention\.sign_ins\)/.test(beyond.err)], [2, true], beyond.err);
});

test('groups are taken one by one and parted by commas', async (t) => {
  const { run, json } = stand(t);
  const groupsOf = async (name: string) => (await json<Row>('account', 'show', name))['groups'];
  await run('account', 'add', 'anna', '--group', 'a', 'b');
  await run('account', 'add', 'ben', '--group', 'a,b');
  assert.deepEqual(
    [await groupsOf('anna'), await groupsOf('ben')],
    [
      ['a', 'b'],
      ['a', 'b'],
    ],
  );
  await run('account', 'set', 'ben', '--add-group', 'c,d', '--remove-group', 'a,b');
  assert.deepEqual(await groupsOf('ben'), ['c', 'd']);
});

test('what the record has escaped is not escaped again where it is shown', () => {
  const shown = detailText({
    kind: 'config.refused',
    detail: JSON.stringify({ why: 'line 1\\u000aline "2"', at: 'x' }),
  });
  assert.equal(shown, 'why="line 1\\u000aline \\"2\\"" at=x');
});

test('a list of accounts is read on 80 columns, whatever groups there are', async (t) => {
  const { run } = stand(t);
  const groups = Array.from({ length: 12 }, (_, i) => `department-${i}`);
  await run('account', 'add', 'bartholomew.smith', '--admin', '--group', ...groups);
  for (const line of (await run('account', 'list')).out.split('\n')) assert.ok(line.length <= 80, line);
});

test('of a file with faults the good lines are imported where that is asked for, and the others told', async (t) => {
  const { run, write } = stand(t);
  const rest = await run('account', 'import', write('part.csv', 'account,email\nemil,nonsense\n'), '--skip-faulty');
  assert.match(rest.err, /1 fault; no account was added/, 'nothing was left');
  const some = write('some.csv', 'account,email\nzoe,z@x.test\nemil,nonsense\n');
  const skipped = await run('account', 'import', some, '--skip-faulty');
  assert.deepEqual([skipped.code, skipped.out], [0, '1 account was added.\n']);
  assert.match(skipped.err, /1 fault: these lines are left out\.\n {2}line 3, email: /);
});

test('accounts are imported all or none, each fault with its line, and once however often the file is', async (t) => {
  const { run, json, write } = stand(t);
  await run('account', 'add', 'dora');
  const faulty = write('faulty.csv', 'account,email\nanna,a@x.test\nAnna,\ndora,\n"no name",\nemil,nonsense\n');
  const refused = await run('account', 'import', faulty, '--new-only');
  assert.equal(refused.code, 1);
  for (const said of [
    /4 faults; no account was added/,
    /line 3, account: /,
    /line 4, account: dora exists/,
    /line 5, account: /,
    /line 6, email: /,
  ])
    assert.match(refused.err, said);
  assert.equal((await json<Row[]>('account', 'list')).length, 1, 'none was added');
  const good = write('good.csv', '\ufeffaccount,groups,email\r\nanna,ops;web,a@x.test\r\nemil,,\r\n');
  const would = (await run('account', 'import', good, '--dry-run')).out;
  assert.equal(would, '2 accounts would be added.\n');
  assert.equal((await run('account', 'import', good)).out, '2 accounts were added.\n');
  assert.equal((await run('account', 'import', good)).out, '2 accounts are so already.\n');
  const other = write('other.csv', 'account,email\nanna,anna@y.test\ndora,\n');
  const changed = await run('account', 'import', other);
  assert.equal(changed.out, '1 account was changed.\n1 account is so already.\n');
  assert.deepEqual(
    (await json<Row[]>('account', 'list')).map((row) => [row['account'], row['groups']]),
    [
      ['anna', ['ops', 'web']],
      ['dora', []],
      ['emil', []],
    ],
  );
  const absent = await run('account', 'import', 'absent.csv');
  assert.deepEqual([absent.code, absent.err.split('\n').length], [1, 2]);
});

test('a link is issued, listed by the name of its account and revoked; an older one ends', async (t) => {
  const { run, json } = stand(t);
  await run('account', 'add', 'alice');
  const first = await run('ticket', 'issue', 'alice');
  assert.match(
    first.out,
    /^https?:\/\/app\.test(:\d+)?\/\.sallyport\/enrol\/[\w-]{27}\n$/,
    'a script reads the link alone',
  );
  const made = await json<{ account: string; expires: string; links: Row[] }>(
    'ticket',
    'issue',
    'alice',
    '--ttl',
    '3d',
  );
  assert.equal(made.account, 'alice');
  assert.ok(Math.abs(Date.parse(made.expires) - Date.now() - 3 * 86_400_000) < 60_000);
  assert.deepEqual(
    made.links.map((link) => link['app']),
    ['portal'],
  );
  const open = await json<Row[]>('ticket', 'list');
  assert.deepEqual(
    open.map((row) => [row['account'], row['realm'], row['resets_password']]),
    [['alice', 'staff', false]],
  );
  assert.doesNotMatch(JSON.stringify(open), new RegExp(String(made.links[0]?.['url']).slice(-27)));
  assert.equal((await run('ticket', 'revoke', 'alice')).out, '1 link of alice ended.\n');
  assert.equal((await run('ticket', 'list')).out, 'There are no open links.\n');
  assert.equal((await run('ticket', 'issue', 'root', '--admin')).code, 0);
  assert.equal((await json<Row>('account', 'show', 'root'))['admin'], true);
});

test('a key is rotated: the new one is published while the older one signs, and --now withdraws all others', async (t) => {
  const { run, json } = stand(t);
  assert.match((await run('key', 'list')).out, /no keys yet/);
  const states = async () => (await json<Row[]>('key', 'list')).map((row) => row['state']);
  await run('key', 'rotate');
  assert.deepEqual(await states(), ['signs']);
  assert.match((await run('key', 'rotate')).out, /is published and signs in \d+m; the older one is kept/);
  assert.deepEqual(await states(), ['signs', 'published, signs soon']);
  const { signs_from } = await json<Row>('key', 'rotate', '--now');
  assert.match(String(signs_from), MOMENT);
  assert.deepEqual(await states(), ['retired', 'retired', 'signs']);
});

test('the record names who, and its details are read by people and by scripts', async (t) => {
  const { run, json } = stand(t);
  await run('account', 'add', 'alice');
  await run('account', 'add', 'bob');
  await run('account', 'remove', 'bob');
  const rows = await json<Row[]>('audit', 'tail');
  assert.deepEqual(
    rows.map((row) => [row['kind'], row['account']]),
    [
      ['account.add', 'alice'],
      ['account.add', null],
      ['account.remove', null],
    ],
  );
  assert.equal((rows[2]?.['detail'] as Row | undefined)?.['name'], 'bob');
  assert.match(String(rows[0]?.['actor']), /^cli:/);
  assert.match((await run('audit', 'tail', '--lines', '1')).out, /^SEQ .*\n3 .*account\.remove .* name=bob/);
  assert.equal((await json<Row[]>('audit', 'tail', '--account', 'alice')).length, 1);
  assert.equal((await json<Row[]>('audit', 'tail', '--kind', 'account.remove')).length, 1);
  for (const lines of ['0', '1.5', '10001', 'x', ''])
    assert.equal((await run('audit', 'tail', '--lines', lines)).code, 2, lines);
});

test('what was dropped from the record is told in words, and to scripts as it stands', async (t) => {
  const { run, json, dir } = stand(t);
  await run('account', 'list');
  const path = join(dir, 'data', 'sallyport.db');
  const store = await openStore({ kind: 'sqlite', path }, { clock: systemClock });
  const nobody = { actor: 'x', accountId: null, sessionId: null, appId: null, source: null, detail: '{}' };
  for (const at of [0, 86_400_000, 2])
    await store.audit.append({ at, kind: 'request.refused', outcome: 'refused', ...nobody });
  // What has no place in the log yet is not dropped.
  await sealAll(store);
  const what = [{ kind: 'request.refused', outcome: 'refused' }] as const;
  await store.audit.drop({ name: 'refusals', what, before: 86_400_001, at: 172_800_000, limit: 9 });
  await store.close();
  assert.match(
    (await run('audit', 'tail', '--lines', '1')).out,
    / 3 entries of 1970-01-01 00:00:00Z to 1970-01-02 00:00:00Z, numbers 1 to 2, over their time: request\.refused \(refused\)\. SHA-256 [0-9a-f]{64}\n$/,
  );
  const [row] = await json<Row[]>('audit', 'tail');
  assert.equal((row?.['detail'] as Row | undefined)?.['count'], 3);
});

test('explain says of an account what sign-in would offer it', async (t) => {
  const { run, json, dir } = stand(t);
  const row = await json<Row>('account', 'add', 'alice');
  const accountId = String(row['id']);
  const path = join(dir, 'data', 'sallyport.db');
  const may = async (rows: readonly AuthenticatorRow[], rpId?: string): Promise<unknown> => {
    const store = await openStore({ kind: 'sqlite', path }, { clock: systemClock });
    await store.underAccount(accountId, async (tx) => {
      for (const old of await tx.authenticators.ofAccount(accountId)) await tx.authenticators.remove(old.id);
      for (const each of rows) await tx.authenticators.insert({ ...each, accountId });
      if (rpId !== undefined) await tx.authenticators.insertCredential(credentialRow({ rpId }));
    });
    await store.close();
    const told = await json<{ account: Row }>('explain', 'GET', 'http://app.test:8080/', '--account', 'alice');
    return told.account['may'];
  };
  assert.equal(await may([totpRow()]), true);
  assert.equal(await may([passkeyRow()], 'other.test'), false, 'a passkey that no page here asks for');
  assert.equal(await may([totpRow({ kind: 'recovery', secret: null })]), false, 'recovery codes that are used up');
  assert.equal(await may([totpRow({ disabledAt: 1 })]), false);
  assert.equal((await run('explain', 'GET', 'http://app.test:8080/', '--account', 'alice')).code, 0);
});

test('sessions, authenticators and migrations of a new installation are empty lists', async (t) => {
  const { run, json } = stand(t);
  const pending = await json<{ pending: string[] }>('migrate', '--dry-run');
  assert.ok(pending.pending.length > 0);
  assert.deepEqual(await json('migrate'), { applied: pending.pending });
  assert.equal((await run('migrate')).out, 'The database is up to date.\n');
  await run('account', 'add', 'alice');
  assert.deepEqual(await json('session', 'list'), []);
  assert.equal((await run('session', 'list')).out, 'Nobody is signed in.\n');
  assert.deepEqual(await json('authenticator', 'list', 'alice'), []);
  assert.deepEqual(await json('session', 'revoke', '--all'), {
    revoked: [],
    in_force: { confirmed: [], silent: [], ms: null, streams: null, last_stream_ms: null },
  });
  assert.match((await run('authenticator', 'list', 'alice')).out, /: sallyport ticket issue alice --config /);
});

test('whatever is refused is told in one sentence that says what to do, with the exit code of the contract', async (t) => {
  const { run, dir } = stand(t);
  await run('account', 'add', 'alice');
  const table: readonly (readonly [code: number, said: RegExp, ...argv: string[]])[] = [
    [1, /no account "zed": "sallyport account list --config/, 'account', 'show', 'zed'],
    [1, /no account "zed": "sallyport account list --config/, 'authenticator', 'list', 'zed'],
    [1, /no account "zed"/, 'ticket', 'issue', 'zed'],
    [1, /no account "zed"/, 'session', 'list', '--account', 'zed'],
    [1, /no account "zed"/, 'explain', 'GET', 'http://app.test:8080/', '--account', 'zed'],
    [1, /an account "ALICE" already: "sallyport account show ALICE/, 'account', 'add', 'ALICE'],
    [1, /no live session "x": "sallyport session list --config/, 'session', 'revoke', 'x'],
    [1, /no authenticator "x": "sallyport authenticator list ACCOUNT/, 'authenticator', 'remove', 'x'],
    [2, /exactly one way: ID, --account NAME/, 'session', 'revoke'],
    [2, /exactly one way/, 'session', 'revoke', 'x', '--all'],
    [2, /exactly one way/, 'session', 'revoke', '--app', 'portal', '--account', 'alice'],
    [2, /30m, 24h or 3d/, 'ticket', 'issue', 'alice', '--ttl', 'soon'],
    [2, /5m to 7d/, 'ticket', 'issue', 'alice', '--ttl', '1m'],
    [2, /"x" is not an e-mail address/, 'account', 'add', 'carol', '--email', 'x'],
    [2, /not an account name/, 'account', 'add', 'a b'],
    [2, /no realm "x"; there are: staff/, 'account', 'list', '--realm', 'x'],
    [2, /a whole address, such as/, 'explain', 'GET', '/x'],
    [2, /'--jsn' \(Did you mean --json\?\): "sallyport account list --help"/, 'account', 'list', '--jsn'],
    [2, /argument 'account': "sallyport ticket issue --help"/, 'ticket', 'issue'],
    [2, /1 to 65535/, 'serve', '--port', '0'],
    [2, /either --config or --upstream/, 'serve', '--upstream', 'http://127.0.0.1:1'],
    [2, /says how the app of --upstream signs people in/, 'serve', '--login', 'dokuwiki'],
    [2, /either --as or --remove/, 'account', 'alias', 'alice', '--app', 'portal'],
    [2, /no app "x"; there are: portal/, 'account', 'alias', 'alice', '--app', 'x', '--as', 'al'],
    [1, /no account "zed"/, 'account', 'alias', 'zed', '--app', 'portal', '--as', 'al'],
  ];
  for (const [code, said, ...argv] of table) {
    const ran = await run(...argv);
    assert.equal(ran.code, code, `${argv.join(' ')}: ${ran.err}`);
    assert.match(ran.err, said);
    assert.match(ran.err, /^['"A-Z-][^\n]*[.?]\n$/, 'one sentence');
    assert.equal(ran.out, '');
  }
  const nowhere = join(dir, 'nothing');
  for (const argv of [['check'], ['account', 'list'], ['explain', 'GET', 'https://app.test/'], ['migrate']]) {
    const ran = await command(...argv, '--data', nowhere);
    assert.equal(ran.code, 1);
    assert.match(ran.err, /^There is no installation in the folder .*nothing yet: .*--data FOLDER\.\n$/);
    assert.equal(ran.out, '', 'nothing is made up');
  }
  const upstream = await command('serve', '--upstream', 'ftp://x', '--data', nowhere);
  assert.equal(upstream.code, 2);
  assert.match(upstream.err, /^--upstream: /);
});
