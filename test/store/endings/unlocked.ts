import type { KyselyPlugin, OperationNode } from 'kysely';
import type { Database } from '../../../src/store/database.ts';
import type { WholeStore } from '../../../src/store/types.ts';

/** Something that is taken away from an operation, to see that the table tells. */
export interface Removal {
  database(database: Database): Database;
  store(store: WholeStore): WholeStore;
}

export const AS_IT_IS: Removal = { database: (database) => database, store: (store) => store };

/** Every statement is committed by itself, and nobody waits: what was read before may be old. */
export const WITHOUT_TRANSACTION: Removal = {
  database: (database) => database,
  store: (store) => ({
    ...store,
    transaction: (work) => work(store),
    underAccount: async (id, work) => work(store, await store.accounts.byId(id)),
    underAccounts: async (ids, work) => {
      const rows = await Promise.all(ids.map((id) => store.accounts.byId(id)));
      return work(store, new Map(rows.flatMap((row) => (row === undefined ? [] : [[row.id, row] as const]))));
    },
    underApps: (_which, work) => work(store),
  }),
};

/** As read, and not held: `SELECT … FOR UPDATE` without its last two words. */
const reading: KyselyPlugin = {
  transformQuery: ({ node }) => {
    if (node.kind !== 'SelectQueryNode') return node;
    const locks: readonly OperationNode[] | undefined = node.endModifiers;
    if (locks === undefined) return node;
    const { endModifiers: _locks, ...rest } = node;
    return rest;
  },
  transformResult: async ({ result }) => result,
};

/** All of the transaction, but for the lock that comes first (PostgreSQL; SQLite has one writer in any case). */
export const WITHOUT_LOCK: Removal = {
  database: (database) => ({ ...database, db: database.db.withPlugin(reading) }),
  store: (store) => store,
};

function noting<P extends object>(parts: P, made: Set<string>): P {
  const noted = Object.entries(parts).map(([part, methods]: [string, unknown]) => {
    if (typeof methods !== 'object' || methods === null) return [part, methods];
    const get = (of: object, method: string | symbol): unknown => {
      made.add(`${part}.${String(method)}`);
      return Reflect.get(of, method);
    };
    return [part, new Proxy(methods, { get })];
  });
  return Object.fromEntries(noted) as P; // the same parts
}

/** Nothing is taken away; which methods of the store are asked is written down, as `part.method`. */
export function noticing(made: Set<string>): Removal {
  return {
    database: (database) => database,
    store: (store) => ({
      ...noting(store, made),
      transaction: (work) => store.transaction((tx) => work(noting(tx, made))),
      underAccount: (id, work) => store.underAccount(id, (tx, account) => work(noting(tx, made), account)),
      underAccounts: (ids, work) => store.underAccounts(ids, (tx, accounts) => work(noting(tx, made), accounts)),
      underApps: (which, work) => store.underApps(which, (tx) => work(noting(tx, made))),
    }),
  };
}
