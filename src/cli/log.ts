import { writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Logger, pino } from 'pino';
import { denied, isDenied } from '../lib/denied.ts';
import { folderFault, makeFolder } from '../lib/files.ts';
import { CommandRefused } from '../terminal/exit.ts';
import { LogLines, timeMember } from './log-lines.ts';

const SECRETS = ['password', 'code', 'cookie', 'secret', 'ticket', 'authorization'];
const PLACES = SECRETS.flatMap((name) => [name, `*.${name}`]);

function named(label: string): { level: string } {
  return { level: label };
}

function folderOf(file: string): void {
  try {
    makeFolder(dirname(file));
  } catch (error) {
    throw new CommandRefused(folderFault('The data folder', dirname(file), error));
  }
}

/** What waits while the disk does not take it; what comes beyond is lost. */
const MOST_WAITING = 4 * 1_048_576;
const TOLD_EVERY_MS = 60_000;
const LAST_WRITE_MS = 2_000;
const LINE_END = 0x0a;

type Sink = ReturnType<typeof pino.destination>;

function unwritten(file: string, error: Error & { code?: string }): string {
  return isDenied(error)
    ? `${denied(`The log ${file}`, file, 'written')}.`
    : `The log ${file} cannot be written (${error.code ?? 'unknown'}).`;
}

/** A log that cannot be written stops nobody: it is tried again, told on standard error once a minute, and what is too much is lost. */
function tolerate(sink: Sink, file: string): { failing(): boolean } {
  let toldAt = Number.NEGATIVE_INFINITY;
  let failedAt = Number.NEGATIVE_INFINITY;
  let lost = 0;
  sink.on('drop', (lines: Buffer) => {
    for (let at = lines.indexOf(LINE_END); at >= 0; at = lines.indexOf(LINE_END, at + 1)) lost += 1;
  });
  sink.on('write', () => {
    failedAt = Number.NEGATIVE_INFINITY;
  });
  sink.on('error', (error: Error & { code?: string }) => {
    const now = performance.now();
    failedAt = now;
    if (now - toldAt < TOLD_EVERY_MS) return;
    toldAt = now;
    const lines = lost === 0 ? '' : ` ${lost} lines are lost so far.`;
    try {
      writeSync(2, `${unwritten(file, error)} It is tried again.${lines}\n`);
    } catch {
      // Standard error may be on the same full disk.
    }
  });
  return { failing: () => failedAt > Number.NEGATIVE_INFINITY };
}

/** Writes what waits and closes; ends within two seconds. The library's own synchronous way tries a full disk for ever. */
function closed(sink: Sink, failing: boolean): Promise<void> {
  if (failing) {
    // Else the library would go on at the end of the process.
    sink.destroy();
    return Promise.resolve();
  }
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      sink.destroy();
      resolve();
    };
    const timer = setTimeout(done, LAST_WRITE_MS);
    sink.once('close', done);
    sink.once('error', done);
    sink.end();
  });
}

/**
 * JSON lines to a file or, with null, to standard output; written in the background so that no request waits for them.
 * Nothing secret is ever handed to it; the names below are a second net.
 */
export function createLog(
  level: string,
  file: string | null,
): { log: Logger; access: Logger; flush: () => Promise<void> } {
  if (file !== null) folderOf(file);
  const sink = pino.destination({
    dest: file ?? 1,
    sync: false,
    // What comes is many lines already; 0 would try nothing again.
    minLength: 1,
    maxLength: MOST_WAITING,
    mode: 0o600,
    // Of texts the library makes bytes three times: to count them, to write them, and to see what was not written.
    contentMode: 'buffer',
  });
  const { failing } = tolerate(sink, file ?? 'on standard output');
  let over = false;
  // What is logged after the end is lost; it must not end the process in another way than it was to end.
  const lines = new LogLines((some) => {
    if (!over) sink.write(Buffer.from(some) as unknown as string); // its type knows of texts alone
  });
  const timer = setInterval(() => {
    lines.flush();
    if (failing()) sink.flush();
  }, 500).unref();
  const shape = { level, base: null, timestamp: timeMember, formatters: { level: named } };
  const log = pino({ ...shape, redact: { paths: PLACES, censor: '[removed]' } }, lines);
  // One line for each request, of fields that are known not to be secret: searching each for secrets would double its cost.
  const access = pino(shape, lines);
  return {
    log,
    access,
    flush: () => {
      clearInterval(timer);
      lines.flush();
      over = true;
      return closed(sink, failing());
    },
  };
}
