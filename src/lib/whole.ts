import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';

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

/** The bytes of a file; judged and read through one descriptor, so that what is judged is what is read. Throws FileUnread, or the system's error. */
export function bytesAt(file: string, reading: Reading): Buffer {
  // Without O_NONBLOCK opening a FIFO waits, in native code that no signal handler interrupts, for somebody to write.
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    judge(file, fstatSync(fd), reading);
    return bytesOf(fd, file, reading.most);
  } finally {
    closeSync(fd);
  }
}
