import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { folder, freePort, LAUNCHER } from '../support/process.ts';

interface Told {
  /** Addresses of all modules that were read, without those of Node. */
  readonly read: readonly string[];
}

/** What the process tells of itself: once before anything of ours is read, with each request for it again. */
const TELLER = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  const read = [];
  registerHooks({
    load(url, context, next) {
      if (!url.startsWith('node:')) read.push(url);
      return next(url, context);
    },
  });
  const tell = () => process.send({ read });
  process.on('message', tell);
  process.channel.unref();
`)}`;

/** Starts a server that guards one app, and gives what it tells once it has said that it serves. */
async function started(t: TestContext, ...more: readonly string[]): Promise<Told> {
  const dir = folder(t);
  const [port, own] = [await freePort(), await freePort()];
  const file = join(dir, 'sallyport.yml');
  const apps = '{ portal: { hosts: [localhost], upstream: "http://127.0.0.1:9", realm: staff } }';
  const lines = [`listen: 127.0.0.1:${port}`, 'data: data', 'realms: { staff: { source: local } }', `apps: ${apps}`];
  writeFileSync(file, [...lines, ...more.map((line) => line.replace('PORT', String(own))), ''].join('\n'));
  const flags = ['--import', TELLER];
  const child = spawn(process.execPath, [...flags, LAUNCHER, 'serve', '--config', file], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  t.after(() => child.kill('SIGKILL'));
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (piece: Buffer) => {
      said += piece.toString();
    });
  while (!said.includes('Stop with Ctrl-C')) {
    if (child.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.send('tell');
  const [told] = await once(child, 'message');
  return told as Told; // the teller sends nothing else
}

const has = ({ read }: Told, part: string): boolean => read.some((url) => url.includes(part));

test('a server without a console reads nothing of it', async (t) => {
  const told = await started(t);
  assert.ok(has(told, '/src/web/server.ts'));
  for (const part of ['/src/web/console/console.ts', '/src/web/console/routes/', '/src/scim/'])
    assert.ok(!has(told, part), part);
});

test('a server with a console has all of it from the start, and no program that writes PDF, sends mail or asks a directory', async (t) => {
  const told = await started(t, 'console: { listen: "127.0.0.1:PORT" }');
  for (const part of ['/src/web/console/console.ts', '/src/web/console/routes/table.ts', '/src/scim/'])
    assert.ok(has(told, part), part);
  for (const part of [
    '/pdfkit/',
    '/fontkit/',
    '/nodemailer/',
    '/ldapts/',
    '/undici/',
    '/pg/',
    '/src/letters/letters.ts',
  ])
    assert.ok(!has(told, part), part);
});
