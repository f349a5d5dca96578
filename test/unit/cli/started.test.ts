import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildProgram } from '../../../src/cli/program.ts';
import { asStarted, NAMED, programOf } from '../../../src/terminal/started.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const script = join(root, 'src/sallyport.mjs');

test('a command that is printed begins as this one was started', (t) => {
  const bin = mkdtempSync(join(tmpdir(), 'sallyport-bin-'));
  t.after(() => rmSync(bin, { recursive: true, force: true }));
  const link = join(bin, 'sallyport');
  symlinkSync(script, link);
  const of = (path: string, cwd: string, env: Record<string, string> = {}) => programOf({ script: path, cwd, env });
  assert.equal(of(script, root, { npm_lifecycle_event: 'sallyport' }), 'npm run sallyport --');
  assert.equal(of(script, root, { npm_lifecycle_event: 'start', PATH: bin }), 'npm run sallyport --');
  assert.equal(of(link, '/', { PATH: `/nowhere:${bin}` }), 'sallyport', 'a package');
  assert.equal(of(script, '/', { PATH: bin }), 'sallyport', 'the container: its entry point names the file');
  assert.equal(of(link, '/', { PATH: bin, npm_command: 'exec' }), 'npx sallyport');
  assert.equal(of(link, '/', { PATH: '/nowhere' }), 'npx sallyport');
  assert.equal(of(script, root), 'node src/sallyport.mjs');
  assert.equal(of(script, join(root, 'docs')), `node ${script}`);
  assert.equal(of('/elsewhere/test.ts', '/'), 'sallyport', 'within another program');
  assert.equal(
    asStarted('Ask (sallyport preset list); sallyport is fine.'),
    'Ask (sallyport preset list); sallyport is fine.',
  );
});

test('every command that there is may be named in a sentence', async () => {
  const output = { line: () => {}, note: () => {} };
  const program = await buildProgram(() => Promise.reject(new Error('nothing is served here')), output);
  for (const command of program.commands)
    assert.equal(`Ask sallyport ${command.name()}.`.replace(NAMED, '> '), `Ask > ${command.name()}.`);
  assert.equal('sallyport keys are npx sallyport check'.replace(NAMED, '> '), 'sallyport keys are npx sallyport check');
});
