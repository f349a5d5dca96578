import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import pg from 'pg';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { type Database, type Feed, NODE_TIMES, type NodeTimes } from './database.ts';
import { followPostgres } from './postgres-feed.ts';
import { callRoll } from './postgres-nodes.ts';
import type { Schema } from './schema.ts';

const CONNECTIONS = 10;
/** Nothing waits longer than this for the network to answer. */
const CONNECT_MS = 2000;
const QUERY_MS = 5000;
/** A node that died in the middle of a transaction frees its locks. */
const IDLE_IN_TRANSACTION_MS = 10_000;

const INT8 = 20;
/** bigint as number: ours are moments, counts and sequences, all below 2^53. */
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser, // overloads
};

/** Options of every connection. Throws `store-unavailable` without quoting the URL, which may hold a password. */
export function clientConfig(url: string, password: string | undefined): pg.ClientConfig {
  if (!URL.canParse(url)) throw new SallyportError('store-unavailable', 'The address of the database is not a URL.');
  return {
    connectionString: url,
    ...(password === undefined ? {} : { password }),
    types,
    application_name: 'sallyport',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: QUERY_MS,
    statement_timeout: QUERY_MS,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_MS,
    keepAlive: true,
  };
}

/** Errors that the server itself reported have a five-character SQLSTATE; after any other one the connection is suspect. */
function fromServer(error: unknown): boolean {
  return error instanceof pg.DatabaseError && error.code !== undefined && !error.code.startsWith('57P');
}

/**
 * A client that is not put back into the pool once a query has timed out or the connection broke: the late answer would
 * otherwise be waited for by whoever takes it next.
 */
function lend(client: pg.PoolClient): PostgresPoolClient {
  let broken = false;
  // The pool listens to idle clients alone. A lent one that breaks between two queries would end this process; so the
  // next query says it.
  const lost = () => {
    broken = true;
  };
  client.on('error', lost);
  const query = async (text: string, parameters: readonly unknown[]) => {
    try {
      return await client.query(text, [...parameters]);
    } catch (error) {
      if (!fromServer(error)) broken = true;
      throw error;
    }
  };
  // kysely's interface is generic in the row and overloaded for cursors, which we do not use.
  return {
    query: query as unknown as PostgresPoolClient['query'],
    release: (destroy) => {
      client.off('error', lost);
      client.release(broken || destroy === true);
    },
  };
}

/**
 * Opens a PostgreSQL database; connections are made when needed and made anew after a fault. `password` is for URLs
 * without one.
 */
export function openPostgres(url: string, deps: { clock: Clock; password?: string; nodes?: NodeTimes }): Database {
  const { clock, nodes: times = NODE_TIMES } = deps;
  const config = clientConfig(url, deps.password);
  const pool = new pg.Pool({ ...config, max: CONNECTIONS });
  // An idle connection that breaks is not an event of its own: the next query says so, or connects anew.
  pool.on('error', () => {});
  // Between the pool's listener and that of whoever has it lent a client has none, and one read may hold both that the server is ready
  // and that it ends: nobody would hear the error, and the process would end. The next query says it.
  pool.on('connect', (client) => client.on('error', () => {}));
  const lending: PostgresPool = {
    connect: async () => lend(await pool.connect()),
    end: async () => {
      if (!pool.ending) await pool.end();
    },
    options: {},
  };
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: lending }), plugins: [new CamelCasePlugin()] });
  const feeds = new Set<Feed & { poll(): void }>();
  return {
    kind: 'postgres',
    db,
    wake: () => {
      for (const feed of feeds) feed.poll();
    },
    follow: async (listener) => {
      const stopped = () => feeds.delete(feed);
      const feed = await followPostgres({ config, clock, times, db, listener, stopped });
      feeds.add(feed);
      return feed;
    },
    settle: (since) => callRoll(db, times.trustMs, since),
    close: async () => {
      await Promise.all([...feeds].map((feed) => feed.stop()));
      await db.destroy();
      await lending.end();
    },
  };
}
