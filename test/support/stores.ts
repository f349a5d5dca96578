import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after, type TestContext } from 'node:test';
import type { Config } from '../../src/config/types.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open.ts';
import type { WholeStore as Store } from '../../src/store/types.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';

let server: Promise<PostgresServer> | undefined;

/** The PostgreSQL server of this test file; started at first use, stopped after the last test. */
export function postgres(): Promise<PostgresServer> {
  server ??= startPostgres();
  return server;
}

after(async () => {
  if (server !== undefined) await (await server).stop();
});

/** An empty store of its own for one test. */
export async function freshConfig(t: TestContext, kind: Config['store']['kind']): Promise<Config['store']> {
  if (kind === 'postgres') return { kind, url: await (await postgres()).schema() };
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-store-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return { kind, path: join(folder, 'data', 'sallyport.db') };
}

export interface OnStore {
  readonly t: TestContext;
  readonly config: Config['store'];
  readonly store: Store;
  /** Opens the same database once more, as another process would. Closed after the test. */
  another(clock?: Clock): Promise<Store>;
}

/** Runs one test on both databases, each time on a fresh one. */
export function eachStore(name: string, fn: (on: OnStore) => Promise<void>): void {
  for (const kind of ['sqlite', 'postgres'] as const) {
    test(`${kind}: ${name}`, async (t) => {
      const config = await freshConfig(t, kind);
      const open: Store[] = [];
      const another = async (clock: Clock = systemClock): Promise<Store> => {
        const store = await openStore(config, { clock });
        open.push(store);
        return store;
      };
      try {
        await fn({ t, config, store: await another(), another });
      } finally {
        await Promise.all(open.map((store) => store.close()));
      }
    });
  }
}
