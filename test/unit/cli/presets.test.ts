import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { globPattern } from '../../../src/config/preset/glob.ts';
import { readablePath } from '../../../src/presets/readable.ts';
import { HeaderFields } from '../../../src/request/fields.ts';
import { readStep } from '../../../src/request/login/step.ts';
import { browserBody } from '../../../src/workbench/direct/body.ts';
import { formsIn } from '../../../src/workbench/direct/forms.ts';
import { pathOfPattern, queryOfRule } from '../../../src/workbench/direct/literal.ts';
import { findPreset } from '../../../src/workbench/preset/load.ts';
import { command } from '../../support/command.ts';
import { presetText } from '../../support/login-app-preset.ts';
import type { Ran } from '../../support/process.ts';
import { stand } from './stand.ts';

interface Listed {
  readonly preset: string;
  readonly tested: readonly string[];
  readonly bound: string;
  readonly steps: readonly string[];
}

const BOUND = (order: string) => [`    login: { preset: ./portal.yml, order: ${order} }`];

/** Commands on an installation whose app signs people in itself. */
function portal(t: TestContext, lines: readonly string[], preset = presetText()): (...argv: string[]) => Promise<Ran> {
  const { write } = stand(t);
  write('portal.yml', preset);
  const file = write(
    'own.yml',
    [
      'listen: 127.0.0.1:8080',
      'data: data',
      'realms: { staff: { source: app }, inside: { source: local } }',
      'apps:',
      '  portal:',
      '    hosts: [app.test]',
      '    origin: https://app.test',
      '    upstream: http://127.0.0.1:9',
      '    realm: staff',
      ...lines,
      '',
    ].join('\n'),
  );
  return (...argv) => command(...argv, '--config', file);
}

test('every preset is listed with what it was tried with and how far it binds', async () => {
  const ran = await command('preset', 'list');
  assert.equal(ran.code, 0, ran.err);
  assert.match(ran.out, /^PRESET +PRODUCT +TESTED +BOUND +STEPS$/m);
  assert.match(ran.out, /^dokuwiki .*bound, proven by whoami {2}POST /m);
  assert.match(ran.out, /^generic-form .* {2}from documentation {2}/m);
  const rows = JSON.parse((await command('preset', 'list', '--json')).out) as Listed[];
  // Those that met their product first, those from documentation apart behind them, each by name.
  const named = (of: Listed[]) => of.map((row) => row.preset).sort();
  const met = rows.filter((row) => row.tested.length > 0);
  const unmet = rows.filter((row) => row.tested.length === 0);
  assert.deepEqual(
    rows.map((row) => row.preset),
    [...named(met), ...named(unmet)],
  );
  assert.ok(rows.every((row) => row.steps.length > 0 && row.bound.startsWith('bound')));
  for (const { preset } of rows) assert.equal((await command('preset', 'show', preset)).code, 0, preset);
});

test('a preset is shown in words, as its file, and as JSON; a name that there is not, and a file with faults, are told', async (t) => {
  const { write } = stand(t);
  const file = write('portal.yml', presetText());
  const shown = (await command('preset', 'show', file)).out;
  for (const line of [
    /^people sign in at +\/login$/m,
    /^step +password: POST \/login \(form\)$/m,
    /^ {2}name +username$/m,
    /^ {2}secret +password$/m,
    /^who is signed in +GET \/whoami: the name in its page, /m,
    /^open before signing in +\/static\/\*\*\?any query \(static\)$/m,
    /^other way in, refused +\/su\/\*\*$/m,
    /^refused elsewhere +.*password/m,
  ])
    assert.match(shown, line);
  assert.equal((await command('preset', 'show', file, '--yaml')).out.trim(), presetText().trim());
  const json = JSON.parse((await command('preset', 'show', file, '--json')).out) as { id: string; bound: string };
  assert.deepEqual([json.id, json.bound], ['login-app', 'bound, proven by whoami']);
  const none = await command('preset', 'show', 'nothing');
  assert.equal(none.code, 1);
  assert.match(none.err, /^There is no preset nothing\. There are: .*dokuwiki/);
  const faulty = await command('preset', 'show', write('faulty.yml', `${presetText()}nonsense: 1\n`));
  assert.equal(faulty.code, 1);
  assert.match(faulty.err, /faulty\.yml has faults:\n {2}line \d+: nonsense: /);
});

test('check says of every app how its own login is bound, and what stands open before signing in', async (t) => {
  const more = [
    '  legacy:',
    '    hosts: [old.test]',
    '    origin: https://old.test',
    '    upstream: http://127.0.0.1:9',
    '    realm: staff',
    '    login: { unbound: { owner: ops@x.test, reason: replaced in spring, expires: 2020-01-31 } }',
    '  plain:',
    '    hosts: [plain.test]',
    '    origin: https://plain.test',
    '    upstream: http://127.0.0.1:9',
    '    realm: inside',
  ];
  const limits = presetText({ more: ['limits: [The app that comes with it is refused.]'] });
  const run = portal(t, [...BOUND('login-first'), ...more], limits);
  const ran = await run('check');
  assert.equal(ran.code, 1, 'what has expired is a finding');
  assert.match(
    ran.out,
    /^portal {2,}bound, proven by whoami {2,}login-app {2,}the login app of the tests {2,}login-first/m,
  );
  assert.match(ran.out, /^legacy {2,}unbound .*ops@x\.test {2,}replaced in spring {2,}2020-01-31 EXPIRED$/m);
  assert.match(ran.out, /^plain {2,}trusts assertion/m);
  assert.match(ran.out, /^note {5}portal: The app that comes with it is refused\.$/m);
  assert.match(ran.out, /^portal .* GET {2,}\/static\/\*\* {2,}nothing {2,}sign-in surface/m);
  assert.match(ran.out, /^portal .* POST {2,}\/login {2,}nothing {2,}sign-in step/m);
  const told = JSON.parse((await run('check', '--json')).out) as {
    apps: { app: string; bound: string; order: string | null; unbound: { expired: boolean } | null }[];
    routes: { app: string; open_as: string | null; requires: string }[];
  };
  assert.deepEqual(
    told.apps.map(({ app, bound, order, unbound }) => [app, bound, order, unbound?.expired ?? null]),
    [
      ['portal', 'bound, proven by whoami', 'login-first', null],
      ['legacy', 'unbound', null, true],
      ['plain', 'trusts assertion', null, null],
    ],
  );
  const open = told.routes.filter((row) => row.open_as !== null);
  assert.deepEqual([...new Set(open.map((row) => [row.app, row.requires].join(' ')))], ['portal none']);
});

test('check has a finding for login-first where a script signs in, and a fault where a GET does', async (t) => {
  const json = presetText({ token: true, whoami: false });
  const ran = await portal(t, BOUND('login-first'), json)('check');
  assert.equal(ran.code, 1);
  assert.match(ran.out, /^finding .*order: The step token is sent by a script .*Use factor-first\.$/m);
  assert.equal((await portal(t, BOUND('factor-first'), json)('check')).code, 0);
  const get = presetText().replace('method: POST', 'method: GET');
  assert.match(
    (await portal(t, BOUND('login-first'), get)('check')).out,
    /^fault .*order: .*the step password is a GET/m,
  );
});

test('nothing is open before the factor with factor-first, and explain tells doors, steps, guarded and plain requests', async (t) => {
  const run = portal(t, BOUND('factor-first'));
  assert.doesNotMatch((await run('check')).out, /sign-in (?:surface|step)/);
  const table: readonly (readonly [said: RegExp, decides: string, method: string, path: string])[] = [
    [/this is a door: another way to sign in: \/xmlrpc\.php$/m, 'the login of the app', 'POST', '/XMLRPC.php'],
    [/this is guarded: /, 'the login of the app', 'GET', '/any?password=x'],
    [/this is a sign-in step: password$/m, 'the floor', 'POST', '/login'],
    [/this is the sign-in surface: /, 'the floor', 'GET', '/static/a.css'],
    [/this is plain: /, 'the floor', 'GET', '/account'],
  ];
  for (const [said, decides, method, path] of table) {
    const ran = await run('explain', method, `https://app.test${path}`);
    assert.equal(ran.code, 0, ran.err);
    assert.match(ran.out, said, path);
    assert.ok(ran.out.includes(`decides   ${decides}\n`), `${path}: ${ran.out}`);
  }
});

test('with login-first explain says that surface and step need nothing, and an exception that has expired refuses all', async (t) => {
  const first = portal(t, BOUND('login-first'));
  for (const [method, path] of [
    ['GET', '/login'],
    ['POST', '/login'],
  ] as const)
    assert.match((await first('explain', method, `https://app.test${path}`)).out, /^requires {2}nothing$/m);
  assert.match((await first('explain', 'GET', 'https://app.test/account')).out, /^requires {2}second factor$/m);
  const old = portal(t, ['    login: { unbound: { owner: ops@x.test, reason: old, expires: 2020-01-31 } }']);
  const told = (await old('explain', 'GET', 'https://app.test/')).out;
  assert.match(told, /^login {5}unbound$/m);
  assert.match(told, /^requires {2}refused with 403$/m);
});

test('an account has another name at an app, once; it is shown, on record, and taken away again', async (t) => {
  const { run, json } = stand(t);
  for (const name of ['alice', 'bob']) await run('account', 'add', name);
  const set = await run('account', 'alias', 'alice', '--app', 'portal', '--as', 'A.Smith');
  assert.equal(set.out, 'alice is called A.Smith at portal from now on.\n', set.err);
  assert.match((await run('account', 'show', 'alice')).out, /^at portal: A\.Smith$/m);
  const shown = await json<{ names_at_apps: object }>('account', 'show', 'alice');
  assert.deepEqual(shown.names_at_apps, { portal: 'A.Smith' });
  const taken = await run('account', 'alias', 'bob', '--app', 'portal', '--as', 'A.Smith');
  assert.equal(taken.code, 1);
  assert.match(taken.err, /[Aa]nother account has that name at this app: alice is called "A\.Smith" at portal/);
  const same = await run('account', 'alias', 'bob', '--app', 'portal', '--as', 'bob');
  assert.equal(same.code, 2);
  assert.equal((await run('account', 'alias', 'alice', '--app', 'portal', '--remove')).code, 0);
  assert.equal((await run('account', 'alias', 'alice', '--app', 'portal', '--remove')).code, 1);
  const record = (await run('audit', 'tail', '--json')).out;
  for (const kind of ['app-name.set', 'app-name.remove'])
    assert.equal(record.split(`"${kind}"`).length - 1, 1, `${kind} is on record once`);
});

test('forms are read as browsers send them', () => {
  const { forms, base } =
    formsIn(`<base href="/app/"><!-- <form><input name=no></form> --><script>"<input name=no>"</script>
    <form action='/in?a=1&amp;b=2' method=post><input type=hidden name="t" value="&lt;&quot;x"><input name=u>
    <input type=password name=p><input type=checkbox name=stay><input type=checkbox name=on checked>
    <select name=l><option value=en>E<option value=cy selected>C</select><input name=off disabled>
    <button name=go value=1>In</button><button name=other value=2>Not</button></form><input name=loose>`);
  assert.equal(base, '/app/');
  assert.deepEqual(
    forms.map((form) => [form.action, form.method, form.fields.map(({ name, value }) => `${name}=${value}`).join(' ')]),
    [
      ['/in?a=1&b=2', 'POST', 't=<"x u= p= on=on l=cy go=1'],
      ['', 'POST', 'loose='],
    ],
  );
  assert.deepEqual(forms[0]?.unticked, [{ name: 'stay', value: 'on', type: 'checkbox' }]);
});

test('a pattern of a path is shown as it was written, and stands for a path that it matches', () => {
  for (const [glob, path] of [
    ['/login.php', '/login.php'],
    ['/su/**', '/su'],
    ['/a-b/{c,d}/*.js', '/a-b/c/.js'],
    ['/app/**/j_security_check', '/app/j_security_check'],
    ['/**', '/'],
  ] as const) {
    const pattern = globPattern(glob);
    assert.equal(readablePath(pattern.source), glob);
    assert.equal(pathOfPattern(pattern), path);
    assert.ok(pattern.test(path));
  }
  const rule = new Map<string, 'any' | string[]>([
    ['do', ['login', 'x']],
    ['id', 'any'],
  ]);
  assert.equal(queryOfRule(rule), '?do=login');
  assert.equal(queryOfRule(rule, 'x'), '?do=login&id=x');
  assert.equal(queryOfRule('any'), '');
});

test('what a person would send is a body that our own reader takes for the step, of every type', (t) => {
  const { write } = stand(t);
  const head = 'preset: 1\nid: x\ntested: []\nentry: /in\nassurance: login-form\nsession: { cookies: [s] }\nlogin:\n';
  const types: readonly (readonly [type: string, account: string, secret: string, need: string])[] = [
    ['form', 'user', 'pass', 'do: login'],
    ['json', '/who/name', '/who/pass', '/kind: login'],
    ['xml', 'auth/user', 'auth/pass', '"auth/@type": login'],
  ];
  for (const [type, account, secret, need] of types) {
    const text = `${head}  - { id: a, on: { method: POST, path: /in }, type: ${type}, need: { ${need} }, account: ${account}, secret: [${secret}], ok: { status: 200 } }\n`;
    const step = findPreset(write(`${type}.yml`, text)).login.steps[0];
    assert.ok(step);
    const given = new Map([
      [account, 'älice'],
      [secret, 'p&<"=1'],
    ]);
    const { rawHeaders, bytes } = browserBody(step, given, null);
    const read = readStep(step, HeaderFields.of(rawHeaders), bytes);
    assert.ok(read !== 'not-this-step', type);
    assert.equal(read.account, 'älice');
    assert.deepEqual(read.secrets, [secret]);
  }
});
