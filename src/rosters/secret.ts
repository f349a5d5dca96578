import { FileUnread, readText } from '../lib/files.ts';
import { RosterFault } from './fault.ts';

const MOST = 65_536;

/** The one line of a file that holds a secret. Throws RosterFault. */
export function secretIn(file: string): string {
  try {
    const secret = readText(file, { most: MOST, closedTo: 0o007 }).replace(/\r?\n$/, '');
    if (secret !== '' && !/[\0-\x1f\x7f]/.test(secret)) return secret;
  } catch (error) {
    throw new RosterFault(error instanceof FileUnread ? error.message : `${file} cannot be read.`, error);
  }
  throw new RosterFault(`${file} must hold the secret in one line.`);
}

/** The authority of whom a list is asked. Throws RosterFault. */
export function authorityIn(file: string): string {
  try {
    return readText(file, { most: 1_048_576 });
  } catch (error) {
    throw new RosterFault(error instanceof FileUnread ? error.message : `${file} cannot be read.`, error);
  }
}
