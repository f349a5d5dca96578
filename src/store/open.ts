import type { Config } from '../config/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Database, NodeTimes } from './database.ts';
import { migrate } from './migrate.ts';
import { createStore } from './store.ts';
import type { WholeStore } from './types.ts';

export interface StoreDeps {
  readonly clock: Clock;
  /** PostgreSQL: the password, when the URL has none. */
  readonly password?: string;
  /** Default: as a configuration that says nothing of it. */
  readonly nodes?: NodeTimes;
}

/** Opens the configured database as it is, without migrating it; reads the driver of that one alone. Throws `store-unavailable`. */
export async function openDatabase(config: Config['store'], deps: StoreDeps): Promise<Database> {
  if (config.kind === 'sqlite') return (await import('./sqlite.ts')).openSqlite(config.path, deps);
  return (await import('./postgres.ts')).openPostgres(config.url, deps);
}

/** Opens and migrates the configured database. Throws `store-unavailable`. */
export async function openStore(config: Config['store'], deps: StoreDeps): Promise<WholeStore> {
  const database = await openDatabase(config, deps);
  try {
    await migrate(database, deps.clock);
    return createStore(database, deps.clock);
  } catch (error) {
    await database.close();
    throw error;
  }
}
