import { AsyncResource } from 'node:async_hooks';
import { readSync, writeSync } from 'node:fs';
import { after, run } from 'node:test';
import { endOfFile } from '../support/end-of-file.ts';
import { type Told, teller } from './events.ts';
import { processorSeconds } from './kin.ts';
import { EVENTS, ORDERS, type Order } from './order.ts';

/**
 * The process in which test files run, one after the other: what they import is loaded once. A file is over when nothing of
 * it keeps the process alive, as if it ran by itself. The process is left to its end after a file that failed, or that leaves
 * anything of the process changed, and after one that asks to be the last.
 */

/** A process that holds more is left to its end. */
const MOST_BYTES = 700 * 1024 ** 2;
/** Nothing that happens here belongs to a test. */
const outside = new AsyncResource('between files');

/** Waits in this very thread, so that nothing but the file keeps the process alive. undefined: there is none more. */
function nextOrder(): Order | undefined {
  const bytes: number[] = [];
  const byte = Buffer.alloc(1);
  for (;;) {
    if (readSync(ORDERS, byte) === 0) return undefined;
    // A cast: the runner wrote it.
    if (byte[0] === 0x0a) return JSON.parse(Buffer.from(bytes).toString()) as Order;
    bytes.push(byte[0] ?? 0);
  }
}

function tell(told: Told): void {
  writeSync(EVENTS, `${JSON.stringify(told)}\n`);
}

/** What files have in common by being in one process. */
function surroundings(): string {
  const listeners = ['exit', 'SIGINT', 'SIGTERM', 'SIGHUP', 'uncaughtException', 'unhandledRejection', 'warning'];
  const counts = listeners.map((event) => process.listenerCount(event));
  return JSON.stringify([process.env, process.cwd(), process.umask(), process.exitCode, counts, Error.stackTraceLimit]);
}

/** Turns that the loop was given since anything was last told; undefined: no file is under way. */
let turns: number | undefined;
const MOST_TURNS = 100;
// node:test ends a file when nothing is left to be done, and tells so by steps that would not keep the process alive.
process.on('beforeExit', () => {
  if (turns === undefined || turns >= MOST_TURNS) return;
  turns += 1;
  setImmediate(() => {});
});

/** Runs one file. Whether another may follow it here. */
async function runOne({ file, folder, last }: Order): Promise<boolean> {
  process.env['TMPDIR'] = folder;
  const before = surroundings();
  const began = processorSeconds();
  const stream = outside.runInAsyncScope(() => {
    const events = run({ files: [file], isolation: 'none', concurrency: false, timeout: 300_000 });
    after(endOfFile);
    return events;
  });
  const toTell = teller(file);
  turns = 0;
  for await (const event of stream) {
    turns = 0;
    const told = toTell(event);
    if (told !== undefined) tell(told.is === 'over' ? { ...told, processor: processorSeconds() - began } : told);
    if (told?.is === 'failed') process.exitCode = 1;
  }
  turns = undefined;
  return !last && surroundings() === before && process.memoryUsage().rss < MOST_BYTES;
}

async function runAll(): Promise<void> {
  // node:test sets it, with the first file.
  process.env['NODE_TEST_WORKER_ID'] = '1';
  for (let order = nextOrder(); order !== undefined; order = nextOrder()) {
    if (!(await runOne(order))) return;
    writeSync(ORDERS, '\n');
  }
}

// Not waited for: a file that could not be loaded never comes to its end, and the process does.
void runAll();
