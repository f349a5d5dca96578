import type { RosterSource } from '../config/types.ts';
import { FileUnread, readWhole } from '../lib/files.ts';
import { MOST_BYTES, RosterFault } from './fault.ts';

async function namesInFile(path: string, column: string | null): Promise<readonly string[]> {
  const { namesInBytes } = await import('./csv.ts');
  try {
    return await namesInBytes(readWhole(path, { most: MOST_BYTES }), column);
  } catch (error) {
    if (error instanceof FileUnread) throw new RosterFault(error.message, error);
    throw error;
  }
}

/** Reads an app's own list of accounts: each name once, sorted. Throws RosterFault, within some minutes. Who needs a client of it loads it. */
export async function readRoster(source: RosterSource, column: string | null): Promise<readonly string[]> {
  switch (source.kind) {
    case 'file':
      return namesInFile(source.path, column);
    case 'url':
      return (await import('./url.ts')).namesAtUrl(source, column);
    case 'sqlite':
      return (await import('./sqlite.ts')).namesInSqlite(source, column);
    case 'postgres':
      return (await import('./postgres.ts')).namesInPostgres(source, column);
    case 'ldap':
      return (await import('./ldap.ts')).namesInDirectory(source, column);
    default:
      return source satisfies never;
  }
}
