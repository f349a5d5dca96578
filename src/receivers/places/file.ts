import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Item, Place } from '../types.ts';
import { NotTaken, notTaken } from '../types.ts';

/** Of the end of a file, bytes that are looked at: no line of ours is longer. */
const TAIL = 1_048_576;
const NEWLINE = 0x0a;

/** What the end of a file says: whether its last line is whole, and which entry of which log stands in it. */
interface Tail {
  readonly isTorn: boolean;
  readonly last: { readonly log: string; readonly index: number } | null;
}

/** By what an entry is known in either format. */
function identityOf(line: string): Tail['last'] {
  try {
    const value = JSON.parse(line) as Record<string, unknown>; // anything: each part is looked at
    const from = value['type'] === 'record.entry' ? value : Object(value['unmapped']);
    const { log, index } = from as Record<string, unknown>;
    return typeof log === 'string' && typeof index === 'number' ? { log, index } : null;
  } catch {
    return null;
  }
}

async function tailOf(file: FileHandle, size: number): Promise<Tail> {
  const bytes = Buffer.alloc(Math.min(size, TAIL));
  const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
  const isTorn = bytesRead > 0 && bytes[bytesRead - 1] !== NEWLINE;
  const lines = bytes.toString('utf8', 0, bytesRead).split('\n').slice(0, -1);
  // Heads stand between entries; a line that began before the tail is none.
  for (let i = lines.length - 1; i >= (size > TAIL ? 1 : 0); i -= 1) {
    const last = identityOf(lines[i] ?? '');
    if (last !== null) return { isTorn, last };
  }
  return { isTorn, last: null };
}

/** What is not in the file yet. */
function missing(items: readonly Item[], log: string, last: Tail['last']): readonly Item[] {
  if (last === null || last.log !== log) return items;
  return items.filter(({ seq, index }) => seq === null || index > last.index);
}

/**
 * Appends lines and waits until they are on the disk. Opened anew each time: a file that was moved away is followed by a new
 * one. A line that a crash tore is ended, and its entry written again; an entry that stands there already is not.
 */
export function lines(path: string): Place {
  return {
    async send({ items, log }, signal) {
      const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK;
      try {
        const file = await open(path, flags, 0o600);
        try {
          const stats = await file.stat();
          if (!stats.isFile()) throw new NotTaken('not a file');
          const { isTorn, last } = await tailOf(file, stats.size);
          const text = missing(items, log, last)
            .map((item) => `${item.text}\n`)
            .join('');
          signal.throwIfAborted();
          if (text !== '') await file.appendFile(isTorn ? `\n${text}` : text);
          await file.datasync();
        } finally {
          await file.close();
        }
      } catch (error) {
        throw signal.aborted ? new NotTaken('took too long') : notTaken(error);
      }
    },
    close() {},
  };
}
