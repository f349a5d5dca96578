import { type Kysely, type Selectable, type SelectQueryBuilder, sql } from 'kysely';
import type { Proof } from '../evidence.ts';
import type { Grant } from '../roles.ts';
import { chunks, readList, touched, writeList } from './columns.ts';
import type { Scope, Tx } from './database.ts';
import { shareApps } from './locks.ts';
import { accountsWithin, ownOrganisation } from './organisations.ts';
import type { Schema } from './schema.ts';
import type { SessionSelector, SessionStore, SessionWithAccount } from './types.ts';

export function sessionsWithAccount(db: Kysely<Schema>) {
  return db
    .selectFrom('sessions')
    .innerJoin('accounts', 'accounts.id', 'sessions.accountId')
    .leftJoin('organisations', 'organisations.id', 'accounts.organisationId')
    .selectAll('sessions')
    .select([
      'accounts.realm as realm',
      'accounts.name as name',
      'accounts.groups as groups',
      'accounts.roles as roles',
      'accounts.organisationId as organisationId',
      'organisations.policy as policy',
      'accounts.disabledAt as disabledAt',
    ]);
}

type Joined = Selectable<Schema['sessions']> &
  Pick<Selectable<Schema['accounts']>, 'realm' | 'name' | 'groups' | 'roles' | 'organisationId' | 'disabledAt'> & {
    policy: string | null;
  };

export function sessionOf({
  realm,
  name,
  groups,
  roles,
  organisationId,
  policy,
  disabledAt,
  ...session
}: Joined): SessionWithAccount {
  const account = { id: session.accountId, realm, name, groups: readList<string>(groups), disabledAt };
  const standing = {
    roles: readList<Grant>(roles),
    organisationId: organisationId ?? ownOrganisation(realm),
    policy: policy ?? '{}',
  };
  return { ...session, proofs: readList<Proof>(session.proofs), account: { ...account, ...standing } };
}

/** Sessions of one statement. */
const BATCH = 500;

export function sessionStore(scope: Scope): SessionStore {
  const { db, write } = scope;
  return {
    insert: (row) =>
      write(async (tx) => {
        await shareApps(tx, row.appId);
        await tx.db
          .insertInto('sessions')
          .values({ ...row, proofs: writeList(row.proofs) })
          .execute();
      }),
    async byHash(hash) {
      const row = await sessionsWithAccount(db).where('sessions.hash', '=', hash).executeTakeFirst();
      return row && sessionOf(row);
    },
    async byId(id) {
      const row = await sessionsWithAccount(db).where('sessions.id', '=', id).executeTakeFirst();
      return row && sessionOf(row);
    },
    rotate: (id, oldHash, set) =>
      write(async (tx) => {
        const result = await tx.db
          .updateTable('sessions')
          .set({ hash: set.hash, proofs: writeList(set.proofs), lastSeenAt: set.lastSeenAt })
          .where('id', '=', id)
          .where('hash', '=', oldHash)
          .where('endedAt', 'is', null)
          .executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('session', [id]);
        return true;
      }),
    async touch(seen) {
      // Sorted, so that two nodes that touch the same sessions take the rows in one order.
      const pairs = [...seen].sort(([a], [b]) => (a < b ? -1 : 1));
      for (const part of chunks(pairs, BATCH)) {
        const values = sql.join(part.map(([id, at]) => sql`(cast(${id} as text), cast(${at} as bigint))`));
        await sql`update sessions set last_seen_at = seen.column2 from (values ${values}) as seen
          where sessions.id = seen.column1 and sessions.last_seen_at < seen.column2 and sessions.ended_at is null`.execute(
          db,
        );
      }
    },
    async markAdmitted(id, at) {
      const result = await db
        .updateTable('sessions')
        .set({ admittedAt: at })
        .where('id', '=', id)
        .where('admittedAt', 'is', null)
        .where('endedAt', 'is', null)
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
    end: (selector, reason, at) =>
      write(async (tx) => {
        const ids = await endRows(tx, selector, reason, at);
        const jars = await dropJars(tx.db, ids);
        // One announcement for all: a hundred thousand rows would hold up everybody else's.
        const everybody = isEverybody(selector);
        const refs = (all: readonly string[]) => (everybody && all.length > 0 ? ['*'] : all);
        tx.announce('session', refs(ids));
        tx.announce('jar', refs(jars));
        return ids;
      }),
    async listLive(at, filter = {}) {
      let query = sessionsWithAccount(db)
        .where('sessions.endedAt', 'is', null)
        .where('sessions.expiresAt', '>', at)
        .where(sql<boolean>`sessions.last_seen_at + sessions.idle_ms > ${at}`);
      if (filter.accountId !== undefined) query = query.where('sessions.accountId', '=', filter.accountId);
      if (filter.appId !== undefined) query = query.where('sessions.appId', '=', filter.appId);
      if (filter.reach !== undefined) query = query.where(accountsWithin(filter.reach));
      return (await query.orderBy('sessions.createdAt').orderBy('sessions.id').execute()).map(sessionOf);
    },
    async purge(before) {
      const result = await db
        .deleteFrom('sessions')
        .where((e) => e.or([e('endedAt', '<', before), e('expiresAt', '<', before)]))
        .executeTakeFirstOrThrow();
      return touched(result);
    },
  };
}

/** What an app kept for a session ends with it, and so does an answer that was held for it. Returns the ids of the jars. */
async function dropJars(db: Kysely<Schema>, ids: readonly string[]): Promise<string[]> {
  const jars: string[] = [];
  for (const part of chunks(ids, BATCH)) {
    const rows = await db.deleteFrom('jars').where('sessionId', 'in', part).returning('id').execute();
    jars.push(...rows.map((row) => row.id));
    await db.deleteFrom('holds').where('holder', 'in', part).execute();
  }
  return jars;
}

function isEverybody(selector: SessionSelector): boolean {
  if (selector.by !== 'all' || selector.aaguid !== undefined) return false;
  return (selector.reach ?? 'all') === 'all' && (selector.spared ?? []).length === 0;
}

/** Those of accounts with a passkey of the model. */
function withModel(some: Chosen, aaguid: string | undefined): Chosen {
  if (aaguid === undefined) return some;
  return some.where('accountId', 'in', (e) =>
    e
      .selectFrom('authenticators')
      .innerJoin('credentials', 'credentials.authenticatorId', 'authenticators.id')
      .select('authenticators.accountId')
      .where('credentials.aaguid', '=', aaguid),
  );
}

type Whose = Pick<Extract<SessionSelector, { by: 'all' }>, 'reach' | 'spared'>;
type Chosen = SelectQueryBuilder<Schema, 'sessions', { id: string }>;

/** Those of accounts within the reach, but for the accounts that are spared. */
function ofThose(all: Chosen, { reach = 'all', spared = [] }: Whose): Chosen {
  const sessions = spared.length === 0 ? all : all.where('accountId', 'not in', spared);
  if (reach === 'all') return sessions;
  return sessions.where('accountId', 'in', (e) => e.selectFrom('accounts').select('id').where(accountsWithin(reach)));
}

/** The rows are taken in one order, whoever ends them, so that of two who end the same ones neither waits for the other. */
async function endRows({ db, kind }: Tx, selector: SessionSelector, reason: string, at: number): Promise<string[]> {
  const live = db.selectFrom('sessions').select('id').where('endedAt', 'is', null);
  let chosen: typeof live;
  switch (selector.by) {
    case 'id':
      chosen = live.where('id', '=', selector.id);
      break;
    case 'account':
      chosen = live.where('accountId', '=', selector.accountId);
      if (selector.appId !== undefined) chosen = chosen.where('appId', '=', selector.appId);
      if (selector.except !== undefined) chosen = chosen.where('id', '!=', selector.except);
      break;
    case 'app':
      chosen = ofThose(live.where('appId', '=', selector.appId), selector);
      break;
    case 'all':
      chosen = withModel(ofThose(live, selector), selector.aaguid);
      break;
    default:
      throw new TypeError(`no such selector: ${selector satisfies never}`);
  }
  const held = kind === 'postgres' ? chosen.orderBy('id').forUpdate() : chosen;
  const ended = db.updateTable('sessions').set({ endedAt: at, endReason: reason }).where('id', 'in', held);
  return (await ended.where('endedAt', 'is', null).returning('id').execute()).map((row) => row.id);
}
