import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Failure, Told } from './events.ts';
import { commandOf, endKin, kinOf } from './kin.ts';

const REPORTER = fileURLToPath(new URL('events.ts', import.meta.url));
/** Node's work on the source (types stripped, compiled) is kept for all files and for the processes that they start. */
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/sallyport-tests', import.meta.url));
/** How long what a file started may take to be gone after the file has ended. */
const LEAVING_MS = 3000;

export interface Ran {
  readonly file: string;
  readonly seconds: number;
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

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** It took longer than it may, and was ended. */
  readonly late: boolean;
  /** Commands of processes that it left behind. */
  readonly left: readonly string[];
}

/** Processes of files under way: whoever ends the run ends them. */
export const underWay = new Set<number>();

export interface Run {
  readonly file: string;
  readonly limitMs: number;
  /** Where it writes whatever it writes; removed here. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Runs one file in a process of its own, and waits until all that it started is gone. */
export async function runFile(run: Run): Promise<Ran> {
  const { file, limitMs, folder } = run;
  const began = performance.now();
  const told = join(folder, 'told');
  const printed = join(folder, 'printed');
  const ended = await endOf(begin(run, told, printed), limitMs);
  const lines = readFileSync(told, 'utf8').split('\n').slice(0, -1);
  // A cast: the reporter wrote them.
  const events = lines.map((line) => JSON.parse(line) as Told);
  const count = (is: Told['is']) => events.filter((event) => event.is === is).length;
  const output = readFileSync(printed, 'utf8').slice(-20_000);
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  return {
    file,
    seconds: (performance.now() - began) / 1000,
    passed: count('passed'),
    skipped: count('skipped'),
    leftOut: events.flatMap((event) => (event.is === 'skipped' ? [`${event.path}: ${event.why}`] : [])),
    failed: count('failed'),
    failures: events.flatMap((event) => (event.is === 'failed' ? [event.failure] : [])),
    fault: faultOf(ended, events, limitMs),
    printed: output,
  };
}

function begin({ file, folder, env }: Run, told: string, printed: string): ChildProcess {
  const events = openSync(told, 'w');
  const output = openSync(printed, 'a');
  const argv = ['--test-timeout=300000', `--test-reporter=${REPORTER}`, file];
  // The leader of a session of its own, by which all that it starts is found again.
  const child = spawn(process.execPath, argv, {
    detached: true,
    stdio: ['ignore', output, output, events],
    env: { ...process.env, ...env, TMPDIR: folder, NODE_COMPILE_CACHE: CACHE },
  });
  closeSync(events);
  closeSync(output);
  return child;
}

function endOf(child: ChildProcess, limitMs: number): Promise<Ended> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    const leader = child.pid;
    if (leader === undefined) return;
    underWay.add(leader);
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      endKin(leader);
    }, limitMs);
    child.once('exit', async (code, signal) => {
      clearTimeout(timer);
      const left = await allGone(leader);
      underWay.delete(leader);
      resolve({ code, signal, late, left });
    });
  });
}

/** Waits until all that a leader started is gone; what is still there then is ended. Its commands. */
export async function allGone(leader: number): Promise<string[]> {
  const until = performance.now() + LEAVING_MS;
  let left = kinOf(leader);
  for (; left.length > 0 && performance.now() < until; left = kinOf(leader))
    await new Promise((resolve) => setTimeout(resolve, 50));
  const commands = left.map(commandOf);
  if (left.length > 0) endKin(leader);
  return commands;
}

function faultOf({ code, signal, late, left }: Ended, events: readonly Told[], limitMs: number): string | undefined {
  const failed = events.some(({ is }) => is === 'failed');
  const over = events.some(({ is }) => is === 'over');
  if (late) return `it did not end within ${limitMs / 1000} s and was ended; ${placeOf(events)}`;
  if (signal !== null) return `it died by ${signal}; ${placeOf(events)}`;
  if (!over && code === 0 && events.length === 0) return 'it told of no test: it holds none, or left before the first';
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
