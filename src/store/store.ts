import { AsyncLocalStorage } from 'node:async_hooks';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { accountStore } from './accounts.ts';
import { appNameStore } from './app-names.ts';
import { auditStore } from './audit.ts';
import { authenticatorStore } from './authenticators.ts';
import { challengeStore } from './challenges.ts';
import { writeChanges } from './changes.ts';
import type { Database, Scope, Tx } from './database.ts';
import { guarded, storeFault } from './fault.ts';
import { holdStore } from './holds.ts';
import { jarStore } from './jars.ts';
import { keyStore } from './keys.ts';
import { metaStore } from './meta.ts';
import { noticeStore } from './notices.ts';
import { pendingStore } from './pendings.ts';
import { sessionStore } from './sessions.ts';
import { throttleStore } from './throttles.ts';
import { ticketStore } from './tickets.ts';
import type { Change, Store, StoreParts } from './types.ts';

type Around = <T>(work: () => Promise<T>) => Promise<T>;

/** The same part, every method of it run inside `around`. */
function wrap<P extends object>(part: P, around: Around): P {
  const wrapped: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(part)) {
    // Every member of a part is an asynchronous method (types.ts).
    const call = method as (...args: unknown[]) => Promise<unknown>;
    wrapped[name] = (...args: unknown[]) => around(async () => call(...args));
  }
  // The same names with the same signatures.
  return wrapped as P;
}

function parts(scope: Scope, around: Around): StoreParts {
  return {
    accounts: wrap(accountStore(scope), around),
    authenticators: wrap(authenticatorStore(scope), around),
    tickets: wrap(ticketStore(scope), around),
    pendings: wrap(pendingStore(scope), around),
    challenges: wrap(challengeStore(scope), around),
    notices: wrap(noticeStore(scope), around),
    sessions: wrap(sessionStore(scope), around),
    jars: wrap(jarStore(scope), around),
    holds: wrap(holdStore(scope), around),
    appNames: wrap(appNameStore(scope), around),
    keys: wrap(keyStore(scope), around),
    throttles: wrap(throttleStore(scope), around),
    audit: wrap(auditStore(scope), around),
  };
}

/** The Store on an open, migrated database. Every failure of the driver is `store-unavailable`. */
export function createStore(database: Database, clock: Clock): Store {
  const { db } = database;
  const inside = new AsyncLocalStorage<{ over: boolean }>();

  /** One transaction; the announcements are written last, and own feeds are woken before the caller goes on. */
  async function write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const changes: Change[] = [];
    const result = await db.transaction().execute(async (transaction) => {
      const done = await work({
        db: transaction,
        announce: (topic, refs) => {
          for (const ref of refs) changes.push({ topic, ref });
        },
      });
      await writeChanges(transaction, database.kind, changes, clock.now());
      return done;
    });
    if (changes.length > 0) database.wake();
    return result;
  }

  /** A call on the store itself within its own transaction would wait for that transaction, for ever. */
  const outside: Around = (work) =>
    guarded(async () => {
      if (inside.getStore()?.over === false) {
        throw new SallyportError('internal', 'Within a transaction the store is used through the parts it was given.');
      }
      return work();
    });

  function transaction<T>(work: (tx: StoreParts) => Promise<T>): Promise<T> {
    let own: { error: unknown } | undefined;
    const run = () =>
      write(async (tx) => {
        const state = { over: false };
        try {
          const scope: Scope = { db: tx.db, write: (inner) => inner(tx) };
          return await inside.run(state, () => work(parts(scope, guarded)));
        } catch (error) {
          own = { error };
          throw error;
        } finally {
          state.over = true;
        }
      });
    return outside(async () => {
      try {
        return { value: await run() };
      } catch (error) {
        // What the caller's work threw is the caller's; all else is the driver's.
        if (own !== undefined && own.error === error) return { thrown: error };
        throw storeFault(error);
      }
    }).then((outcome) => {
      if ('thrown' in outcome) throw outcome.thrown;
      return outcome.value;
    });
  }

  return {
    ...parts({ db, write }, outside),
    meta: wrap(metaStore({ db, write }), outside),
    transaction,
    watch: (listener) => guarded(() => database.follow(listener)),
    ping: () => outside(() => ping(database, clock)),
    close: () => guarded(() => database.close()),
  };
}

/** A real write: a full disk, a read-only file or a standby server answers reads all the same. */
async function ping({ db }: Database, clock: Clock): Promise<void> {
  const value = String(clock.now());
  await db
    .insertInto('meta')
    .values({ name: 'ping', value })
    .onConflict((c) => c.column('name').doUpdateSet({ value }))
    .execute();
}
