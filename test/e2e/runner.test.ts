import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { folder, type Ran } from '../support/process.ts';

const RUNNER = fileURLToPath(new URL('../run.mjs', import.meta.url));
const GOOD = "import test from 'node:test'; test('holds', () => {}); test.skip('waits', () => {});";
const BAD =
  "import test, { describe } from 'node:test'; describe('s', () => test('breaks', () => { throw new Error('oh') }));";
/** Writes the id of a process that it started, which would outlive it. */
const CHILD = (file: string) =>
  `import { spawn } from 'node:child_process'; import { writeFileSync } from 'node:fs';
   const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
   writeFileSync(${JSON.stringify(file)}, String(child.pid)); child.unref();`;

interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** Runs little test files in a folder of their own. */
function start(t: TestContext, files: Readonly<Record<string, string>>, ...argv: string[]): Started {
  const root = folder(t);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(root, `${name}.test.ts`), text);
  const child = spawn(process.execPath, [RUNNER, `--root=${root}`, ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ code: code ?? -1, out, err })));
  return { child, ended };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

function runs(file: string): boolean {
  // A zombie in a container whose first process collects nobody has ended as well.
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${readFileSync(file, 'utf8')}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

test('all is well: every file in one line, totals by area, exit code 0', async (t) => {
  const { code, out } = await start(t, { a: GOOD, b: GOOD }).ended;
  assert.equal(code, 0, out);
  assert.match(out, /^✔ \S+a\.test\.ts: 1 passed, 1 skipped \([\d.]+ s\)$/m);
  assert.match(out, /^Skipped\n {2}\S+a\.test\.ts: waits: without a reason$/m);
  assert.match(out, /^all +2 +2 +0 +2 +\d+ +\d+$/m);
  assert.match(out, /^All passed, in \d+ s\.$/m);
});

test('the processor time of each file and of what it started is counted, by area', async (t) => {
  // Two seconds by the processor's clock, half of them in a process that the file starts.
  const WORKS = `const end = process.cpuUsage().user + 1_000_000; while (process.cpuUsage().user < end);`;
  const BUSY = `import test from 'node:test'; import { execFileSync } from 'node:child_process';
    test('works', () => { ${WORKS} execFileSync(process.execPath, ['-e', ${JSON.stringify(WORKS)}]); });`;
  const { out } = await start(t, { a: BUSY, b: GOOD }).ended;
  const [, seconds] = /^all .* (\d+)$/m.exec(out) ?? [];
  assert.ok(Number(seconds) >= 2, out);
  assert.match(out, /^Most processor time\n +\d+\.\d s {2}\S+a\.test\.ts\n +\d+\.\d s {2}\S+b\.test\.ts$/m);
});

test('a failed test: its path, its error in full at once and at the end, exit code 1', async (t) => {
  const { code, out } = await start(t, { a: GOOD, b: BAD }).ended;
  assert.equal(code, 1, out);
  assert.equal(out.split('✖ s > breaks\n').length, 3, out);
  assert.match(out.split('Failures\n')[1] ?? '', /Error: oh\n +at .+b\.test\.ts:1/);
  assert.match(out, /Failed\n {2}\S+b\.test\.ts\n {4}s > breaks\n\n1 of 2 files failed, in \d+ s\.\n$/);
});

test('with --again what failed once passes by itself, and is told with its failure; what fails twice has failed', async (t) => {
  const mark = join(folder(t), 'ran');
  const ONCE = `import test from 'node:test'; import { existsSync, writeFileSync } from 'node:fs';
    test('unsure', () => { const ran = existsSync(${JSON.stringify(mark)}); writeFileSync(${JSON.stringify(mark)}, ''); if (!ran) throw new Error('busy'); });`;
  const once = await start(t, { good: GOOD, once: ONCE }, '--again').ended;
  assert.equal(once.code, 0, once.out);
  assert.match(once.out, /once more, by itself: ✔ .*once\.test\.ts/);
  assert.match(once.out, /Failed beside others, passed by themselves\n✖ .*once\.test\.ts.*busy.*All passed/s);
  const twice = await start(t, { good: GOOD, bad: BAD }, '--again').ended;
  assert.equal(twice.code, 1);
  assert.match(twice.out, /once more, by itself: ✖ .*bad\.test\.ts.*1 of 2 files failed/s);
});

test('of what a failed file printed, log lines without trouble are left out but for five', async (t) => {
  const chatty = `for (let i = 0; i < 200; i += 1) console.log(JSON.stringify({ level: 'info', i })); console.log('last words'); ${BAD}`;
  const { out } = await start(t, { a: chatty }).ended;
  const printed = (out.split('Failures\n')[1] ?? '').match(/"level":"info"/g);
  assert.equal(printed?.length, 5, out);
  assert.match(out, /"i":199\}\n +last words\n/);
});

/** How an error comes that no promise of a test holds. */
const LOOSE: Readonly<Record<string, string>> = {
  timer: 'setTimeout(oh, 5)',
  immediate: 'setImmediate(oh)',
  tick: 'process.nextTick(oh)',
  microtask: 'queueMicrotask(oh)',
  rejection: 'void (async () => { await 0; setTimeout(async () => oh(), 5); })()',
  file: "readFile('/', oh)",
  socket:
    "const s = createServer((c) => { c.destroy(); s.close(); oh(); }).listen(0, () => connect(s.address().port).on('error', () => {}))",
};

test('an error that comes by itself is that of the test which caused it, and of no other', async (t) => {
  const text = Object.entries(LOOSE).map(
    ([name, causes]) =>
      `describe('s', () => test('${name}', { concurrency: 2 }, async (t) => {
         const oh = () => { throw new Error('oh of ${name}'); };
         await Promise.all([t.test('calm', later), t.test('loose', () => { ${causes}; return later(); })]);
       }));`,
  );
  const head = `import test, { describe } from 'node:test'; import { readFile } from 'node:fs';
    import { connect, createServer } from 'node:net'; const later = () => new Promise((r) => setTimeout(r, 200));`;
  const { code, out } = await start(t, { a: `${head} ${text.join('\n')}` }).ended;
  assert.equal(code, 1, out);
  const [, again = ''] = out.split('Failures\n');
  for (const name of Object.keys(LOOSE))
    assert.match(again, new RegExp(`✖ s > ${name} > loose\n +at .+\n +Error: oh of ${name}\n`));
  assert.doesNotMatch(again, /calm/);
});

const HEAD = "import test, { after } from 'node:test'; import { createServer } from 'node:net';";
const SLEEPS = `${HEAD} test('first', () => {}); test('sleeps', () => new Promise((r) => setTimeout(r, 1e6)));`;
const LATE = 'it did not end within 6 s and was ended; ';
const FAULTS: Readonly<Record<string, readonly [text: string, fault: RegExp]>> = {
  hangs: [SLEEPS, new RegExp(`${LATE}under way: sleeps$`, 'm')],
  spins: [`${HEAD} test('first', async () => {}); test('x', () => { for (;;); });`, new RegExp(`${LATE}.+ told of`)],
  listens: [
    `${HEAD} test('x', () => void createServer().listen(0));`,
    new RegExp(`${LATE}every test .+"x": what they open`),
  ],
  dies: [`${HEAD} test('x', () => new Promise(() => setTimeout(process.abort, 50)));`, /it died by SIGABRT/],
  leaves: [`${HEAD} test('x', async () => { await 0; process.exit(0); });`, /before its tests did|told of no test/],
  unloadable: ["import './no-such-file.ts';", /: 0 passed, 1 failed [\s\S]+Cannot find module/],
  'fails-in-hook': [`${HEAD} test('x', () => {}); after(() => { throw new Error('of hook') });`, /Error: of hook/],
  'fails-late': [
    `${HEAD} test('x', () => {}); process.on('exit', () => { process.exitCode = 3; });`,
    /exit code 3, though/,
  ],
  empty: ['export {};', /it told of no test/],
};

test('each way not to end well is a failure that says so, and the other files run', async (t) => {
  const texts = Object.entries(FAULTS).map(([name, [text]]) => [name, text] as const);
  const { code, out } = await start(t, { ...Object.fromEntries(texts), sound: GOOD }, '--lanes=4', '--limit=6').ended;
  const [, again = ''] = out.split('Failures\n');
  for (const [name, [, fault]] of Object.entries(FAULTS))
    await t.test(name, () => {
      const block = again.split('\n\n').find((part) => part.startsWith('✖') && part.includes(`/${name}.test.ts`));
      assert.match(block ?? '', fault);
    });
  assert.match(out, /^✔ \S+sound\.test\.ts/m);
  assert.match(out, /^9 of 10 files failed/m);
  assert.equal(code, 1);
});

test('what a hanging, a dying and a passing file started is ended with it', async (t) => {
  const note = join(folder(t), 'id');
  const texts = { hangs: SLEEPS, dies: 'process.abort();', passes: GOOD };
  for (const [name, text] of Object.entries(texts)) {
    const { code, out } = await start(t, { [name]: `${CHILD(note)}${text}` }, '--limit=3').ended;
    assert.equal(code, 1, out);
    assert.ok(existsSync(note));
    assert.equal(runs(note), false, name);
    if (name === 'passes') assert.match(out, /it left processes behind: \d+ \(\S*node -e /);
  }
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} ends the run, with nothing left running`, async (t) => {
    const note = join(folder(t), 'id');
    const { child, ended } = start(t, { a: `${CHILD(note)}${SLEEPS}` });
    await until(() => runs(note));
    child.kill(signal);
    const { code, err } = await ended;
    assert.equal(code, signal === 'SIGINT' ? 130 : 143);
    assert.match(err, new RegExp(`Stopped by ${signal}`));
    assert.equal(runs(note), false);
  });
}

test('a name that no file has, and an option that is not there, are told: exit code 2', async (t) => {
  const none = await start(t, { a: GOOD }, 'nowhere').ended;
  assert.deepEqual([none.code, none.err], [2, 'No test file matches nowhere.\n']);
  for (const option of ['--nonsense', '--limit=soon', '--lanes=0']) {
    const { code, err } = await start(t, { a: GOOD }, option).ended;
    assert.equal(code, 2, option);
    assert.match(err, new RegExp(option.split('=')[0] ?? ''));
  }
});
