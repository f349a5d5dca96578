import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { folder, freePort, type Running, run, start } from '../support/process.ts';
import { startUpstream } from '../support/upstream.ts';

async function guarding(t: TestContext, data: string, upstream: string): Promise<Running> {
  const server = start(t, '--upstream', upstream, '--port', String(await freePort()), '--data', data);
  await server.until(/Stop with Ctrl-C/);
  return server;
}

async function upstreamFor(t: TestContext): Promise<string> {
  const upstream = await startUpstream();
  t.after(() => upstream.close());
  return upstream.origin;
}

test('a folder that is served from is refused to another process, which touches nothing in it', async (t) => {
  const data = folder(t);
  const upstream = await upstreamFor(t);
  const first = await guarding(t, data, upstream);
  const installation = readFileSync(join(data, 'installation.json'), 'utf8');
  const log = readFileSync(join(data, 'sallyport.log'), 'utf8').length;
  for (const more of [['--upstream', upstream], []]) {
    const second = await run('serve', ...more, '--port', String(await freePort()), '--data', data);
    assert.equal(second.code, 1);
    assert.match(second.err, new RegExp(`is in use: process ${first.child.pid} .*since 20[0-9T:.-]+Z.*--data`));
    assert.equal(second.err.trim().split('\n').length, 1, second.err);
  }
  assert.equal(readFileSync(join(data, 'installation.json'), 'utf8'), installation);
  assert.equal(readFileSync(join(data, 'sallyport.log'), 'utf8').length, log);
  // Commands are no servers: they act on the same store beside one.
  const listed = await run('account', 'list', '--data', data);
  assert.deepEqual([listed.code, listed.out.includes('admin')], [0, true]);
  assert.equal((await run('account', 'add', 'ada', '--data', data)).code, 0);
  assert.equal((await first.stop()).code, 0);
});

test('the lock ends with its process, by kill -9 too, and leaves nothing that must be cleared away', async (t) => {
  const data = folder(t);
  const upstream = await upstreamFor(t);
  for (let i = 0; i < 2; i += 1) {
    const server = await guarding(t, data, upstream);
    const gone = new Promise((resolve) => server.child.once('exit', resolve));
    server.child.kill('SIGKILL');
    await gone;
    assert.equal(existsSync(join(data, 'serve.lock')), true);
  }
  const stopped = await guarding(t, data, upstream);
  await stopped.stop();
  await (await guarding(t, data, upstream)).stop();
});

test('what guards an app does not go on with the accounts of the demonstration, nor the other way round', async (t) => {
  const data = folder(t);
  const upstream = await upstreamFor(t);
  const demonstration = start(t, '--port', String(await freePort()), '--data', data);
  await demonstration.until(/Stop with Ctrl-C/);
  await demonstration.stop();
  const refused = await run('serve', '--upstream', upstream, '--port', String(await freePort()), '--data', data);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /holds the demonstration.*--data/);
  const own = folder(t);
  await (await guarding(t, own, upstream)).stop();
  const other = await run('serve', '--port', String(await freePort()), '--data', own);
  assert.equal(other.code, 1);
  assert.match(other.err, /holds the accounts of an app.*--data/);
  await (await guarding(t, own, upstream)).stop();
});
