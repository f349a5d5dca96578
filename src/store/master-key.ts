import { closeSync, constants, fsyncSync, linkSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { SallyportError } from '../errors.ts';
import { denied } from '../lib/denied.ts';
import { FileUnread, folderFault, makeFolder, readText } from '../lib/files.ts';
import type { Random } from '../lib/random.ts';

const KEY_BYTES = 32;
/** Bytes that the file may hold. */
const MOST = 1024;
/** 32 bytes as unpadded base64url: 43 characters, the last of which carries four bits. */
const FORM = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\n?$/;

function refuse(detail: string, cause?: unknown): SallyportError {
  return new SallyportError('keys-unavailable', detail, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** A sentence for each way in which the file of the key can be wrong. */
function unreadable(file: string, error: FileUnread): SallyportError {
  const { reason } = error;
  if (reason === 'forbidden') return refuse(denied(`The master key file ${file}`, file, 'read'), error);
  const remedy = {
    'open-to-others': `is open to others; run: chmod 600 ${file}`,
    'no-file': 'is not a file; name a file.',
    'too-large': 'does not hold a key of 32 bytes; restore it from your backup.',
    unreadable: `cannot be read (${codeOf(error.cause)}); restore it from your backup.`,
    absent: 'is missing; restore it from your backup.',
  }[reason];
  return refuse(`The master key file ${file} ${remedy}`, error);
}

/** undefined: there is no such file. */
function read(file: string): Uint8Array | undefined {
  try {
    const text = readText(file, { most: MOST, closedTo: 0o077 });
    if (!FORM.test(text))
      throw refuse(`The master key file ${file} does not hold a key of 32 bytes; restore it from your backup.`);
    return Buffer.from(text.trim(), 'base64url');
  } catch (error) {
    if (!(error instanceof FileUnread)) throw error;
    if (error.reason === 'absent') return undefined;
    throw unreadable(file, error);
  }
}

/** Why the key in a file cannot be used; undefined when it can, or when there is none yet. */
export function masterKeyFault(file: string): string | undefined {
  try {
    read(file);
    return undefined;
  } catch (error) {
    if (error instanceof SallyportError) return error.message;
    throw error;
  }
}

/** Writes a new key. The file appears under its name complete or not at all, and never in place of another one. */
function create(file: string, random: Random): void {
  const folder = dirname(file);
  makeFolder(folder);
  const draft = `${file}.${Buffer.from(random(6)).toString('hex')}`;
  const fd = openSync(draft, 'wx', 0o600);
  try {
    writeSync(fd, `${Buffer.from(random(KEY_BYTES)).toString('base64url')}\n`);
    fsyncSync(fd);
    linkSync(draft, file);
  } catch (error) {
    // Another process was first: its key is the key.
    if (codeOf(error) !== 'EEXIST') throw error;
  } finally {
    closeSync(fd);
    unlinkSync(draft);
  }
  const dir = openSync(folder, constants.O_RDONLY);
  fsyncSync(dir);
  closeSync(dir);
}

/**
 * The master key, 32 bytes, from its file (base64url and a newline, mode 0600). When there is no file it is created if
 * `create` allows; otherwise, and for a file that others can read or that holds no key, throws `keys-unavailable`.
 */
export function loadMasterKey(file: string, options: { create: boolean; random: Random }): Uint8Array {
  const present = read(file);
  if (present !== undefined) return present;
  if (!options.create) {
    throw refuse(
      `The master key file ${file} is missing, but the database was sealed with it; restore it from your backup.`,
    );
  }
  try {
    create(file, options.random);
  } catch (error) {
    throw refuse(folderFault('The folder of the master key', dirname(file), error), error);
  }
  const created = read(file);
  if (created === undefined) throw refuse(`The master key file ${file} vanished while it was created.`);
  return created;
}
