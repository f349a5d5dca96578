import { type ChildProcess, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { FramesOrder, Order, Rate } from './load.ts';

/** Servers share one core, the generator and the app behind them another; without taskset nothing is pinned. */
export const PINNED = cpus().length > 1 && spawnSync('taskset', ['-c', '0', 'true']).status === 0;
const SERVER_CORE = 0;
const LOAD_CORE = 1;

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const started = new Set<ChildProcess>();

export function spawnOn(core: number, command: readonly string[], options: SpawnOptions): ChildProcess {
  const [program = '', ...rest] = PINNED ? ['taskset', '-c', String(core), ...command] : command;
  const child = spawn(program, rest, options);
  started.add(child);
  child.once('exit', () => started.delete(child));
  return child;
}

/** Ends what this run started and is still there, and waits until it has. */
export async function stop(...children: readonly ChildProcess[]): Promise<void> {
  await Promise.all(
    children.map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve();
          const hard = setTimeout(() => child.kill('SIGKILL'), 10_000);
          child.once('exit', () => {
            clearTimeout(hard);
            resolve();
          });
          child.kill('SIGTERM');
        }),
    ),
  );
}

export const stopAll = (): Promise<void> => stop(...started);
process.on('exit', () => {
  for (const child of started) child.kill('SIGKILL');
});

export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo; // a TCP server's address is never a string
      server.close(() => resolve(port));
    });
  });
}

/** A server of the comparison. */
export interface Side {
  readonly name: string;
  readonly port: number;
  readonly process: ChildProcess;
  /** Another process that does a part of its work. */
  readonly helper?: ChildProcess;
}

/** Starts one of sides/*.ts and waits for its word that it listens. */
export async function startSide(
  name: string,
  file: string,
  options: { core?: number; args?: readonly (string | number)[] } = {},
): Promise<Side> {
  const port = await freePort();
  const child = spawnOn(
    options.core ?? SERVER_CORE,
    [process.execPath, here(`sides/${file}`), String(port), ...(options.args ?? []).map(String)],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] },
  );
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`)));
  });
  return { name, port, process: child };
}

/** Waits until a port accepts and answers 200 to a request, or throws after 20 s. */
export async function answering(port: number, request: string, load: Load): Promise<void> {
  const end = performance.now() + 20_000;
  for (;;) {
    const { answers, faults } = await load.rate({ port, requests: [request], connections: 1, ms: 500, count: 1 });
    if (answers === 1 && faults === 0) return;
    if (performance.now() > end) throw new Error(`port ${port} does not answer 200`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** The generator's process. */
export class Load {
  readonly #child: ChildProcess;

  constructor() {
    this.#child = spawnOn(LOAD_CORE, [process.execPath, here('load.ts')], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization: 'advanced',
    });
  }

  #order(order: Order): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const ended = (): void => reject(new Error('the load generator ended'));
      this.#child.once('exit', ended);
      this.#child.once('message', (message: { result?: unknown; error?: string }) => {
        this.#child.off('exit', ended);
        if (message.error === undefined) resolve(message.result);
        else reject(new Error(message.error));
      });
      this.#child.send(order);
    });
  }

  async rate(order: Omit<Extract<Order, { kind: 'rate' }>, 'kind'>): Promise<Rate> {
    return (await this.#order({ kind: 'rate', ...order })) as Rate; // load.ts answers a rate order with a Rate
  }

  /** Messages a second. */
  async frames(order: Omit<FramesOrder, 'kind'>): Promise<number> {
    return (await this.#order({ kind: 'frames', ...order })) as number; // and frames with their rate
  }

  /** Milliseconds. */
  async transfer(order: Extract<Order, { bytes: number }>): Promise<number> {
    return (await this.#order(order)) as number; // and a transfer with its time
  }
}

/** The app behind every proxy, on the generator's core. */
export const startUpstream = (): Promise<Side> => startSide('app', 'upstream.ts', { core: LOAD_CORE });

const MB = 1024;

function statusLine(pid: number, field: string): number {
  const text = readFileSync(`/proc/${pid}/status`, 'latin1');
  return Number(new RegExp(`^${field}:\\s*(\\d+) kB`, 'm').exec(text)?.[1]) / MB;
}

function processorMsOf(pid: number): number {
  // proc(5): fields after the name, which may hold blanks; 14 and 15 are user and system time in hundredths of a second.
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
  const own = (Number(fields[11]) + Number(fields[12])) * 10;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ');
  return children.filter((child) => child !== '').reduce((sum, child) => sum + processorMsOf(Number(child)), own);
}

/** Processor time that a side has used since it started, in all its processes and threads, ms. */
export const processorMs = (side: Pick<Side, 'process' | 'helper'>): number =>
  processorMsOf(side.process.pid ?? 0) + (side.helper === undefined ? 0 : processorMsOf(side.helper.pid ?? 0));

/** Flags by which a Node process collects its garbage on SIGUSR2, so that what it holds can be told from what it wastes. */
export const COLLECTABLE = [
  '--expose-gc',
  '--import=data:text/javascript,process.on("SIGUSR2",()=>globalThis.gc({type:"major",flavor:"last-resort"}))',
];

/** Resident memory once the garbage is gone, MB; for a process that was started as COLLECTABLE. */
export async function heldMb(side: Side): Promise<number> {
  for (let i = 0; i < 2; i += 1) {
    side.process.kill('SIGUSR2');
    await pause(1000);
  }
  return residentMb(side.process.pid ?? 0);
}

/** Resident memory now, MB (Linux). */
export const residentMb = (pid: number): number => statusLine(pid, 'VmRSS');
/** Most resident memory since the last `forgetPeak`, MB. */
export const peakMb = (pid: number): number => statusLine(pid, 'VmHWM');
/** proc(5): 5 sets the high-water mark to what is resident now. */
export const forgetPeak = (pid: number): void => writeFileSync(`/proc/${pid}/clear_refs`, '5');

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
