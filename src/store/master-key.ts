import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { SallyportError } from '../errors.ts';
import type { Random } from '../lib/random.ts';

const KEY_BYTES = 32;
/** 32 bytes as unpadded base64url: 43 characters, the last of which carries four bits. */
const FORM = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]\n?$/;

function refuse(detail: string, cause?: unknown): SallyportError {
  return new SallyportError('keys-unavailable', detail, { cause });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}

/** undefined: there is no such file. */
function read(file: string): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync(file, constants.O_RDONLY);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw refuse(
      `The master key file ${file} cannot be read (${codeOf(error)}); make it readable for this user.`,
      error,
    );
  }
  try {
    // Judged and read through one descriptor: what is judged is what is read.
    const stat = fstatSync(fd);
    if (!stat.isFile()) throw refuse(`The master key file ${file} is not a file; name a file.`);
    if ((stat.mode & 0o077) !== 0)
      throw refuse(`The master key file ${file} is open to others; run: chmod 600 ${file}`);
    const text = readFileSync(fd, 'utf8');
    if (!FORM.test(text))
      throw refuse(`The master key file ${file} does not hold a key of 32 bytes; restore it from your backup.`);
    return Buffer.from(text.trim(), 'base64url');
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    throw refuse(`The master key file ${file} cannot be read (${codeOf(error)}).`, error);
  } finally {
    closeSync(fd);
  }
}

/** Writes a new key. The file appears under its name complete or not at all, and never in place of another one. */
function create(file: string, random: Random): void {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
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
    throw refuse(`The master key file ${file} cannot be created (${codeOf(error)}); make its folder writable.`, error);
  }
  const created = read(file);
  if (created === undefined) throw refuse(`The master key file ${file} vanished while it was created.`);
  return created;
}
