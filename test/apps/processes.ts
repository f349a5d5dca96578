import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Relay, startRelay } from './relay.ts';

const LEGACY = fileURLToPath(new URL('legacy.sh', import.meta.url));
const SALLYPORT = fileURLToPath(new URL('../../src/sallyport.mjs', import.meta.url));
const run = promisify(execFile);

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
      server.close(() => resolve(port));
    });
  });
}

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

/** Waits until the port accepts; throws when the process ends first, or after a minute. */
async function up(child: ChildProcess, port: number, log: string): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await accepts(port))) {
    if (child.exitCode !== null || performance.now() > end)
      throw new Error(`no server on port ${port}:\n${readFileSync(log, 'utf8').slice(-2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A process in a group of its own, so that what it started ends with it. */
function start(program: string, args: readonly string[], log: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
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

function stop(child: ChildProcess): Promise<void> {
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

/** A product, the relay that counts what reaches it, and Sallyport in front, each a process of its own. */
export interface Guarded {
  /** What people type. */
  readonly origin: string;
  readonly relay: Relay;
  /** Runs a command of Sallyport for this installation in another process; resolves with what it prints. */
  command(...args: string[]): Promise<string>;
  stop(): Promise<void>;
}

export async function startGuarded(product: 'dokuwiki' | 'django' | 'cockpit', extra = ''): Promise<Guarded> {
  const folder = mkdtempSync(join(tmpdir(), `sallyport-${product}-`));
  const [productPort, publicPort] = [await freePort(), await freePort()];
  const origin = `http://localhost:${publicPort}`;
  const children: ChildProcess[] = [];
  let relay: Relay | undefined;
  const stopAll = async (): Promise<void> => {
    for (const child of children.toReversed()) await stop(child);
    await run('bash', [LEGACY, 'clear', product]);
    await relay?.close();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const state = join(folder, product);
    mkdirSync(state);
    const productLog = join(folder, 'product.log');
    const args = [LEGACY, 'run', product, state, String(productPort)];
    const behind = start('bash', args, productLog, { PUBLIC_ORIGIN: origin });
    children.push(behind);
    await up(behind, productPort, productLog);
    relay = await startRelay(productPort);
    const config = join(folder, 'sallyport.yml');
    writeFileSync(
      config,
      `listen: 127.0.0.1:${publicPort}
data: ${join(folder, 'data')}
realms: { staff: { source: local } }
apps:
  product:
    hosts: [localhost]
    upstream: http://127.0.0.1:${relay.port}
    realm: staff
    login: none
${extra}`,
    );
    const log = join(folder, 'sallyport.log');
    const gate = start(process.execPath, [SALLYPORT, 'serve', '--config', config], log);
    children.push(gate);
    await up(gate, publicPort, log);
    return {
      origin,
      relay,
      command: async (...words) =>
        (await run(process.execPath, [SALLYPORT, ...words, '--config', config])).stdout.trim(),
      stop: stopAll,
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}
