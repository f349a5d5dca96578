import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { command } from '../support/command.ts';

const LAUNCHER = fileURLToPath(new URL('../../src/sallyport.mjs', import.meta.url));
const LINES = 100_000;
const CONFIG =
  'listen: 127.0.0.1:8080\ndata: data\nrealms:\n  staff: { source: local }\napps:\n  portal: { hosts: [app.test], upstream: http://127.0.0.1:9, realm: staff }\n';

/** Runs the import in a process of its own, whose heap is smaller than all its accounts; `until`: killed when it says so. */
function imports(
  file: string,
  config: string,
  until?: RegExp,
): Promise<{ signal: string | null; code: number | null; err: string; out: string }> {
  const env = { ...process.env, NODE_OPTIONS: '--max-old-space-size=96' };
  const child = spawn(process.execPath, [LAUNCHER, 'account', 'import', file, '--config', config], { env });
  let [err, out] = ['', ''];
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString();
  });
  child.stderr.on('data', (piece: Buffer) => {
    err += piece.toString();
    if (until?.test(err) === true) child.kill('SIGKILL');
  });
  return new Promise((resolve) => void child.on('close', (code, signal) => resolve({ code, signal, err, out })));
}

test('an import of 100,000 lines that is killed in the middle leaves whole parts, and once more brings the rest', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-import-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [file, config] = [join(dir, 'people.csv'), join(dir, 'sallyport.yml')];
  writeFileSync(config, CONFIG);
  const people = Array.from({ length: LINES }, (_, i) => `person${i},person${i}@example.org,staff g${i % 50}`);
  writeFileSync(file, ['account,email,groups', ...people, ''].join('\n'));
  const killed = await imports(file, config, /20000 of 100000 lines done/);
  assert.equal(killed.signal, 'SIGKILL', killed.err);
  const list = async () => {
    const ran = await command('account', 'list', '--json', '--config', config);
    return (JSON.parse(ran.out) as { account: string }[]).map(({ account }) => account);
  };
  const half = await list();
  assert.ok(half.length >= 20_000 && half.length < LINES, `${half.length}`);
  assert.equal(half.length % 5000, 0, 'a part is there whole or not at all');
  const again = await imports(file, config);
  assert.equal(again.code, 0, again.err);
  assert.match(again.err, /100000 of 100000 lines done/);
  assert.equal(again.out, `${LINES - half.length} accounts were added.\n${half.length} accounts are so already.\n`);
  const all = await list();
  assert.deepEqual([all.length, new Set(all).size], [LINES, LINES]);
});

test('a fault on the last of many lines is told with its place, and nothing is written; so is a name that stands there twice', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-import-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const [file, config] = [join(dir, 'people.csv'), join(dir, 'sallyport.yml')];
  writeFileSync(config, CONFIG);
  const people = Array.from({ length: 11_000 }, (_, i) => `person${i},Ann`);
  writeFileSync(file, ['account,name', ...people, 'person3,', 'bad name,', ''].join('\n'));
  const ran = await command('account', 'import', file, '--config', config);
  assert.equal(ran.code, 1);
  assert.match(
    ran.err,
    /2 faults; no account was added:\n {2}line 11002, account: person3 stands on line 5 already\n {2}line 11003, account: "bad name"/,
  );
  assert.deepEqual(JSON.parse((await command('account', 'list', '--json', '--config', config)).out), []);
});
