import { accessSync, constants, lstatSync, mkdirSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { denied, isDenied, upwards, userName } from './denied.ts';
import { bytesAt, FileUnread, type Reading } from './whole.ts';

export { FileUnread } from './whole.ts';

/**
 * The only place where files are read whole and folders are made (a test says so; the bytes are read in whole.ts): everything
 * here ends, whatever stands at the path. A FIFO is not waited for, a device is not read, a file larger than allowed is not taken in.
 */

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

function unread(file: string, error: unknown): FileUnread {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return new FileUnread('absent', `There is no file ${file}.`, error);
  if (isDenied(error)) return new FileUnread('forbidden', denied(file, file, 'read'), error);
  if (code === 'ENXIO') return new FileUnread('no-file', `${file} is not a file.`, error);
  return new FileUnread('unreadable', `${file} cannot be read (${code}).`, error);
}

/** The bytes of a file. Throws FileUnread. */
export function readWhole(file: string, reading: Reading): Buffer {
  try {
    return bytesAt(file, reading);
  } catch (error) {
    throw error instanceof FileUnread ? error : unread(file, error);
  }
}

/** The same as text. Throws FileUnread, also for what is not UTF-8. */
export function readText(file: string, reading: Reading): string {
  const bytes = readWhole(file, reading);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new FileUnread('unreadable', `${file} is not text in UTF-8.`, error);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

/**
 * Makes a folder (0700) and those above it that are missing. One try for each: `mkdir` with `recursive` tries for ever
 * below /proc, in native code. Throws the system's error.
 */
export function makeFolder(folder: string): void {
  for (const each of upwards(folder)) {
    if (isFolder(each)) continue;
    try {
      mkdirSync(each, { mode: 0o700 });
    } catch (error) {
      // Another process was first.
      if (!isFolder(each)) throw error;
    }
  }
}

/** One sentence with the remedy for a folder that cannot be made or written; `what` names it, such as `The data folder`. */
export function folderFault(what: string, folder: string, error: unknown): string {
  const code = codeOf(error);
  const user = userName();
  const it = `${what} ${folder}`;
  if (isDenied(error)) return denied(it, folder, 'written');
  switch (code) {
    case 'EROFS':
      return `${it} is on a file system that is read-only. Name a folder that the user ${user} may write, or mount it to be written.`;
    case 'ENOSPC':
    case 'EDQUOT':
      return `There is no room left on the disk of ${folder}. Make room for the user ${user}, or name a folder on another disk.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `${it} is, or is inside, something that is not a folder. Name a folder that the user ${user} may write.`;
    case 'ENOENT':
      return `${it} does not exist and cannot be made there. Name a folder that the user ${user} may write.`;
    default:
      return `${it} cannot be used by the user ${user} (${code}). Name a folder that this user may write.`;
  }
}

function present(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}

/** What stands in the way of writing to a folder that is there, or of making one that is not; nothing is changed. */
export function folderState(what: string, folder: string): { fault: string } | { absent: boolean } {
  try {
    const nearest = upwards(folder).findLast((each) => present(each)) ?? '/';
    // A link that leads nowhere, or to itself, throws here.
    if (!statSync(nearest).isDirectory()) throw Object.assign(new Error(), { code: 'ENOTDIR' });
    accessSync(nearest, constants.W_OK | constants.X_OK);
    const absent = nearest !== resolve(folder);
    // The kernel's own file systems say that anything may be written, and take nothing.
    if (/^\/(?:proc|sys)(?:\/|$)/.test(nearest)) throw Object.assign(new Error(), { code: 'ENOENT' });
    return { absent };
  } catch (error) {
    return { fault: folderFault(what, folder, error) };
  }
}
