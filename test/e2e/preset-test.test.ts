import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { APP_PASSWORDS, type LoginApp, startLoginApp } from '../support/login-app.ts';
import { type PresetChoice, presetText } from '../support/login-app-preset.ts';
import { cookiesOf } from '../support/login-app-read.ts';
import { folder, type Ran, run } from '../support/process.ts';
import { answer } from '../support/upstream.ts';

interface Line {
  readonly what: string;
  readonly found: string;
  readonly verdict: 'ok' | 'fail' | 'note';
}

interface Told {
  readonly ok: boolean;
  readonly lines: readonly Line[];
}

interface Bench {
  readonly app: LoginApp;
  readonly dir: string;
  /** Tries a preset with alice, and another as the second. */
  try(preset: string, ...argv: readonly string[]): Promise<Ran>;
}

async function bench(t: TestContext, second = 'bob'): Promise<Bench> {
  const app = await startLoginApp();
  t.after(() => app.close());
  const dir = folder(t);
  const file = (name: string, text: string) => {
    writeFileSync(join(dir, name), text, { mode: 0o600 });
    return join(dir, name);
  };
  const people = [
    ...['--account', 'alice', '--password-file', file('a', `${APP_PASSWORDS['alice']}\n`)],
    ...['--second', second, '--second-password-file', file('b', APP_PASSWORDS[second] ?? '')],
  ];
  return {
    app,
    dir,
    try: (preset, ...argv) =>
      run('preset', 'test', file('portal.yml', preset), '--upstream', app.origin, ...people, ...argv),
  };
}

const line = ({ lines }: Told, what: RegExp): Line => {
  const found = lines.find((each) => what.test(each.what));
  assert.ok(found, `${what} was not tried: ${JSON.stringify(lines)}`);
  return found;
};

async function told(on: Bench, choice: PresetChoice = {}): Promise<Told & { code: number }> {
  const ran = await on.try(presetText(choice), '--json');
  return { ...(JSON.parse(ran.out) as Told), code: ran.code };
}

test('a preset that holds is tried with right and wrong passwords, spellings, a second account and every door', async (t) => {
  const on = await bench(t);
  on.app.folds = ['lower'];
  const ran = await on.try(presetText());
  assert.equal(ran.code, 0, ran.out + ran.err);
  for (const said of [
    /^entry \/login +a page +200 +ok$/m,
    /^form of the page +leads to this app +\/login +ok$/m,
    /^wrong password +fail +fail, 401 +ok$/m,
    /^right password +ok, and whoami says "alice" +ok, 302; whoami says "alice" +ok$/m,
    /^name in capitals .*signed in; whoami says "alice" +ok$/m,
    /^second sign-in, as bob, in the session of alice .*refused before it is sent.*ok$/m,
    /^door \/xmlrpc\.php +refused by us +closed: 403, with Basic credentials as without +note$/m,
  ])
    assert.match(ran.out, said);
  for (const password of Object.values(APP_PASSWORDS)) {
    assert.ok(!(ran.out + ran.err).includes(password), 'a password was printed');
    const targets = on.app.served.map(({ target }) => target).join('\n');
    assert.ok(!targets.includes(encodeURIComponent(password)), 'a password stood in an address');
  }
});

test('what does not hold is a line that fails, and exit 1', async (t) => {
  const on = await bench(t);
  const wrongField = await told(on, { account: 'who' });
  assert.equal(wrongField.code, 1);
  assert.equal(line(wrongField, /^right password$/).verdict, 'fail');
  on.app.silent = true;
  const blind = await told(on);
  assert.equal(line(blind, /^wrong password$/).verdict, 'fail', 'a failure that looks like success');
  const probing = await told(on, { silent: true });
  assert.deepEqual(
    [line(probing, /^wrong password$/).verdict, line(probing, /^right password$/).verdict],
    ['ok', 'ok'],
  );
});

test('a spelling that the app takes for somebody else than the preset does is a failure', async (t) => {
  const on = await bench(t);
  on.app.folds = ['lower'];
  const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n';
  const body = '<b id="who">ALICE</b>';
  on.app.whoami = (socket) => socket.end(`${answer}Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  const strict = await told(on, { fold: [] });
  assert.equal(strict.code, 1);
  assert.equal(line(strict, /^right password$/).verdict, 'fail', 'whoami must say the very name');
  const folded = await told(on);
  assert.equal(line(folded, /^name in capitals$/).verdict, 'ok');
});

test('a preset that folds what the app tells apart is wrong', async (t) => {
  const on = await bench(t);
  // It takes any spelling for the password, and says each as another name.
  on.app.folds = ['lower'];
  on.app.whoami = (socket, request) => {
    const id = cookiesOf(request).get('SESS') ?? '';
    const { account = null, typed = '' } = on.app.people.sessions.get(id) ?? {};
    const said = account === null ? '<p id="nobody">nobody</p>' : `<b id="who">${typed}</b>`;
    answer(said, '200 OK', ['Content-Type: text/html'])(socket, request);
  };
  const folded = await told(on);
  assert.equal(line(folded, /^name in capitals$/).verdict, 'fail', JSON.stringify(folded.lines));
  assert.match(line(folded, /^name in capitals$/).found, /take the folding out of the preset/);
  const strict = await told(on, { fold: [] });
  assert.match(line(strict, /^name in capitals$/).found, /whoami says "ALICE", which is refused/);
  assert.equal(strict.code, 0, JSON.stringify(strict.lines));
});

test('credentials in the address that the app reads must be guarded', async (t) => {
  const on = await bench(t);
  on.app.worst = true;
  const guarded = await told(on);
  assert.match(line(guarded, /in the address$/).found, /^refused by us/);
  // A preset that guards nothing has its sign-in guarded; one that guards something else says so itself.
  const derived = await told(on, { guard: false, doors: false });
  assert.match(line(derived, /in the address$/).found, /^refused by us/);
  const open = await told(on, { guard: false, doors: false, more: ['guard: { fields: [other] }'] });
  assert.equal(line(open, /in the address$/).verdict, 'fail', JSON.stringify(open.lines));
  assert.equal(open.code, 1);
});

test('steps that follow each other, and an app that cannot be asked, are tried as well', async (t) => {
  const on = await bench(t);
  on.app.steps = 2;
  const two = await told(on, { steps: 2 });
  assert.equal(line(two, /^right password$/).verdict, 'ok', JSON.stringify(two.lines));
  on.app.steps = 1;
  const form = await told(on, { whoami: false });
  assert.equal(form.code, 0, JSON.stringify(form.lines));
  assert.match(line(form, /^right password$/).found, /^ok, 302$/);
});

test('without a terminal a password must be in a file or the environment, and an app must answer', async (t) => {
  const dir = folder(t);
  writeFileSync(join(dir, 'p.yml'), presetText());
  writeFileSync(join(dir, 'pw'), 'two\nlines\n');
  const table: readonly (readonly [code: number, said: RegExp, ...argv: string[]])[] = [
    [2, /Say with --account/, '--upstream', 'http://127.0.0.1:9'],
    [2, /give it in a file with --password-file/, '--upstream', 'http://127.0.0.1:9', '--account', 'alice'],
    [2, /must be an origin/, '--upstream', 'http://127.0.0.1:9/path', '--account', 'alice'],
    [
      1,
      /one password in one line/,
      '--upstream',
      'http://127.0.0.1:9',
      '--account',
      'a',
      '--password-file',
      join(dir, 'pw'),
    ],
    [2, /--upstream/, '--account', 'alice'],
  ];
  for (const [code, said, ...argv] of table) {
    const ran = await run('preset', 'test', join(dir, 'p.yml'), ...argv);
    assert.equal(ran.code, code, ran.err);
    assert.match(ran.err, said);
  }
  process.env['SALLYPORT_TEST_PASSWORD'] = 'from-the-environment';
  t.after(() => delete process.env['SALLYPORT_TEST_PASSWORD']);
  const silent = await run('preset', 'test', join(dir, 'p.yml'), '--upstream', 'http://127.0.0.1:9', '--account', 'a');
  assert.equal(silent.code, 1);
  assert.match(silent.err, /^http:\/\/127\.0\.0\.1:9 does not answer \(ECONNREFUSED/);
});

const ALICES = /^second sign-in, as ALICE, in the session of alice$/;

test('a twin, who differs by capitals alone, is kept apart by the app’s own word, or the preset is wrong', async (t) => {
  const on = await bench(t, 'ALICE');
  const strict = await told(on, { fold: [] });
  const { verdict, found } = line(strict, ALICES);
  assert.equal(verdict, 'ok', found);
  assert.match(found, /^sent, and its answer refused, since the app says "ALICE"; at the app itself: taken/);
  const folded = await told(on);
  assert.equal(line(folded, ALICES).verdict, 'fail', JSON.stringify(folded.lines));
  assert.match(line(folded, ALICES).found, /^not refused: the preset takes both names for one account/);
  assert.equal(folded.code, 1);
  const typed = await told(on, { fold: [], whoami: false });
  assert.match(line(typed, ALICES).found, /^refused before it is sent/, 'what was typed is all there is');
});
