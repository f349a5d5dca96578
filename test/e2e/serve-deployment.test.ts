import assert from 'node:assert/strict';
import { chmodSync, copyFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { localhostCert, localhostKey } from '../support/localhost-tls.ts';
import { folder, freePort, type Running, run, start } from '../support/process.ts';
import { TEST_TLS } from '../support/sallyport.ts';
import { answer, type RecordingUpstream, startUpstream } from '../support/upstream.ts';

interface Deployment {
  readonly dir: string;
  readonly port: number;
  readonly file: string;
  readonly upstream: RecordingUpstream;
  write(...more: readonly string[]): void;
  start(): Promise<Running>;
}

async function deployment(t: TestContext): Promise<Deployment> {
  const dir = folder(t);
  const port = await freePort();
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  upstream.on('*', answer('from the app'));
  for (const name of ['app.test.crt', 'app.test.key']) copyFileSync(join(TEST_TLS, name), join(dir, name));
  chmodSync(join(dir, 'app.test.key'), 0o600);
  const file = join(dir, 'sallyport.yml');
  const write = (...more: readonly string[]) =>
    writeWhole(
      file,
      [
        `listen: 127.0.0.1:${port}`,
        'tls: { cert: app.test.crt, key: app.test.key }',
        'data: data',
        'realms: { staff: { source: local } }',
        'apps:',
        '  portal:',
        '    hosts: [app.test]',
        `    upstream: ${upstream.origin}`,
        '    realm: staff',
        ...more,
        '',
      ].join('\n'),
    );
  return {
    dir,
    port,
    file,
    upstream,
    write,
    start: async () => {
      const running = start(t, '--config', file);
      await running.until(/Stop with Ctrl-C/);
      return running;
    },
  };
}

/** As an editor saves: whoever reads meanwhile finds the old file or the new one, never half of it. */
function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

function dial(t: TestContext, port: number): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', servername: 'app.test', rejectUnauthorized: false });
    t.after(() => socket.destroy());
    socket.once('error', reject).once('secureConnect', () => resolve(socket));
  });
}

/** Status of one request on a connection that stays open. */
function ask(socket: TLSSocket, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let text = '';
    const hear = (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
      const end = text.indexOf('\r\n\r\n');
      if (end === -1 || text.length < end + 4 + Number(length ?? 0)) return;
      socket.off('data', hear);
      resolve(Number(text.slice(9, 12)));
    };
    socket.on('data', hear).once('close', () => reject(new Error('the connection was dropped')));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: app.test\r\n\r\n`);
  });
}

const EXEMPT = (path: string, expires: string) =>
  `      - { method: GET, path: ${path}, reason: probe, owner: ops@x.test, expires: ${expires} }`;

test('a certificate that is replaced on disk is served to new connections; old ones go on; half a pair changes nothing', async (t) => {
  const site = await deployment(t);
  site.write();
  const server = await site.start();
  const subject = async () => (await dial(t, site.port)).getPeerCertificate().subject.CN;
  const old = await dial(t, site.port);
  assert.equal(await subject(), 'app.test');
  const put = (name: string, text: string) => {
    writeFileSync(join(site.dir, 'next'), text, { mode: 0o600 });
    renameSync(join(site.dir, 'next'), join(site.dir, name));
  };
  put('app.test.crt', localhostCert);
  await server.until(/the old one stays in use/);
  assert.equal(await subject(), 'app.test', 'a certificate without its key is not served');
  put('app.test.key', localhostKey);
  await server.until(/the TLS certificate was read anew/);
  assert.equal(await subject(), 'localhost');
  assert.equal(await ask(old, '/'), 401, 'the old connection is still served');
  assert.equal((await server.stop()).code, 0);
});

test('an expired exemption does not stop the start, and opens nothing; check exits 1', async (t) => {
  const site = await deployment(t);
  site.write('    exemptions:', EXEMPT('/old', '2020-01-31'), EXEMPT('/new', '2099-01-31'));
  const server = await site.start();
  assert.match(server.text(), /line 11: .*expired on 2020-01-31/, 'the start says so');
  const socket = await dial(t, site.port);
  assert.equal(await ask(socket, '/old'), 401);
  site.upstream.silent();
  assert.equal(await ask(socket, '/new'), 200);
  assert.equal(site.upstream.hits, 1);
  assert.equal((await run('check', '--config', site.file)).code, 1);
  assert.equal((await server.stop()).code, 0);
});

test('of reloads in a row the newest file stays in force; what cannot change while running changes nothing', async (t) => {
  const site = await deployment(t);
  site.write();
  const server = await site.start();
  const socket = await dial(t, site.port);
  site.write('    exemptions:', EXEMPT('/one', '2099-01-31'));
  server.child.kill('SIGHUP');
  site.write('    exemptions:', EXEMPT('/two', '2099-01-31'));
  server.child.kill('SIGHUP');
  await server.until(/was read anew and is in force/);
  for (const began = performance.now(); performance.now() - began < 5000; )
    if ((await ask(socket, '/two')) === 200) break;
  assert.deepEqual([await ask(socket, '/one'), await ask(socket, '/two')], [401, 200]);
  site.write('data: elsewhere');
  server.child.kill('SIGHUP');
  await server.until(/line 10: .*\n(?:.*\n)*The configuration was not changed/);
  assert.deepEqual([await ask(socket, '/one'), await ask(socket, '/two')], [401, 200]);
  const moved = server.text().length;
  writeWhole(site.file, `listen: 127.0.0.1:${site.port}\nrealms: {}\n`);
  server.child.kill('SIGHUP');
  while (!server.text().slice(moved).includes('stays in force'))
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await ask(socket, '/two'), 200);
  site.write();
  const told = await run('audit', 'tail', '--kind', 'config.refused', '--config', site.file, '--json');
  assert.equal((JSON.parse(told.out) as unknown[]).length, 2, 'both refusals are on record');
  assert.equal((await server.stop()).code, 0);
});
