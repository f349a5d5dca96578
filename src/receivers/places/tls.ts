import type { SecureContextOptions } from 'node:tls';
import type { TlsFiles } from '../../config/record-types.ts';
import { FileUnread, readText } from '../../lib/files.ts';
import { NotTaken } from '../types.ts';

const MAX_PEM = 1_048_576;

/** The text of a file that the configuration names; what is wrong with it is told without its path and content. */
export function fileText(what: string, path: string, closedTo = 0): string {
  try {
    return readText(path, { most: MAX_PEM, closedTo });
  } catch (error) {
    throw new NotTaken(`${what} ${error instanceof FileUnread ? error.reason : 'unreadable'}`);
  }
}

/** How the other end is known, and we to it: read for each connection, so that files can be replaced. Throws `NotTaken`. */
export function tlsOf({ ca, client }: TlsFiles): SecureContextOptions & { readonly rejectUnauthorized: true } {
  return {
    // Said outright, so that no environment can switch it off.
    rejectUnauthorized: true,
    minVersion: 'TLSv1.2',
    ...(ca === null ? {} : { ca: fileText('certificate file', ca) }),
    ...(client === null
      ? {}
      : { cert: fileText('certificate file', client.cert), key: fileText('key file', client.key, 0o007) }),
  };
}
