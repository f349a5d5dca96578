import { dirname } from 'node:path';
import { type Logger, pino } from 'pino';
import { folderFault, makeFolder } from '../lib/files.ts';
import { CommandRefused } from './exit.ts';

const SECRETS = ['password', 'code', 'cookie', 'secret', 'ticket', 'authorization'];

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

/**
 * JSON lines to a file or, with null, to standard output; written in the background so that no request waits for them.
 * Nothing secret is ever handed to it; the names below are a second net.
 */
export function createLog(level: string, file: string | null): { log: Logger; access: Logger; flush: () => void } {
  if (file !== null) folderOf(file);
  const sink = pino.destination({ dest: file ?? 1, sync: false, minLength: 8192, mode: 0o600 });
  const timer = setInterval(() => sink.flush(), 500).unref();
  const shape = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } };
  const log = pino(
    { ...shape, redact: { paths: SECRETS.flatMap((name) => [name, `*.${name}`]), censor: '[removed]' } },
    sink,
  );
  // One line for each request, of fields that are known not to be secret: searching each for secrets would double its cost.
  const access = pino(shape, sink);
  return {
    log,
    access,
    flush: () => {
      clearInterval(timer);
      try {
        sink.flushSync();
      } catch {
        // The file was never opened: there is nothing to lose.
      }
    },
  };
}
