import {
  accessSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, resolve } from 'node:path';

/**
 * The only place where files are read whole and folders are made (a test says so): everything here ends, whatever stands
 * at the path. A FIFO is not waited for, a device is not read, a file larger than allowed is not taken in.
 */

export type Unread = 'absent' | 'forbidden' | 'no-file' | 'too-large' | 'open-to-others' | 'unreadable';

/** Why a file was not read; the message is a sentence with the remedy, and never quotes the content. */
export class FileUnread extends Error {
  readonly reason: Unread;

  constructor(reason: Unread, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'FileUnread';
    this.reason = reason;
  }
}

export interface Reading {
  /** The most bytes that the file may hold. */
  readonly most: number;
  /** Bits of the mode that must not be set, such as 0o077 for a key. */
  readonly closedTo?: number;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** The user that this process runs as, as an operator knows it; a user without a name has a number. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // Containers may run as a number that no account has.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

function unread(file: string, error: unknown): FileUnread {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return new FileUnread('absent', `There is no file ${file}.`, error);
  if (code === 'EACCES' || code === 'EPERM')
    return new FileUnread(
      'forbidden',
      `${file} cannot be read by the user that runs Sallyport (${userName()}).`,
      error,
    );
  if (code === 'ENXIO') return new FileUnread('no-file', `${file} is not a file.`, error);
  return new FileUnread('unreadable', `${file} cannot be read (${code}).`, error);
}

function sizeText(bytes: number): string {
  return bytes >= 1_048_576 ? `${Math.floor(bytes / 1_048_576)} MiB` : `${Math.floor(bytes / 1024)} KiB`;
}

function judge(file: string, stats: Stats, { most, closedTo = 0 }: Reading): void {
  if (!stats.isFile()) throw new FileUnread('no-file', `${file} is not a file.`);
  if ((stats.mode & closedTo) !== 0) {
    const [who, run] =
      closedTo === 0o077
        ? ['open to others', `chmod 600 ${file}`]
        : ['open to every user of this machine', `chmod o-rwx ${file}`];
    throw new FileUnread('open-to-others', `${file} is ${who}. Run: ${run}`);
  }
  if (stats.size > most) throw tooLarge(file, most);
}

function tooLarge(file: string, most: number): FileUnread {
  return new FileUnread('too-large', `${file} is too large for what it should hold: at most ${sizeText(most)}.`);
}

/** Some files say that they are empty and are not (/proc): so what is read is counted as well. */
function bytesOf(fd: number, file: string, most: number): Buffer {
  const chunks: Buffer[] = [];
  let total = 0;
  for (;;) {
    const chunk = Buffer.allocUnsafe(Math.min(65_536, most + 1));
    const read = readSync(fd, chunk);
    if (read === 0) return Buffer.concat(chunks, total);
    total += read;
    if (total > most) throw tooLarge(file, most);
    chunks.push(chunk.subarray(0, read));
  }
}

/** The bytes of a file; judged and read through one descriptor, so that what is judged is what is read. Throws FileUnread. */
export function readWhole(file: string, reading: Reading): Buffer {
  let fd: number | undefined;
  try {
    // Without O_NONBLOCK opening a FIFO waits, in native code that no signal handler interrupts, for somebody to write.
    fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    judge(file, fstatSync(fd), reading);
    return bytesOf(fd, file, reading.most);
  } catch (error) {
    throw error instanceof FileUnread ? error : unread(file, error);
  } finally {
    if (fd !== undefined) closeSync(fd);
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

/** The folders from the top down to this one. */
function upwards(folder: string): string[] {
  const all = [resolve(folder)];
  for (let at = all[0] ?? '/'; dirname(at) !== at; at = dirname(at)) all.unshift(dirname(at));
  return all;
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
  switch (code) {
    case 'EACCES':
    case 'EPERM':
      return `${it} cannot be written by the user that runs Sallyport (${user}). Make it that user's own: chown ${user} ${folder}`;
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
