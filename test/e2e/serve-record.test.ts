import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { command } from '../support/command.ts';
import { APP_PASSWORDS, startLoginApp } from '../support/login-app.ts';
import { folder, freePort, run, start } from '../support/process.ts';
import { Visitor } from '../support/visitor.ts';

const LINK = /(http:\/\/localhost:\d+\/\.sallyport\/enrol\/[\w-]+)/;

/** Files with passwords of two people of the app, and the options that name them. */
function people(dir: string, names: readonly [string, string]): readonly string[] {
  const [first, second] = names.map((name) => {
    const file = join(dir, name);
    writeFileSync(file, APP_PASSWORDS[name] ?? 'none of the app', { mode: 0o600 });
    return file;
  });
  const [one, other] = names;
  return [
    ...['--account', one, '--password-file', first ?? ''],
    ...['--second', other, '--second-password-file', second ?? ''],
  ];
}

const token = (page: string): string => /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '';

test('serve --record leads from a new app to a bound one in one sitting', async (t) => {
  const app = await startLoginApp();
  t.after(() => app.close());
  const dir = folder(t);
  const [data, out, port] = [join(dir, 'data'), join(dir, 'portal.yml'), await freePort()];
  const where = ['--upstream', app.origin, '--port', String(port), '--data', data];
  const recording = ['--record', '--unattended', '--out', out, ...people(dir, ['alice', 'bob'])];
  const server = start(t, ...where, ...recording);
  await server.until(/Stop with Ctrl-C/);
  const again = new RegExp(`serve --upstream ${app.origin} --port ${port} --login ${out} --data ${data}`);
  assert.match(server.text(), again, 'how it is started from now on');
  const checked = await command('check', '--data', data);
  assert.match(checked.out, /^portal {2,}bound, proven by whoami /m);

  app.reset();
  const served = app.served.length;
  const alice = new Visitor(`http://localhost:${port}`);
  assert.notEqual((await alice.ask('GET', '/login')).status, 200);
  assert.equal(app.served.length, served, 'nothing before the factor');
  await run('account', 'add', 'alice', '--data', data);
  const issued = await run('ticket', 'issue', 'alice', '--data', data);
  await alice.enrol(LINK.exec(issued.out)?.[1] ?? '', null);
  const enter = async (name: string) => {
    const { body } = await alice.ask('GET', '/login');
    return alice.submit('/login', { username: name, password: APP_PASSWORDS[name] ?? '', csrf: token(body) });
  };
  assert.equal((await enter('bob')).status, 403, 'nobody else at the app');
  assert.equal((await enter('alice')).status, 302);
  assert.match((await alice.ask('GET', '/whoami')).body, /alice/);
  for (const password of Object.values(APP_PASSWORDS)) {
    const written = [readFileSync(out, 'utf8'), readFileSync(join(data, 'installation.json'), 'utf8'), server.text()];
    for (const text of written) assert.ok(!text.includes(password), 'a password was written down');
  }
  await server.stop();
  const twice = await run('serve', ...where, ...recording);
  assert.equal(twice.code, 1);
  assert.match(twice.err, /portal\.yml is there already/);
});

test('where the app does not bear it out nothing is served', async (t) => {
  const app = await startLoginApp();
  t.after(() => app.close());
  const dir = folder(t);
  const [data, out] = [join(dir, 'data'), join(dir, 'portal.yml')];
  const ran = await run(
    ...['serve', '--upstream', app.origin, '--port', String(await freePort()), '--data', data, '--record'],
    ...['--unattended', '--out', out, ...people(dir, ['alice', 'nobody'])],
  );
  assert.equal(ran.code, 1, ran.out + ran.err);
  assert.doesNotMatch(ran.out, /Sallyport is running/);
  assert.equal(existsSync(data), false, 'no installation was made');
});

test('what goes along with --record means nothing without it, and is refused', async () => {
  const upstream = ['--upstream', 'http://127.0.0.1:9'];
  const lines: readonly (readonly [said: RegExp, ...argv: string[]])[] = [
    [/--record is about the app of --upstream/, '--record'],
    [/either --login or --record/, ...upstream, '--login', 'dokuwiki', '--record'],
    [/--password-file says how a sign-in is recorded: give --record/, ...upstream, '--password-file', 'x'],
    [/--fill says how a sign-in is recorded/, ...upstream, '--fill', 'a=b'],
    [/--look says how a sign-in is recorded/, ...upstream, '--look', '/me'],
    [/--unattended says how a sign-in is recorded/, ...upstream, '--unattended'],
    [/--start, --fill, --look and --browser are for --unattended/, ...upstream, '--record', '--start', '/x'],
  ];
  for (const [said, ...argv] of lines) {
    const ran = await command('serve', ...argv);
    assert.equal(ran.code, 2, `${argv.join(' ')}: ${ran.err}`);
    assert.match(ran.err, said);
  }
});
