import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Logger, pino } from 'pino';

/**
 * JSON lines to a file or, with null, to standard output; written in the background so that no request waits for them.
 * Nothing secret is ever handed to it; the names below are a second net.
 */
export function createLog(level: string, file: string | null): { log: Logger; flush: () => void } {
  if (file !== null) mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const sink = pino.destination({ dest: file ?? 1, sync: false, minLength: 4096, mode: 0o600 });
  const timer = setInterval(() => sink.flush(), 500).unref();
  const log = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          'password',
          'code',
          'cookie',
          'secret',
          'ticket',
          'authorization',
          '*.password',
          '*.code',
          '*.cookie',
          '*.secret',
          '*.ticket',
          '*.authorization',
        ],
        censor: '[removed]',
      },
    },
    sink,
  );
  return {
    log,
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
