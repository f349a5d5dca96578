import { closeSync, constants, createReadStream, fstatSync, openSync, type ReadStream } from 'node:fs';
import { FileUnread } from './whole.ts';

const PIECE = 256 * 1024;

/**
 * The bytes of a file of any length, in pieces; its reader bounds what it keeps. A FIFO is not waited for and a device is not read:
 * throws FileUnread (`no-file`), or the system's error.
 */
export function streamOf(file: string): ReadStream {
  const fd = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!fstatSync(fd).isFile()) {
    closeSync(fd);
    throw new FileUnread('no-file', `${file} is not a file.`);
  }
  return createReadStream('', { fd, highWaterMark: PIECE });
}
