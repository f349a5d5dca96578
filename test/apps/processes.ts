import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { get } from 'node:http';
import { connect } from 'node:net';
import { kinOf } from '../runner/kin.ts';

async function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The end of what a process has written. */
export const lastLines = (log: string, count: number): string =>
  readFileSync(log, 'utf8').trimEnd().split('\n').slice(-count).join('\n');

/** Sockets (inodes) that listen on a port; none where there is no /proc (proc_net_tcp(5)). */
function listeners(port: number): string[] {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return ['tcp', 'tcp6'].flatMap((table) => {
    try {
      const rows = readFileSync(`/proc/net/${table}`, 'latin1').split('\n').slice(1);
      return rows
        .map((row) => row.trim().split(/\s+/))
        .filter(([, address, , state]) => address?.endsWith(local) === true && state === '0A')
        .map((fields) => fields[9] ?? '');
    } catch {
      return [];
    }
  });
}

function holds(id: number, sockets: ReadonlySet<string>): boolean {
  try {
    const names = readdirSync(`/proc/${id}/fd`);
    return names.some((name) => sockets.has(readlinkSync(`/proc/${id}/fd/${name}`)));
  } catch {
    // It has ended meanwhile, or closed what it had open.
    return false;
  }
}

/** Whether it is this process, or one that it started, that listens there: whoever else does would be taken for it. */
function listens(child: ChildProcess, port: number): boolean {
  const sockets = new Set(listeners(port).map((inode) => `socket:[${inode}]`));
  return sockets.size === 0 || kinOf(child.pid ?? 0).some((id) => holds(id, sockets));
}

/** Waits until this process listens on the port; throws when it ends first, when another has the port, or after a minute. */
export async function up(child: ChildProcess, port: number, log: string): Promise<void> {
  const fail = (what: string): never => {
    throw new Error(`${what}:\n${lastLines(log, 20)}`);
  };
  const ended = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const end = performance.now() + 60_000;
  while (!(await accepts(port))) {
    if (ended() || performance.now() > end) fail(`no server on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (ended() || !listens(child, port)) fail(`another program has port ${port}`);
}

function statusOf(port: number, target: string): Promise<number | null> {
  return new Promise((resolve) => {
    const asked = get({ port, host: '127.0.0.1', path: target, agent: false, timeout: 60_000 }, (answer) => {
      answer.resume().once('close', () => resolve(answer.complete ? (answer.statusCode ?? null) : null));
    });
    asked.once('timeout', () => asked.destroy());
    asked.once('error', () => resolve(null));
  });
}

/**
 * Waits until a server has answered twice in a row, whole and without trouble of its own: what it compiles or writes at its first
 * answer is behind it. Throws after two minutes.
 */
export async function answering(port: number, target: string, log: string): Promise<void> {
  const end = performance.now() + 120_000;
  for (let well = 0; well < 2; ) {
    const status = await statusOf(port, target);
    well = status !== null && status < 500 ? well + 1 : 0;
    if (well > 0) continue;
    if (performance.now() > end) throw new Error(`${status ?? 'no answer'} to GET ${target}:\n${lastLines(log, 20)}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A process in a group of its own, so that what it started ends with it. */
export function start(
  program: string,
  args: readonly string[],
  log: string,
  env: NodeJS.ProcessEnv = {},
): ChildProcess {
  const out = openSync(log, 'a');
  return spawn(program, args, { stdio: ['ignore', out, out], detached: true, env: { ...process.env, ...env } });
}

function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    process.kill(-(child.pid ?? 0), name);
  } catch {
    // The group is gone already.
  }
}

/** Ends a process and its group; what does not go within 10 s is killed. */
export function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const hard = setTimeout(() => signal(child, 'SIGKILL'), 10_000);
    child.once('exit', () => {
      clearTimeout(hard);
      signal(child, 'SIGKILL');
      resolve();
    });
    signal(child, 'SIGTERM');
  });
}
