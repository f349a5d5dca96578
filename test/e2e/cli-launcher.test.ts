import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { runtimeFault } from '../../src/runtime.mjs';
import { execute, folder, LAUNCHER, run } from '../support/process.ts';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));
const RUNNER = fileURLToPath(new URL('../run.mjs', import.meta.url));
const SENTENCE = /^Sallyport needs Node 24\.21 or newer .* and this is [\d.]+: run "npm ci" once .*\.\n$/;

/** Every other Node on the search path, with its version. */
async function otherNodes(): Promise<{ node: string; version: string }[]> {
  const found: { node: string; version: string }[] = [];
  for (const folder of new Set((process.env['PATH'] ?? '').split(delimiter))) {
    if (folder === '' || folder.includes('node_modules')) continue;
    const node = join(folder, 'node');
    const ran = await execute(node, '--version');
    if (ran.code === 0) found.push({ node, version: ran.out.trim().slice(1) });
  }
  return found;
}

test('every Node on this machine is either told in one sentence what is needed, or starts', async (t) => {
  // What the runner of the tests asks of its own Node, an older one cannot do.
  const { NODE_OPTIONS } = process.env;
  delete process.env['NODE_OPTIONS'];
  t.after(() => {
    if (NODE_OPTIONS !== undefined) process.env['NODE_OPTIONS'] = NODE_OPTIONS;
  });
  const nodes = [{ node: process.execPath, version: process.versions.node }, ...(await otherNodes())];
  for (const { node, version } of nodes) {
    const launched = await execute(node, LAUNCHER, '--version');
    const tested = await execute(node, RUNNER, 'no-such-test');
    if (runtimeFault(version) === undefined) {
      assert.deepEqual([launched.code, tested.code], [0, 2], version);
      assert.match(tested.err, /^No test file matches/, version);
      continue;
    }
    for (const ran of [launched, tested]) {
      assert.equal(ran.code, 2, version);
      assert.match(ran.err, SENTENCE, version);
      assert.equal(ran.out, '');
    }
  }
});

test('the launcher refuses before anything else is read: the sentence comes even where the product cannot be loaded', async (t) => {
  const dir = folder(t);
  mkdirSync(join(dir, 'src'));
  copyFileSync(join(SRC, 'sallyport.mjs'), join(dir, 'src', 'sallyport.mjs'));
  copyFileSync(join(SRC, 'signals.mjs'), join(dir, 'src', 'signals.mjs'));
  writeFileSync(join(dir, 'src', 'main.ts'), 'this is no program');
  writeFileSync(
    join(dir, 'src', 'runtime.mjs'),
    "export function requireRuntime() { process.stderr.write('refused\\n'); process.exit(2); } export function leaveOut() {}",
  );
  const ran = await execute(process.execPath, join(dir, 'src', 'sallyport.mjs'));
  assert.deepEqual([ran.code, ran.err], [2, 'refused\n']);
});

test('the help names every command', async () => {
  const help = await run('--help');
  assert.equal(help.code, 0);
  for (const name of 'serve check explain account authenticator ticket session key audit migrate'.split(' '))
    assert.match(help.out, new RegExp(`^ {2}${name} `, 'm'));
});
