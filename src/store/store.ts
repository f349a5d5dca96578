import { AsyncLocalStorage } from 'node:async_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { accountOf, accountStore } from './accounts.ts';
import { answerStore } from './answers.ts';
import { appNameStore } from './app-names.ts';
import { auditStore } from './audit.ts';
import { authenticatorStore } from './authenticators.ts';
import { challengeStore } from './challenges.ts';
import { writeChanges } from './changes.ts';
import type { Database, Scope, Tx } from './database.ts';
import { directoryStore } from './directory.ts';
import { guarded, storeFault, tied } from './fault.ts';
import { holdStore } from './holds.ts';
import { invitationStore } from './invitations.ts';
import { jarStore } from './jars.ts';
import { keyStore } from './keys.ts';
import { lockDownStore } from './lock-down.ts';
import { lockAccount, lockAccounts, lockApps } from './locks.ts';
import { logStore } from './log.ts';
import { lookStore } from './looks.ts';
import { metaStore } from './meta.ts';
import { noticeStore } from './notices.ts';
import { streamStore } from './open-streams.ts';
import { organisationStore } from './organisations.ts';
import { pendingStore } from './pendings.ts';
import { proposalStore } from './proposals.ts';
import { rosterStore } from './rosters.ts';
import { sessionStore } from './sessions.ts';
import { throttleStore } from './throttles.ts';
import { ticketStore } from './tickets.ts';
import { tokenStore } from './tokens.ts';
import { type Change, LOCKED_WRITES, type OpenParts, type StoreParts, type WholeStore } from './types.ts';
import { viewStore } from './views/views.ts';

type Wrapper = <T>(work: () => Promise<T>) => Promise<T>;

/** The same part, every method of it run inside `around`. */
function wrap<P extends object>(part: P, around: Wrapper): P {
  const wrapped: Record<string, unknown> = {};
  for (const [name, method] of Object.entries(part)) {
    // Every member of a part is an asynchronous method (types.ts).
    const call = method as (...args: unknown[]) => Promise<unknown>;
    wrapped[name] = (...args: unknown[]) => around(async () => call(...args));
  }
  // The same names with the same signatures.
  return wrapped as P;
}

function parts(scope: Scope, clock: Clock, around: Wrapper): StoreParts {
  return {
    accounts: wrap(accountStore(scope), around),
    organisations: wrap(organisationStore(scope), around),
    looks: wrap(lookStore(scope), around),
    tokens: wrap(tokenStore(scope), around),
    directory: wrap(directoryStore(scope), around),
    authenticators: wrap(authenticatorStore(scope), around),
    tickets: wrap(ticketStore(scope), around),
    invitations: wrap(invitationStore(scope), around),
    pendings: wrap(pendingStore(scope, clock), around),
    challenges: wrap(challengeStore(scope), around),
    notices: wrap(noticeStore(scope), around),
    sessions: wrap(sessionStore(scope), around),
    jars: wrap(jarStore(scope), around),
    holds: wrap(holdStore(scope), around),
    appNames: wrap(appNameStore(scope), around),
    keys: wrap(keyStore(scope), around),
    lockDown: wrap(lockDownStore(scope), around),
    throttles: wrap(throttleStore(scope), around),
    proposals: wrap(proposalStore(scope), around),
    answers: wrap(answerStore(scope), around),
    audit: wrap(auditStore(scope), around),
    log: wrap(logStore(scope), around),
    rosters: wrap(rosterStore(scope), around),
    views: wrap(viewStore(scope), around),
  };
}

/** Without what needs a lock: not in the type, and not there. */
function openParts(whole: StoreParts): OpenParts {
  const open = Object.entries(whole).map(([part, methods]) => {
    const locked: readonly string[] = LOCKED_WRITES[part as keyof typeof LOCKED_WRITES] ?? [];
    return [part, Object.fromEntries(Object.entries(methods as object).filter(([name]) => !locked.includes(name)))];
  });
  // The same names without those of the table.
  return Object.fromEntries(open) as OpenParts;
}

/** A transaction that the database gave up in favour of another is done again, so many times. */
const TRIES = 4;
const PAUSE_MS = 20;

async function persistently<T>(work: () => Promise<T>): Promise<T> {
  for (let left = TRIES; ; left -= 1) {
    try {
      return await work();
    } catch (error) {
      if (left === 1 || !tied(error)) throw error;
    }
    // Not in step with whoever it was.
    await sleep(PAUSE_MS * Math.random());
  }
}

/** The Store on an open, migrated database. Every failure of the driver is `store-unavailable`. */
export function createStore(database: Database, clock: Clock): WholeStore {
  const { db, kind } = database;
  let announced: number | null = null;
  const inside = new AsyncLocalStorage<{ over: boolean }>();

  /** One transaction; the announcements are written last, and own feeds are woken before the caller goes on. */
  async function write<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    const changes: Change[] = [];
    let commits = 0;
    const result = await db.transaction().execute(async (transaction) => {
      const done = await work({
        kind,
        db: transaction,
        announce: (topic, refs) => {
          for (const ref of refs) changes.push({ topic, ref });
        },
      });
      await writeChanges(transaction, kind, changes, clock.now());
      commits = performance.now();
      return done;
    });
    if (changes.length > 0) {
      announced = commits;
      database.wake();
    }
    return result;
  }

  /** A call on the store itself within its own transaction would wait for that transaction, for ever. */
  const outside: Wrapper = (work) =>
    guarded(async () => {
      if (inside.getStore()?.over === false) {
        throw new SallyportError('internal', 'Within a transaction the store is used through the parts it was given.');
      }
      return persistently(work);
    });

  /** `lock` comes first: what is read after it is as it is now, and stays so. */
  function transaction<L, T>(
    lock: (tx: Tx) => Promise<L>,
    work: (tx: StoreParts, locked: L) => Promise<T>,
  ): Promise<T> {
    let own: { error: unknown } | undefined;
    const run = () =>
      write(async (tx) => {
        const state = { over: false };
        try {
          const scope: Scope = { kind, db: tx.db, write: (inner) => inner(tx) };
          const locked = await lock(tx);
          return await inside.run(state, () => work(parts(scope, clock, guarded), locked));
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
        if (own !== undefined && own.error === error && !tied(error)) return { thrown: error };
        throw storeFault(error);
      }
    }).then((outcome) => {
      if ('thrown' in outcome) throw outcome.thrown;
      return outcome.value;
    });
  }

  return {
    ...parts({ kind, db, write }, clock, outside),
    meta: wrap(metaStore({ kind, db, write }), outside),
    streams: wrap(streamStore({ kind, db, write }), outside),
    transaction: (work) => transaction(nothing, (tx) => work(openParts(tx))),
    underAccount: (id, work) =>
      transaction(
        (tx) => lockAccount(tx, id),
        (tx, row) => work(tx, row && accountOf(row)),
      ),
    underAccounts: (ids, work) =>
      transaction(
        (tx) => lockAccounts(tx, ids),
        (tx, rows) => work(tx, new Map(rows.map((row) => [row.id, accountOf(row)]))),
      ),
    underApps: (which, work) =>
      transaction(
        (tx) => lockApps(tx, which),
        (tx) => work({ ...openParts(tx), sessions: tx.sessions, lockDown: tx.lockDown }),
      ),
    watch: (listener) => guarded(() => database.follow(listener)),
    announced: () => announced !== null,
    settle: (since) => outside(() => database.settle(since ?? announced ?? performance.now())),
    ping: () => outside(() => ping(database, clock)),
    close: () => guarded(() => database.close()),
  };
}

async function nothing(): Promise<void> {}

/** A real write: a full disk, a read-only file or a standby server answers reads all the same. */
async function ping({ db }: Database, clock: Clock): Promise<void> {
  const value = String(clock.now());
  await db
    .insertInto('meta')
    .values({ name: 'ping', value })
    .onConflict((c) => c.column('name').doUpdateSet({ value }))
    .execute();
}
