import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createApp } from '../../src/app.ts';
import { runProgram } from '../../src/cli/program.ts';
import { folder, freePort, LAUNCHER } from '../support/process.ts';

const NOBODY = 65_534;
/** Only root can make what belongs to another user. */
const skip = process.getuid?.() === 0 ? false : 'needs root, for files of another user';

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly text: string;
}

/** The same in this process, for what is refused before anything is served. */
async function refusedHere(...argv: readonly string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const say = (more = '') => {
    text += `${more}\n`;
  };
  const code = await runProgram(argv, createApp, { line: say, note: say });
  return { code, text };
}

interface Started {
  readonly kill: (signal: NodeJS.Signals) => void;
  readonly spawned: Promise<void>;
  readonly ended: Promise<Ended>;
  readonly said: (pattern: RegExp) => Promise<void>;
}

/** A start that is expected to end; one that does not is killed, and so has no code. */
function start(t: TestContext, argv: readonly string[], extra: { uid?: number; preload?: string } = {}): Started {
  const preload =
    extra.preload === undefined ? [] : ['--import', `data:text/javascript,${encodeURIComponent(extra.preload)}`];
  const child = spawn(process.execPath, [...preload, LAUNCHER, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(extra.uid === undefined ? {} : { uid: extra.uid, gid: extra.uid, env: {} }),
  });
  const late = setTimeout(() => child.kill('SIGKILL'), 60_000);
  t.after(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
  return {
    kill: (signal) => void child.kill(signal),
    spawned: new Promise((resolve) => child.once('spawn', () => resolve())),
    ended: new Promise((resolve) =>
      child.once('close', (code, signal) => {
        clearTimeout(late);
        resolve({ code, signal, text });
      }),
    ),
    said: async (pattern) => {
      for (let i = 0; i < 3000 && !pattern.test(text); i++) await new Promise((resolve) => setTimeout(resolve, 20));
      assert.match(text, pattern);
    },
  };
}

function config(dir: string, lines: readonly string[] = [], upstream = 'http://127.0.0.1:9'): string {
  const file = join(dir, 'sallyport.yml');
  const base = ['listen: 127.0.0.1:8080', 'realms: { staff: { source: local } }', 'apps:', '  portal:'];
  const app = [
    '    hosts: [app.test]',
    `    origin: http${lines.some((line) => line.startsWith('tls')) ? 's' : ''}://app.test`,
    `    upstream: ${upstream}`,
    '    realm: staff',
  ];
  writeFileSync(file, [...base, ...app, ...lines, ''].join('\n'));
  return file;
}

function fifo(path: string): string {
  execFileSync('mkfifo', ['-m', '600', path]);
  return path;
}

function huge(path: string): string {
  writeFileSync(path, '');
  truncateSync(path, 1_073_741_824);
  return path;
}

function file(path: string, mode = 0o600): string {
  writeFileSync(path, 'x\n', { mode });
  return path;
}

function made(path: string, mode = 0o700): string {
  mkdirSync(path, { mode });
  return path;
}

/** A small or read-only file system of its own; undefined where this user may not mount one. */
function mounted(t: TestContext, options: string): string | undefined {
  const path = mkdtempSync(join(tmpdir(), 'sallyport-mount-'));
  let done = false;
  t.after(() => {
    if (done) execFileSync('umount', ['-l', path]);
    rmSync(path, { recursive: true });
  });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
    done = true;
    return path;
  } catch {
    return undefined;
  }
}

/** What stands in the way, as lines of the configuration; and what is said of it. */
const OBSTACLES: Readonly<
  Record<string, readonly [lines: (dir: string, t: TestContext) => string[] | undefined, says: RegExp]>
> = {
  'data below /proc': [() => ['data: /proc/nope'], /line \d+: data: .*\/proc\/nope.*does not exist and cannot be made/],
  'data deep below /proc': [() => ['data: /proc/self/a/b/c'], /data: .*\/proc\/self\/a\/b\/c/],
  'data below /sys': [() => ['data: /sys/nope'], /data: .*\/sys\/nope/],
  'data is a file': [(dir) => [`data: ${file(join(dir, 'x'))}`], /data: .*not a folder/],
  'data inside a file': [(dir) => [`data: ${file(join(dir, 'x'))}/y`], /data: .*not a folder/],
  'data is a device': [() => ['data: /dev/null'], /data: .*not a folder/],
  'data is a link to itself': [
    (dir) => {
      symlinkSync(join(dir, 'loop'), join(dir, 'loop'));
      return [`data: ${dir}/loop/x`];
    },
    /data: .*loop/,
  ],
  'data on a read-only file system': [
    (_dir, t) => {
      const at = mounted(t, 'ro');
      return at === undefined ? undefined : [`data: ${at}/data`];
    },
    /data: .*read-only/,
  ],
  'a full disk': [
    (_dir, t) => {
      const at = mounted(t, 'size=16k');
      if (at !== undefined) made(join(at, 'data'));
      if (at !== undefined) writeFileSync(join(at, 'fill'), Buffer.alloc(12_288));
      return at === undefined ? undefined : [`data: ${at}/data`];
    },
    /no room|full|disk/i,
  ],
  'the database is a FIFO': [(dir) => [`data: ${dir}`, `store: sqlite:${fifo(join(dir, 'p.db'))}`], /is not a file/],
  'the database is a folder': [(dir) => [`data: ${dir}`, `store: sqlite:${made(join(dir, 'd.db'))}`], /is not a file/],
  'the database is none': [(dir) => [`data: ${dir}`, `store: sqlite:${file(join(dir, 'x.db'))}`], /database/],
  'the key is a FIFO': [(dir) => [`data: ${dir}`, `master_key: ${fifo(join(dir, 'k'))}`], /is not a file/],
  'the key is a device': [(dir) => [`data: ${dir}`, 'master_key: /dev/zero'], /is not a file/],
  'the key is 1 GB': [(dir) => [`data: ${dir}`, `master_key: ${huge(join(dir, 'k'))}`], /open to others|32 bytes/],
  'a certificate is a FIFO': [
    (dir) => [`data: ${dir}`, `tls: { cert: ${fifo(join(dir, 'c'))}, key: ${file(join(dir, 'k'))} }`],
    /tls\.cert: .*is not a file/,
  ],
  'a certificate is a device': [
    (dir) => [`data: ${dir}`, `tls: { cert: /dev/zero, key: ${file(join(dir, 'k'))} }`],
    /tls\.cert: .*is not a file/,
  ],
  'a certificate is 1 GB': [
    (dir) => [`data: ${dir}`, `tls: { cert: ${huge(join(dir, 'c'))}, key: ${file(join(dir, 'k'))} }`],
    /tls\.cert: .*too large/,
  ],
  'a file that has no end and no size': [(dir) => [`data: ${dir}`, 'pages: { logo: /proc/kmsg.svg }'], /pages\.logo/],
};

for (const [what, [lines, says]] of Object.entries(OBSTACLES)) {
  test(`a start ends by itself, with what to do: ${what}`, async (t) => {
    const dir = folder(t);
    const more = lines(dir, t);
    if (more === undefined) return t.skip('a file system cannot be mounted here');
    const { code, text } = await refusedHere('serve', '--config', config(dir, more));
    assert.equal(code, 1, text);
    assert.match(text, says);
    assert.doesNotMatch(text, /\n\s+at |\.ts:\d|SallyportError/, 'no stack');
  });
}

for (const [what, make] of Object.entries({
  absent: (dir: string) => join(dir, 'nothing.yml'),
  'a FIFO': (dir: string) => fifo(join(dir, 'p')),
  'a device': () => '/dev/zero',
  'a folder': (dir: string) => dir,
  '1 GB': (dir: string) => huge(join(dir, 'h')),
  'a socket of the kernel': () => '/proc/self/mem',
})) {
  test(`every command ends with a sentence when the configuration is ${what}`, async (t) => {
    const at = make(folder(t));
    for (const argv of [['serve'], ['check'], ['account', 'list']]) {
      const { code, text } = await refusedHere(...argv, '--config', at);
      assert.equal(code, 1, `${argv.join(' ')}: ${text}`);
      assert.ok(text.includes(at), text);
      assert.doesNotMatch(text, /\n\s+at |\.ts:\d/, 'no stack');
    }
  });
}

test('the demonstration too refuses a folder that cannot be made, and says which', async (t) => {
  const { code, text } = await start(t, ['serve', '--data', '/proc/nope', '--port', '1']).ended;
  assert.equal(code, 1, text);
  assert.match(text, /\/proc\/nope/);
  assert.doesNotMatch(text, /\n\s+at |\.ts:\d/, 'no stack');
});

test('check finds a data folder that cannot be written: key, line, user and remedy; serve says the same', {
  skip,
}, async (t) => {
  const dir = folder(t);
  chmodSync(dir, 0o755);
  const data = made(join(dir, 'data'), 0o755);
  const at = config(dir, [`data: ${data}`]);
  for (const command of ['check', 'serve']) {
    const { code, text } = await start(t, [command, '--config', at], { uid: NOBODY }).ended;
    assert.equal(code, 1, text);
    assert.match(
      text,
      /line 9: data: .*cannot be written by the user .*(nobody|65534).*belongs to root.*: chown -R (nobody|65534)/,
    );
  }
  const absent = config(dir, [`data: ${dir}/not-yet`]);
  assert.match((await start(t, ['check', '--config', absent], { uid: NOBODY }).ended).text, /data: .*nobody|65534/);
});

test('check names a data folder that is absent and can be made, and changes nothing', async (t) => {
  const dir = folder(t);
  const { code, text } = await refusedHere('check', '--config', config(dir, [`data: ${dir}/not/yet`]));
  assert.equal(code, 0, text);
  assert.match(text, /line 9: data: .*not\/yet does not exist yet/);
  assert.deepEqual(readdirSync(dir), ['sallyport.yml']);
});

test('a key that this user cannot read is named by check and by serve, with the remedy', { skip }, async (t) => {
  const dir = folder(t);
  chmodSync(dir, 0o777);
  const at = config(dir, [`data: ${dir}`, `master_key: ${file(join(dir, 'k'))}`]);
  for (const command of ['check', 'serve']) {
    const { code, text } = await start(t, [command, '--config', at], { uid: NOBODY }).ended;
    assert.equal(code, 1, text);
    assert.match(text, /\/k cannot be read by the user that runs Sallyport/);
  }
});

/** Files of root in folders that everybody may enter, each with the command that meets it. */
const OF_ROOT: Readonly<Record<string, (dir: string) => readonly string[]>> = {
  'the configuration': (dir) => ['check', '--config', file(join(dir, 'c.yml'))],
  'its folder': (dir) => ['check', '--config', file(join(made(join(dir, 'shut'), 0o700), 'c.yml'))],
  'the data folder of a demonstration': (dir) => ['account', 'list', '--data', made(join(dir, 'd'), 0o700)],
  'a data folder that is not there yet': (dir) => ['check', '--config', config(dir, [`data: ${dir}/not-yet`])],
  'the database': (dir) => [
    'account',
    'list',
    '--config',
    config(dir, [`data: ${dir}`, `store: sqlite://${file(join(dir, 's.db'))}`]),
  ],
  'the folder of the master key': (dir) => [
    'check',
    '--config',
    config(dir, [
      `data: ${made(join(dir, 'own'), 0o777)}`,
      `master_key: ${file(join(made(join(dir, 'm'), 0o700), 'k'))}`,
    ]),
  ],
  'the password file': (dir) => [
    'check',
    '--config',
    config(dir, ['store: postgres://x@127.0.0.1/x', `store_password_file: ${file(join(dir, 'p'))}`]),
  ],
  'a list of accounts': (dir) => ['account', 'import', file(join(dir, 'a.csv')), '--config', config(dir, [])],
};

test('what belongs to another user is told as that: whose it is, as whom this runs, and what to do', {
  skip,
}, async (t) => {
  const rows = Object.entries(OF_ROOT).map(([what, make]) => {
    const dir = folder(t);
    chmodSync(dir, 0o755);
    return { what, argv: make(dir) };
  });
  // One process for all: what takes long is the loading.
  const script = `
    const { runProgram } = await import(${JSON.stringify(new URL('../../src/cli/program.ts', import.meta.url).href)});
    const { createApp } = await import(${JSON.stringify(new URL('../../src/app.ts', import.meta.url).href)});
    for (const argv of ${JSON.stringify(rows.map(({ argv }) => argv))}) {
      let text = '';
      const say = (more = '') => { text += more + '\\n'; };
      const code = await runProgram(argv, createApp, { line: say, note: say });
      console.log(JSON.stringify({ code, text }));
    }`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    uid: NOBODY,
    gid: NOBODY,
    env: {},
  });
  for (const [i, line] of said.toString().trim().split('\n').entries()) {
    const { code, text } = JSON.parse(line) as { code: number; text: string };
    const what = rows[i]?.what;
    assert.equal(code, 1, `${what}: ${text}`);
    assert.match(
      text,
      /cannot be (read|written) by the user that runs Sallyport \((nobody|uid 65534)\): .* belongs to root/,
      what,
    );
    assert.match(text, /as root: (install -d|chown)|Name a place that/, what);
    assert.doesNotMatch(text, /hidden|EACCES|sudo -u root|\.ts:\d/, what);
  }
});

test('whose own it is, and shut by its mode, is told the mode; what is another user’s may be run as that one', {
  skip,
}, async (t) => {
  const dir = folder(t);
  const own = join(dir, 'own');
  const theirs = join(dir, 'theirs');
  for (const [path, uid] of [
    [own, NOBODY],
    [theirs, 1],
  ] as const) {
    writeFileSync(path, 'hidden');
    chmodSync(path, 0o200);
    chownSync(path, uid, uid);
  }
  chmodSync(dir, 0o755);
  const script = `
    const { denied } = await import(${JSON.stringify(new URL('../../src/lib/denied.ts', import.meta.url).href)});
    for (const path of ${JSON.stringify([own, theirs])}) console.log(denied('It', path, 'read'));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    uid: NOBODY,
    gid: NOBODY,
    env: {},
  });
  const [first = '', second = ''] = said.toString().split('\n');
  assert.match(first, /Run: chmod u\+rw .*own$/);
  assert.match(
    second,
    /belongs to (daemon|bin|uid 1)\. Run Sallyport as .*: sudo -u .* …; or make it .* own, as root: chown .*theirs$/,
  );
});

test('a port that is taken is said with what to do', async (t) => {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  t.after(() => holder.close());
  const dir = folder(t);
  const { port } = holder.address() as AddressInfo;
  const at = config(dir, [`data: ${dir}/d`]);
  const { code, text } = await refusedHere('serve', '--config', at, '--port', String(port));
  assert.equal(code, 1, text);
  assert.match(text, /is in use: stop what uses it, or choose another/);
});

/** A database that accepts connections and says nothing, for ever. */
async function mute(t: TestContext): Promise<{ port: number; called: Promise<void> }> {
  const server = createServer();
  const called = new Promise<void>((resolve) => server.once('connection', () => resolve()));
  server.on('connection', (socket) => {
    socket.on('error', () => {});
    t.after(() => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, called };
}

test('a database that accepts and never answers ends the start, with a sentence', async (t) => {
  const dir = folder(t);
  const { port } = await mute(t);
  const at = config(dir, [`data: ${dir}/d`, `store: postgres://u@127.0.0.1:${port}/x`]);
  const { code, text } = await refusedHere('serve', '--config', at);
  assert.equal(code, 1, text);
  assert.match(text, /database/i);
});

/** Looking a name up takes for ever. */
const NO_NAMES = `import dns from 'node:dns'; import { syncBuiltinESMExports } from 'node:module';
dns.lookup = () => { process.stderr.write('looking up\\n'); setInterval(() => {}, 1000); }; syncBuiltinESMExports();`;

test('a name that is looked up for ever ends the start, with a sentence', async (t) => {
  const dir = folder(t);
  const at = config(dir, [`data: ${dir}/d`, 'store: postgres://u@database.test/x']);
  const { code, text } = await start(t, ['serve', '--config', at], { preload: NO_NAMES }).ended;
  assert.equal(code, 1, text);
  assert.match(text, /looking up/);
  assert.match(text, /database/i);
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} ends the process at any step of the start`, async (t) => {
    const dir = folder(t);
    const database = await mute(t);
    const waiting = config(dir, [`data: ${dir}/d`, `store: postgres://u@127.0.0.1:${database.port}/x`]);
    const atDatabase = start(t, ['serve', '--config', waiting]);
    await database.called;
    atDatabase.kill(signal);
    assert.equal((await atDatabase.ended).signal, signal, 'while the database does not answer');

    const first = start(t, ['serve', '--config', waiting]);
    await first.spawned;
    first.kill(signal);
    assert.equal((await first.ended).signal, signal, 'at the first line');

    const named = config(dir, [`data: ${dir}/d`, 'store: postgres://u@database.test/x']);
    const atName = start(t, ['serve', '--config', named], { preload: NO_NAMES });
    await atName.said(/looking up/);
    atName.kill(signal);
    assert.equal((await atName.ended).signal, signal, 'while a name is looked up');

    // Native code that never comes back, wherever it is: no handler of ours may stand in the way.
    const spin = `import fs from 'node:fs'; import { syncBuiltinESMExports } from 'node:module';
      fs.mkdirSync = () => { fs.writeSync(2, 'spinning\\n'); for (;;); }; syncBuiltinESMExports();`;
    const spinning = start(t, ['serve', '--config', config(dir, [`data: ${dir}/e/f`])], { preload: spin });
    await spinning.said(/spinning/);
    spinning.kill(signal);
    assert.equal((await spinning.ended).signal, signal, 'while the file system does not answer');
  });
}

test('SIGHUP at the first line of a start does not end it', async (t) => {
  const dir = folder(t);
  // The first thing that runs after the launcher has its handlers is the check of the runtime.
  const port = String(await freePort());
  const running = start(t, ['serve', '--config', config(dir, [`data: ${dir}/d`]), '--port', port], {
    preload: `const { on } = process; process.on = function (name, ...rest) { on.call(this, name, ...rest);
      if (name === 'SIGHUP') { process.on = on; process.kill(process.pid, 'SIGHUP'); } return this; };`,
  });
  await running.said(/Sallyport is running/);
  running.kill('SIGTERM');
  assert.equal((await running.ended).code, 0);
});

test('as process 1 of a container, a start that waits is ended by SIGTERM all the same', async (t) => {
  try {
    execFileSync('unshare', ['--pid', '--fork', '--kill-child', 'true'], { stdio: 'ignore' });
  } catch {
    return t.skip('no process namespace can be made here');
  }
  const dir = folder(t);
  const database = await mute(t);
  const at = config(dir, [`data: ${dir}/d`, `store: postgres://u@127.0.0.1:${database.port}/x`]);
  const outer = spawn('unshare', [
    '--pid',
    '--fork',
    '--kill-child',
    process.execPath,
    LAUNCHER,
    'serve',
    '--config',
    at,
  ]);
  t.after(() => outer.kill('SIGKILL'));
  const ended = new Promise<number | null>((resolve) => outer.once('exit', resolve));
  await database.called;
  const inner = readFileSync(`/proc/${outer.pid}/task/${outer.pid}/children`, 'utf8').trim();
  process.kill(Number(inner), 'SIGTERM');
  assert.equal(await ended, 143);
});

test('files are read whole, and folders made, in one place that bounds it', () => {
  const src = fileURLToPath(new URL('../../src/', import.meta.url));
  const sources = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(ts|mjs)$/.test(name));
  // What is shipped is named by a URL of our own. generate.ts writes what is shipped and never runs in an installation.
  const elsewhere = sources.filter(
    (name) => !['lib/files.ts', 'lib/whole.ts', 'lib/streamed.ts', 'config/generate.ts'].includes(name),
  );
  const bad = elsewhere.filter((name) =>
    /\b(?:(?:readFileSync|readFile|createReadStream)\((?!new URL\()|(?:mkdirSync|mkdir|opendir)\()/.test(
      readFileSync(join(src, name), 'utf8'),
    ),
  );
  assert.deepEqual(bad, []);
});
