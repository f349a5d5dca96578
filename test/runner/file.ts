import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Failure, Told } from './events.ts';
import { commandOf, endKin, kinOf } from './kin.ts';
import { EVENTS, IN_PLACE, ORDERS, type Order } from './order.ts';

const PLACE = fileURLToPath(new URL('place.ts', import.meta.url));
/** Node's work on the source (types stripped, compiled) is kept for all files and for the processes that they start. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sallyport-tests', import.meta.url));
/** How long what a file started may take to be gone after the file has ended. */
const LEAVING_MS = 3000;

export interface Ran {
  readonly file: string;
  readonly seconds: number;
  /** Seconds of processor time; none of the database server that files share. */
  readonly processor: number;
  readonly passed: number;
  readonly skipped: number;
  /** Each test that was skipped, with its reason. */
  readonly leftOut: readonly string[];
  readonly failed: number;
  readonly failures: readonly Failure[];
  /** What is wrong with the file as a whole; undefined: nothing. */
  readonly fault: string | undefined;
  /** What it printed, its end. */
  readonly printed: string;
}

/** How a file came to its end. */
interface Ended {
  /** Its process goes on, and takes another file. */
  readonly stays: boolean;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It took longer than it may, and was ended. */
  readonly late: boolean;
  /** Commands of processes that it left behind. */
  readonly left: readonly string[];
}

/** Processes of files under way: whoever ends the run ends them. */
export const underWay = new Set<number>();

export interface Surrounded {
  /** Makes a folder; removed by whoever asks. */
  folder(): string;
  readonly env: Readonly<Record<string, string>>;
}

/** A process that takes files, one after the other, and its place on disk. */
class Place {
  readonly #child: ChildProcess;
  readonly #leader: number;
  readonly #orders: Duplex;
  readonly #folder: string;
  readonly #exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** How much of what was told and printed is of earlier files. */
  readonly #read = { told: 0, printed: 0 };

  constructor({ folder, env }: Surrounded) {
    this.#folder = folder();
    const [events, output] = [openSync(this.#path('told'), 'w'), openSync(this.#path('printed'), 'a')];
    const stdio = ['ignore', output, output] as (number | 'ignore' | 'pipe')[];
    stdio[EVENTS] = events;
    stdio[ORDERS] = 'pipe';
    const full = { ...process.env, ...env, TMPDIR: this.#folder, NODE_COMPILE_CACHE: CACHE, [IN_PLACE]: '1' };
    // The leader of a session of its own, by which all that it starts is found again.
    this.#child = spawn(process.execPath, [PLACE], { detached: true, stdio, env: full });
    closeSync(events);
    closeSync(output);
    if (this.#child.pid === undefined) throw new Error('no process could be started');
    this.#leader = this.#child.pid;
    underWay.add(this.#leader);
    // A cast: a pipe beside the three standard ones is a socket, both ways.
    this.#orders = this.#child.stdio[ORDERS] as Duplex;
    this.#orders.on('error', () => {}).resume();
    this.#exited = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        resolve({ code, signal });
      });
    });
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }

  /** Runs a file to its end; with all that it started, if its process ended with it. */
  async run(order: Order, limitMs: number): Promise<Ended> {
    const over = once(this.#orders, 'data').then(() => true);
    this.#orders.write(`${JSON.stringify(order)}\n`);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      endKin(this.#leader);
    }, limitMs);
    const stays = await Promise.race([over, this.#exited.then(() => false)]);
    clearTimeout(timer);
    const left = await allGone(this.#leader, stays);
    if (stays && left.length === 0) return { stays, code: 0, signal: null, late, left };
    if (stays) endKin(this.#leader);
    const { code, signal } = await this.#exited;
    underWay.delete(this.#leader);
    return stays ? { stays: false, code: 0, signal: null, late, left } : { stays, code, signal, late, left };
  }

  /** What was written since it was last asked for. */
  since(name: 'told' | 'printed'): string {
    const bytes = readFileSync(this.#path(name));
    const fresh = bytes.subarray(this.#read[name]).toString();
    this.#read[name] = bytes.length;
    return fresh;
  }

  /** There is no further file. */
  async close(): Promise<void> {
    this.#orders.end();
    await this.#exited;
    underWay.delete(this.#leader);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

export interface Run {
  readonly file: string;
  readonly limitMs: number;
  /** Whether it has a process of its own. */
  readonly alone: boolean;
}

/** Where files run one after the other; what follows on one that spoiled its process has another. */
export class Lane {
  readonly #surrounded: Surrounded;
  #place: Place | undefined;

  constructor(surrounded: Surrounded) {
    this.#surrounded = surrounded;
  }

  /** Runs one file, and waits until all that it started is gone. */
  async run({ file, limitMs, alone }: Run): Promise<Ran> {
    const began = performance.now();
    const place = this.#placeFor(alone);
    const folder = this.#surrounded.folder();
    const ended = await place.run({ file, folder, last: alone }, limitMs);
    const lines = place.since('told').split('\n').slice(0, -1);
    const printed = place.since('printed').slice(-20_000);
    if (!ended.stays) await place.close();
    if (place === this.#place && !ended.stays) this.#place = undefined;
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    // A cast: the process wrote them.
    const events = lines.map((line) => JSON.parse(line) as Told);
    const fault = faultOf(ended, events, limitMs);
    return { file, seconds: (performance.now() - began) / 1000, ...countsOf(events), fault, printed };
  }

  #placeFor(alone: boolean): Place {
    if (alone) return new Place(this.#surrounded);
    this.#place ??= new Place(this.#surrounded);
    return this.#place;
  }

  async close(): Promise<void> {
    await this.#place?.close();
    this.#place = undefined;
  }
}

function countsOf(events: readonly Told[]): Omit<Ran, 'file' | 'seconds' | 'fault' | 'printed'> {
  const count = (is: Told['is']) => events.filter((event) => event.is === is).length;
  return {
    // node:test may say more than once that all is over.
    processor: Math.max(0, ...events.map((event) => (event.is === 'over' ? (event.processor ?? 0) : 0))),
    passed: count('passed'),
    skipped: count('skipped'),
    leftOut: events.flatMap((event) => (event.is === 'skipped' ? [`${event.path}: ${event.why}`] : [])),
    failed: count('failed'),
    failures: events.flatMap((event) => (event.is === 'failed' ? [event.failure] : [])),
  };
}

/**
 * Waits until all that a leader started is gone, and it too unless it `stays`; what is still there then is ended. Its
 * commands.
 */
export async function allGone(leader: number, stays = false): Promise<string[]> {
  const others = () => kinOf(leader).filter((id) => !stays || id !== leader);
  const until = performance.now() + LEAVING_MS;
  let left = others();
  for (; left.length > 0 && performance.now() < until; left = others())
    await new Promise((resolve) => setTimeout(resolve, 20));
  const commands = left.map(commandOf);
  if (left.length > 0) endKin(leader);
  return commands;
}

function faultOf({ code, signal, late, left }: Ended, events: readonly Told[], limitMs: number): string | undefined {
  const failed = events.some(({ is }) => is === 'failed');
  const over = events.some(({ is }) => is === 'over');
  if (late) return `it did not end within ${limitMs / 1000} s and was ended; ${placeOf(events)}`;
  if (signal !== null) return `it died by ${signal}; ${placeOf(events)}`;
  if (code === 0 && events.every(({ is }) => is === 'over'))
    return 'it told of no test: it holds none, or left before the first';
  if (!over) return `it ended (exit code ${code}) before its tests did; ${placeOf(events)}`;
  if (left.length > 0) return `it left processes behind: ${left.join(', ')}`;
  if (code !== 0 && !failed) return `exit code ${code}, though no test failed`;
  if (code === 0 && failed) return 'exit code 0, though a test failed';
  return undefined;
}

/** Where a file was that came to no good end. */
function placeOf(events: readonly Told[]): string {
  const open = new Map<number, string>();
  let last: string | undefined;
  for (const event of events) {
    if (event.is === 'begun') open.set(event.id, event.path);
    if (event.is !== 'ended') continue;
    last = open.get(event.id);
    open.delete(event.id);
  }
  if (open.size > 0) return `under way: ${[...open.values()].join(' | ')}`;
  if (last === undefined) return 'it told of no test: a busy loop in the first, or before it';
  // A test that never yields has no time to tell that it has begun.
  return `every test that it told of has ended, last "${last}": what they opened (a socket, a timer, a process) keeps it alive, or the next one never yields`;
}
