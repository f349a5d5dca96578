import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import { denied, isDenied, reachable } from '../lib/denied.ts';
import { FileUnread, folderFault, folderState, readText } from '../lib/files.ts';
import type { Finding } from './source.ts';
import type { Config } from './types.ts';

/** What the places that are written to come to: faults, and what is worth knowing before the first start. */
export interface Places {
  readonly faults: readonly Finding[];
  readonly notes: readonly Finding[];
}

type Place = Readonly<{ path: readonly string[]; what: string; folder: string }>;

function placesOf({ dataDir, masterKeyFile, store }: Written): Place[] {
  const all = [
    { path: ['data'], what: 'The data folder', folder: dataDir },
    ...(store.kind === 'sqlite'
      ? [{ path: ['store'], what: 'The folder of the database', folder: dirname(store.path) }]
      : []),
    { path: ['master_key'], what: 'The folder of the master key', folder: dirname(masterKeyFile) },
  ];
  return all.filter((place, i) => all.findIndex(({ folder }) => folder === place.folder) === i);
}

/** A database that is there and cannot be written, in a folder that can. */
function databaseFault({ store }: Pick<Config, 'store'>): Finding[] {
  if (store.kind !== 'sqlite') return [];
  const path = ['store'];
  const stats = reachable(store.path);
  if (stats === undefined) return [];
  if (!stats.isFile())
    return [{ path, message: `The database ${store.path} is not a file. Move it away, or name another.` }];
  try {
    accessSync(store.path, constants.R_OK | constants.W_OK);
    return [];
  } catch (error) {
    const database = `The database ${store.path}`;
    if (isDenied(error)) return [{ path, message: denied(database, store.path, 'written') }];
    return [{ path, message: folderFault('The database', store.path, error) }];
  }
}

/** A folder that is missing is made by the start; one that is named wrongly would be made too, and be empty. */
function absence({ what, folder }: Place): string {
  return `${what} ${folder} does not exist yet. The first start makes it, as the user that runs it; if there was one before, mend the name.`;
}

/** A key that is there and cannot be used. A server says this itself, in the words of its start. */
function keyFault(file: string): Finding[] {
  try {
    readText(file, { most: 1024, closedTo: 0o077 });
    return [];
  } catch (error) {
    if (!(error instanceof FileUnread)) throw error;
    return error.reason === 'absent' ? [] : [{ path: ['master_key'], message: error.message }];
  }
}

type Written = Pick<Config, 'dataDir' | 'masterKeyFile' | 'store'>;

/** Whether everything that is written at run time can be written by this user. Changes nothing. */
export function checkPlaces(config: Written, what: 'folders' | 'key-too'): Places {
  const faults: Finding[] = [];
  const notes: Finding[] = [];
  for (const place of placesOf(config)) {
    // A key of one's own place is read there and need not be written, once it is there.
    if (place.path[0] === 'master_key' && reachable(config.masterKeyFile) !== undefined) continue;
    const state = folderState(place.what, place.folder);
    if ('fault' in state) faults.push({ path: place.path, message: state.fault });
    else if (state.absent) notes.push({ path: place.path, message: absence(place) });
  }
  // What is wrong with a file follows from what is wrong with its folder.
  if (faults.length === 0)
    faults.push(...databaseFault(config), ...(what === 'key-too' ? keyFault(config.masterKeyFile) : []));
  return { faults, notes };
}
