import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { underWay } from './file.ts';
import { endKin } from './kin.ts';
import { RESOLVED } from './resolved.ts';

const POSTGRES = fileURLToPath(new URL('postgres.ts', import.meta.url));
const PRELOAD = new URL('resolved.ts', import.meta.url).href;
/** Fewer files than that start a server of their own where they need one: most need none. */
const WORTH_A_SERVER = 16;
/** What the files of a run may write at most, with room to spare. */
const ROOM_BYTES = 3 * 1024 ** 3;

/** What the files of a run share. */
export interface Surroundings {
  /** A new folder for one file. */
  folder(): string;
  readonly env: Readonly<Record<string, string>>;
  /** Removes everything, even in the middle. */
  remove(): void;
  /** The same, with time for the server to stop. */
  close(): Promise<void>;
}

export async function openSurroundings(files: number): Promise<Surroundings> {
  const root = walkable(mkdtempSync(join(quickest(), 'sallyport-tests-')));
  const remove = () => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  let count = 0;
  const folder = () => {
    count += 1;
    const path = join(root, String(count));
    mkdirSync(path);
    return walkable(path);
  };
  const resolved = join(root, 'resolved');
  writeFileSync(resolved, '');
  const env = { [RESOLVED]: resolved, NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import=${PRELOAD}`.trim() };
  if (files < WORTH_A_SERVER) return { folder, env, remove, close: async () => remove() };
  const server = await startServer(folder());
  const close = async () => {
    await server.stop();
    remove();
  };
  return { folder, env: { ...env, TEST_POSTGRES: server.url }, remove, close };
}

/** Where what is written is not waited for: each commit of a database is, on a disk. That files are durable is not tested. */
function quickest(): string {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    if (bavail * bsize > ROOM_BYTES) return '/dev/shm';
  } catch {
    // There is no such place.
  }
  return tmpdir();
}

/** PostgreSQL runs as another user where the tests run as root. */
function walkable(folder: string): string {
  chmodSync(folder, 0o711);
  return folder;
}

/** One PostgreSQL server for all files. It stops when its standard input is closed, also if this process is killed. */
async function startServer(folder: string): Promise<{ url: string; stop(): Promise<void> }> {
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, [POSTGRES], { detached: true, stdio: ['pipe', 'pipe', 'inherit'], env });
  const leader = child.pid;
  if (leader === undefined) throw new Error('no process could be started');
  underWay.add(leader);
  const gone = once(child, 'exit');
  const [url] = await Promise.race([once(createInterface(child.stdout), 'line'), failure(child)]);
  const stop = async () => {
    child.stdin.end();
    await gone;
    endKin(leader);
    underWay.delete(leader);
  };
  return { url: String(url), stop };
}

async function failure(child: ChildProcess): Promise<never> {
  const [code] = await once(child, 'exit');
  throw new Error(`the PostgreSQL server of the run did not start (exit code ${code})`);
}
