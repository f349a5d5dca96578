import { Worker } from 'node:worker_threads';
import type { RosterSource } from '../config/types.ts';
import { MOST_MS, RosterFault } from './fault.ts';
import type { SqliteTold } from './sqlite-worker.ts';

type Source = Extract<RosterSource, { kind: 'sqlite' }>;

const HEAP_MB = 256;

/**
 * Asks a file of SQLite, opened to be read alone, in a thread of its own: its library answers at once or not at all, and everybody else
 * has turns meanwhile. Throws RosterFault, within two minutes.
 */
export async function namesInSqlite(
  { path, query }: Source,
  column: string | null,
  mostMs = MOST_MS,
): Promise<readonly string[]> {
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: { path, query, column },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  const told = Promise.withResolvers<SqliteTold>();
  const late = setTimeout(() => told.resolve({ fault: 'The database of the app takes too long to answer.' }), mostMs);
  worker.once('message', (answer: SqliteTold) => told.resolve(answer));
  worker.once('error', (error) => told.reject(new RosterFault('The database of the app cannot be read.', error)));
  try {
    const answer = await told.promise;
    if ('fault' in answer) throw new RosterFault(answer.fault);
    return answer.names;
  } finally {
    clearTimeout(late);
    worker.unref();
    // Within a step of the query it ends when that does; nobody waits for it.
    void worker.terminate();
  }
}
