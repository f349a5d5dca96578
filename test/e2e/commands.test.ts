import assert from 'node:assert/strict';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { connect as open } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { connect } from 'node:tls';
import { runtimeFault } from '../../src/runtime.mjs';
import { command } from '../support/command.ts';
import { startLoginApp } from '../support/login-app.ts';
import { presetText } from '../support/login-app-preset.ts';
import { folder, freePort, run, start } from '../support/process.ts';
import { TEST_TLS } from '../support/sallyport.ts';
import { answer, startUpstream } from '../support/upstream.ts';

/** A sign-in page whose form leads elsewhere, as apps make that know another address of theirs. */
const PAST =
  '<form method="post" action="http://other.test/login"><input name="username"><input type="password" name="password"></form>';

/** As a browser goes to a page; fetch() says of itself that it is no navigation. */
function navigate(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = get({ port, host: '127.0.0.1', headers: { accept: 'text/html' } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.on('error', reject);
  });
}

test('the demonstration prints an address and three links, guards, stops on Ctrl-C and goes on where it was', async (t) => {
  const data = folder(t);
  const port = await freePort();
  const first = start(t, '--port', String(port), '--data', data);
  await first.until(/Stop with Ctrl-C/);
  assert.equal([...first.text().matchAll(/http:\/\/localhost:\d+\/\.sallyport\/enrol\/[\w-]{20,}/g)].length, 3);
  assert.equal(await navigate(port), 303);
  assert.equal((await fetch(`http://127.0.0.1:${port}/assets/portal.css`)).status, 401);
  assert.equal((await fetch(`http://127.0.0.1:${port}/.sallyport/health`)).status, 200);
  const keys = await (await fetch(`http://127.0.0.1:${port}/.sallyport/jwks.json`)).text();
  const listed = await run('account', 'list', '--data', data, '--json');
  assert.deepEqual(
    (JSON.parse(listed.out) as { account: string }[]).map((row) => row.account),
    ['admin', 'alice', 'bob'],
  );
  // As browsers do: a connection that never asks anything. Nobody waits for it.
  const idle = open({ port, host: '127.0.0.1' }).on('error', () => {});
  t.after(() => idle.destroy());
  const stopped = await first.stop();
  assert.equal(stopped.code, 0);
  assert.ok(stopped.ms < 6_000, `${stopped.ms} ms`);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/`));
  const second = start(t, '--port', String(port), '--data', data);
  await second.until(/Stop with Ctrl-C/);
  assert.equal(await (await fetch(`http://127.0.0.1:${port}/.sallyport/jwks.json`)).text(), keys);
  assert.equal((await second.stop()).code, 0);
});

test('two instances run side by side, and a port that is taken is said in one sentence', async (t) => {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const [one, two] = [await freePort(), await freePort()];
  const a = start(t, '--upstream', upstream.origin, '--port', String(one), '--data', folder(t));
  const b = start(t, '--upstream', upstream.origin, '--port', String(two), '--data', folder(t));
  await Promise.all([a.until(/Stop with Ctrl-C/), b.until(/Stop with Ctrl-C/)]);
  const c = start(t, '--upstream', upstream.origin, '--port', String(one), '--data', folder(t));
  await c.until(new RegExp(`127\\.0\\.0\\.1:${one} is in use`));
  assert.doesNotMatch(c.text(), /\n\s+at /);
  assert.equal((await fetch(`http://127.0.0.1:${one}/x`)).status, 401);
  upstream.silent();
  await Promise.all([a.stop(), b.stop()]);
});

function tlsVersion(port: number, version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({
      port,
      host: '127.0.0.1',
      servername: 'app.test',
      rejectUnauthorized: false,
      minVersion: version,
      maxVersion: version,
    });
    socket.once('secureConnect', () => {
      resolve(socket.getProtocol() ?? 'none');
      socket.destroy();
    });
    socket.once('error', () => resolve('refused'));
  });
}

test('a deployment serves TLS 1.2 and 1.3, reloads on SIGHUP, and a broken file changes nothing and says so', async (t) => {
  const dir = folder(t);
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  const port = await freePort();
  const file = join(dir, 'sallyport.yml');
  for (const name of ['app.test.crt', 'app.test.key']) copyFileSync(join(TEST_TLS, name), join(dir, name));
  const key = join(dir, 'app.test.key');
  const text = (more: string) =>
    `listen: 127.0.0.1:${port}\ntls: { cert: app.test.crt, key: app.test.key }\ndata: ${dir}/data\nrealms: { staff: { source: local } }\napps:\n  portal:\n    hosts: [app.test]\n    upstream: ${upstream.origin}\n    realm: staff\n${more}`;
  writeFileSync(file, text(''));
  await import('node:fs/promises').then((fs) => fs.chmod(key, 0o600));
  const server = start(t, '--config', file);
  await server.until(/Stop with Ctrl-C/);
  assert.deepEqual(
    await Promise.all([tlsVersion(port, 'TLSv1.3'), tlsVersion(port, 'TLSv1.2'), tlsVersion(port, 'TLSv1.1')]),
    ['TLSv1.3', 'TLSv1.2', 'refused'],
  );
  const open = connect({ port, host: '127.0.0.1', servername: 'app.test', rejectUnauthorized: false });
  t.after(() => open.destroy());
  let heard = '';
  open.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  const ask = async (): Promise<string> => {
    heard = '';
    open.write('GET /healthz HTTP/1.1\r\nHost: app.test\r\n\r\n');
    for (const began = performance.now(); !heard.includes('\r\n\r\n') && performance.now() - began < 5000; )
      await new Promise((resolve) => setTimeout(resolve, 10));
    return heard.slice(9, 12);
  };
  assert.equal(await ask(), '401');
  upstream.silent();
  writeFileSync(
    file,
    text(
      '    exemptions: [{ method: GET, path: /healthz, reason: probe, owner: ops@example.org, expires: 2099-01-31 }]\n',
    ),
  );
  server.child.kill('SIGHUP');
  await server.until(/was read anew/);
  assert.equal(await ask(), '200', 'the open connection lives on, under the new configuration');
  writeFileSync(file, text('    nonsense: 1\n'));
  server.child.kill('SIGHUP');
  await server.until(/line 10: .*nonsense/);
  await server.until(/the old one stays in force/);
  assert.equal(await ask(), '200');
  assert.equal((await server.stop()).code, 0);
});

test('check exits 1 on a fault and on an expired exemption, 0 otherwise, and explain says which rule decides', async (t) => {
  const dir = folder(t);
  const file = join(dir, 'sallyport.yml');
  const text = (expires: string) =>
    `listen: 127.0.0.1:8080\ndata: ${dir}/data\nrealms: { staff: { source: local } }\napps:\n  portal:\n    hosts: [app.test]\n    upstream: http://127.0.0.1:9\n    realm: staff\n    rules: [{ path: /admin/**, max_age: 15m, groups: [ops] }]\n    exemptions: [{ method: GET, path: /healthz, reason: probe, owner: ops@example.org, expires: ${expires} }]\n`;
  writeFileSync(file, text('2099-01-31'));
  const good = await command('check', '--config', file);
  assert.equal(good.code, 0, good.err);
  assert.match(good.out, /\/healthz.*ops@example\.org.*probe.*2099-01-31/);
  assert.match(
    (await command('explain', 'GET', 'http://app.test:8080/ADMIN/x', '--config', file)).out,
    /\/admin\/\*\*/,
  );
  writeFileSync(file, text('2020-01-31'));
  const expired = await command('check', '--config', file);
  assert.equal(expired.code, 1);
  assert.match(expired.out, /2020-01-31/);
  writeFileSync(file, 'listen: 0.0.0.0:80\nrealms: {}\napps: {}\n');
  const broken = await command('check', '--config', file);
  assert.equal(broken.code, 1);
  assert.match(broken.out, /line 1/);
});

test('commands answer with the exit codes of the contract, in one sentence', async (t) => {
  const nowhere = join(folder(t), 'nothing-here');
  const table: readonly (readonly [code: number, ...argv: string[]])[] = [
    [2, 'no-such-command'],
    [2, 'account', 'list', '--no-such-option'],
    [2, 'session', 'revoke', '--data', nowhere],
    [1, 'account', 'list', '--data', nowhere],
    [1, 'check', '--config', join(nowhere, 'x.yml')],
    [0, '--version'],
    [0, '--help'],
  ];
  // One of each code as a process of its own, which ends with what the program answers.
  const whole = new Set<number>();
  for (const [code, ...argv] of table) {
    const ran = await command(...argv);
    const process = whole.has(code) ? ran : await run(...argv);
    whole.add(code);
    assert.deepEqual([ran.code, process.code], [code, code], `${argv.join(' ')}: ${ran.err}`);
    for (const { err } of [ran, process]) assert.doesNotMatch(err, /\n\s+at /, 'a stack is no sentence');
  }
  assert.equal(existsSync(nowhere), false, 'a command that was refused made a folder');
});

test('an older Node is told what is needed, and newer ones are let through', () => {
  for (const version of ['18.20.0', '20.20.2', '22.23.1', '24.0.0', '24.20.9', '25.9.0', '26.9.0']) {
    assert.match(runtimeFault(version) ?? '', /npm ci/, version);
  }
  for (const version of ['24.21.0', '24.30.1', '26.10.0', '27.0.0']) assert.equal(runtimeFault(version), undefined);
});

test('serve --login binds the app’s own login, and every command of the installation knows it', async (t) => {
  const app = await startLoginApp();
  t.after(() => app.close());
  const data = folder(t);
  const preset = join(folder(t), 'portal.yml');
  writeFileSync(preset, presetText());
  const port = await freePort();
  const server = start(t, '--upstream', app.origin, '--login', preset, '--port', String(port), '--data', data);
  await server.until(/Stop with Ctrl-C/);
  assert.equal(await navigate(port), 303, 'the second factor comes first');
  assert.equal(app.served.length, 0);
  const checked = await command('check', '--data', data);
  assert.match(checked.out, /^portal {2,}bound, proven by whoami {2,}login-app .*factor-first/m);
  const unknown = await run('serve', '--upstream', app.origin, '--login', 'nothing', '--data', folder(t));
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /--login: There is no preset nothing\.|There is no preset nothing/);
});

test('doctor sees what does not answer, leads past us, stands open or has run out', async (t) => {
  const app = await startLoginApp();
  t.after(() => app.close());
  const past = await startUpstream();
  t.after(() => past.close());
  past.on('*', answer(PAST, '200 OK', ['Content-Type: text/html']));
  const dir = folder(t);
  writeFileSync(join(dir, 'portal.yml'), presetText());
  const file = join(dir, 'sallyport.yml');
  const at = (id: string, upstream: string, login: string) => [
    `  ${id}:`,
    `    hosts: [${id}.test]`,
    `    origin: http://${id}.test`,
    `    upstream: ${upstream}`,
    '    realm: staff',
    `    login: ${login}`,
  ];
  const write = (...apps: readonly (readonly string[])[]) =>
    writeFileSync(
      file,
      [
        'listen: 127.0.0.1:8080',
        `data: ${dir}/data`,
        'realms: { staff: { source: app } }',
        'apps:',
        ...apps.flat(),
        '',
      ].join('\n'),
    );
  const bound = '{ preset: ./portal.yml }';
  write(at('good', app.origin, bound));
  const good = await command('doctor', '--config', file);
  assert.equal(good.code, 0, good.out + good.err);
  for (const said of [
    /^– +database and master key .*opened +ok$/m,
    /^good +upstream +answers +200 from /m,
    /^good +own login +bound +bound, proven by whoami; /m,
    /^good +asked without us .*no other may reach 127\.0\.0\.1:\d+/m,
    /^good +form of the page +leads to this app +\/login +ok$/m,
    /^good +door \/xmlrpc\.php +refused by us +closed/m,
  ])
    assert.match(good.out, said);
  assert.equal(app.as('alice').length, 0);
  write(
    at('past', past.origin, bound),
    at('gone', 'http://127.0.0.1:9', bound),
    at('old', app.origin, '{ unbound: { owner: ops@x.test, reason: replaced, expires: 2020-01-31 } }'),
  );
  const bad = await command('doctor', '--config', file, '--json');
  assert.equal(bad.code, 1);
  const { ok, findings } = JSON.parse(bad.out) as {
    ok: boolean;
    findings: { app: string | null; what: string; found: string; verdict: string }[];
  };
  assert.equal(ok, false);
  const failed = findings.filter(({ verdict }) => verdict === 'fail').map(({ app: id, found }) => `${id}: ${found}`);
  assert.equal(failed.length, 3, failed.join('\n'));
  assert.match(
    failed[0] ?? '',
    /^past: leads past us, to http:\/\/other\.test\/login: add its origin to rewrite\.body/,
  );
  assert.match(failed[1] ?? '', /^gone: .*does not answer/);
  assert.match(failed[2] ?? '', /^old: EXPIRED: unbound until 2020-01-31, by ops@x\.test/);
});
