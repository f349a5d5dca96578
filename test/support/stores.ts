import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import type { Config } from '../../src/config/types.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { openStore } from '../../src/store/open.ts';
import type { WholeStore as Store } from '../../src/store/types.ts';
import { atEndOfFile } from './end-of-file.ts';
import { onServer, type Postgres, type PostgresServer, startPostgres } from './postgres.ts';

let shared: Promise<Postgres> | undefined;
let own: Promise<PostgresServer> | undefined;

/** A PostgreSQL server for this test file: the one of the run, or one of its own, started at first use. */
export function postgres(): Promise<Postgres> {
  closeAtEnd();
  const url = process.env['TEST_POSTGRES'];
  shared ??= url === undefined ? ownPostgres() : Promise.resolve(onServer(url));
  return shared;
}

/** One that nobody else uses, so that it can be stopped and started. */
export function ownPostgres(): Promise<PostgresServer> {
  closeAtEnd();
  own ??= startPostgres();
  return own;
}

let first: (() => Promise<unknown>)[] = [];
let due = false;

/** Closes something of this test file after its last test, before the server of the databases is stopped. */
export function closeFirst(close: () => Promise<unknown>): void {
  closeAtEnd();
  first.push(close);
}

function closeAtEnd(): void {
  if (due) return;
  due = true;
  atEndOfFile(close);
}

async function close(): Promise<void> {
  const [theShared, theOwn, all] = [shared, own, first];
  [shared, own, first, due] = [undefined, undefined, [], false];
  for (const each of all) await each();
  if (theShared !== undefined && theShared !== theOwn) await (await theShared).stop();
  if (theOwn !== undefined) await (await theOwn).stop();
}

/** An empty store of its own for one test. */
export async function freshConfig(t: TestContext, kind: Config['store']['kind']): Promise<Config['store']> {
  if (kind === 'postgres') return { kind, url: await (await postgres()).schema() };
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-store-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return { kind, path: join(folder, 'data', 'sallyport.db') };
}

/** The same with our schema in it, as a start finds it: what is tested there is not the migrating. */
async function migratedConfig(t: TestContext, kind: Config['store']['kind']): Promise<Config['store']> {
  if (kind === 'sqlite') return freshConfig(t, kind);
  const server = await postgres();
  const url = await server.migrated();
  t.after(() => server.giveBack(url));
  return { kind, url };
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
      const config = await migratedConfig(t, kind);
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
