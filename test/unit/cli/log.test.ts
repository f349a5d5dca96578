import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { createLog } from '../../../src/cli/log.ts';
import { command } from '../../support/command.ts';

test('what was logged is in the file once the log is closed', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-log-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'x.log');
  const { log, flush } = createLog('info', file);
  for (let i = 0; i < 100; i++) log.info({ i }, 'line');
  await flush();
  assert.equal(readFileSync(file, 'utf8').trim().split('\n').length, 100);
});

test('what is logged once the log is closed, or is being closed, is lost and harms nobody', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-log-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const { log, flush } = createLog('info', join(dir, 'x.log'));
  const closing = flush();
  const much = 'x'.repeat(20_000);
  log.info(much);
  await closing;
  log.error(much);
  assert.equal(readFileSync(join(dir, 'x.log'), 'utf8'), '');
});

test('lines come in the order in which they were logged, at once or within a second', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-log-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'x.log');
  const { log, access, flush } = createLog('info', file);
  const read = (): { i: number; time: string }[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line));
  for (let i = 0; i < 1000; i++) (i % 7 === 0 ? log : access).info({ i }, 'line');
  // Many are handed over together, and none is cut.
  while (read().length < 1000) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(
    read().map(({ i }) => i),
    Array.from({ length: 1000 }, (_, i) => i),
  );
  for (const { time } of read()) assert.equal(new Date(time).toISOString(), time);
  await flush();
});

test('a disk that is full under the log stops nobody, and closing ends', {
  skip: !existsSync('/dev/full'),
}, async () => {
  const module = new URL('../../../src/cli/log.ts', import.meta.url).href;
  const script = `
    import { createLog } from ${JSON.stringify(module)};
    const { log, flush } = createLog('info', '/dev/full');
    for (let i = 0; i < 30_000; i++) log.info({ i }, 'x'.repeat(200));
    setTimeout(async () => {
      log.info('y'.repeat(20_000));
      const before = process.cpuUsage().user;
      await new Promise((done) => setTimeout(done, 1000));
      const spent = process.cpuUsage().user - before;
      await flush();
      console.log(JSON.stringify({ spent }));
    }, 500);`;
  const ran = await new Promise<{ code: unknown; out: string; err: string }>((resolve) => {
    execFile(process.execPath, ['--input-type=module', '-e', script], { timeout: 25_000 }, (error, out, err) =>
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), out, err }),
    );
  });
  assert.equal(ran.code, 0, ran.err);
  assert.equal(ran.err.match(/cannot be written \(ENOSPC\)/g)?.length, 1, 'told once');
  assert.ok((JSON.parse(ran.out) as { spent: number }).spent < 500_000, 'µs of a second; it does not spin');
});

test('what was mistyped is one line with what was meant, and exit 2', async () => {
  const cases: [RegExp, ...string[]][] = [
    [/^Unknown command 'acount' \(Did you mean account\?\): "\S.*--help" says what there is\.\n$/, 'acount'],
    [/^Unknown command 'lst' \(Did you mean list\?\)/, 'account', 'lst'],
    [/^Unknown option '--jsn' \(Did you mean --json\?\)/, 'account', 'list', '--jsn'],
    [/^Too many arguments [^\n]*2: x, y: "/, 'account', 'list', 'x', 'y'],
    [/^Unknown command 'a\?\[31mb'/, 'a\u001b[31mb'],
    [/^Unknown command 'x{300}/, 'x'.repeat(100_000)],
  ];
  for (const [said, ...argv] of cases) {
    const { code, err, out } = await command(...argv);
    assert.deepEqual([code, out], [2, ''], err);
    assert.match(err, said);
    assert.ok(err.trimEnd().split('\n').length === 1 && err.length < 700, err.slice(0, 900));
  }
});

test('help with several words is the page of that command, and what is misspelt there is told as elsewhere', async () => {
  for (const words of [['account', 'add'], ['audit', 'tail'], ['serve']]) {
    const [asked, own] = [await command('help', ...words), await command(...words, '--help')];
    assert.deepEqual([asked.code, asked.out], [0, own.out]);
    assert.match(asked.out, new RegExp(`^Usage: .*${words.join(' ')}`));
  }
  for (const [meant, ...words] of [
    ['account', 'acount'],
    ['list', 'account', 'lst'],
  ] as const) {
    const { code, err } = await command('help', ...words);
    assert.deepEqual([code, err.trimEnd().split('\n').length], [2, 1], err);
    assert.match(err, new RegExp(`Did you mean ${meant}\\?`));
  }
  assert.match((await command('help', 'account', 'remove', 'alice')).out, /^Usage: .*account remove/, 'nothing is run');
});
