import { writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { denied, isDenied } from '../lib/denied.ts';
import { readText } from '../lib/files.ts';
import { createFile } from './sqlite-file.ts';

/** Who serves from a folder, as it said itself. */
export interface Holder {
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

export interface FolderLock {
  release(): void;
}

export type Locked = { readonly lock: FolderLock } | { readonly holder: Holder | null } | { readonly failure: unknown };

const SQLITE_BUSY = 5;

function readHolder(path: string): Holder | null {
  try {
    const value: unknown = JSON.parse(readText(path, { most: 200 }));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('since' in value)) return null;
    const { pid, since } = value;
    return Number.isSafeInteger(pid) && Number.isSafeInteger(since) ? { pid: Number(pid), since: Number(since) } : null;
  } catch {
    return null;
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY;
}

/**
 * Takes the lock at `path` for this process, as long as it lives: an exclusive transaction on a database without a table,
 * whose lock the kernel lets go of with the process (fcntl), be it by `kill -9`. So there is no stale one, and what is
 * written beside it only tells who holds it. Never waits and never throws.
 */
export function lockFolder(path: string, now: number): Locked {
  let db: DatabaseSync | undefined;
  try {
    createFile(path);
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('begin exclusive');
    writeFileSync(`${path}.holder`, JSON.stringify({ pid: process.pid, since: now }), { mode: 0o600 });
    const held = db;
    return { lock: { release: () => held.close() } };
  } catch (failure) {
    db?.close();
    if (isBusy(failure)) return { holder: readHolder(`${path}.holder`) };
    const file = `${path}.holder`;
    return { failure: isDenied(failure) ? new Error(denied(file, file, 'written')) : failure };
  }
}
