import type { Selectable, Updateable } from 'kysely';
import { SallyportError } from '../errors.ts';
import { type Grant, OWNER, sameGrant } from '../roles.ts';
import { chunks, readList, touched, writeList } from './columns.ts';
import type { Scope } from './database.ts';
import { accountsWithin, ownOrganisation } from './organisations.ts';
import type { Schema } from './schema.ts';
import type { AccountRow, AccountStore } from './types.ts';

export function accountOf(row: Selectable<Schema['accounts']>): AccountRow {
  const { admin: _admin, factors: _factors, organisationId, ...rest } = row;
  const lists = { groups: readList<string>(row.groups), roles: readList<Grant>(row.roles) };
  return { ...rest, ...lists, organisationId: organisationId ?? ownOrganisation(row.realm) };
}

type Settable = Parameters<AccountStore['update']>[1];

function toColumns(set: Settable): Updateable<Schema['accounts']> {
  const { groups, roles, ...rest } = set;
  return {
    ...rest,
    ...(groups === undefined ? {} : { groups: writeList(groups) }),
    ...(roles === undefined ? {} : { roles: writeList(roles), admin: roles.length > 0 ? 1 : 0 }),
  };
}

/** Whether somebody decides otherwise after this change. */
function matters(set: Settable): boolean {
  const { disabledAt, groups, roles, organisationId } = set;
  return [disabledAt, groups, roles, organisationId].some((each) => each !== undefined);
}

/** The organisation that is called as its realm is there once somebody belongs to it. */
async function ensureOwnOrganisation({ db }: Scope, { realm, organisationId, createdAt }: AccountRow): Promise<void> {
  const there = db.selectFrom('organisations').select('id').where('id', '=', organisationId);
  if ((await there.executeTakeFirst()) !== undefined) return;
  await db
    .insertInto('organisations')
    .values({ id: organisationId, realm, name: realm, contact: '', policy: '{}', createdAt })
    // Two nodes at once: PostgreSQL may find either its id or its name taken first, and waits only where both are told.
    .onConflict((c) => c.doNothing())
    .execute();
}

/** Names that are asked for in one statement. */
const AT_ONCE = 500;
/** Accounts that are added by one statement. */
const ADDED_AT_ONCE = 100;

async function addAll({ db }: Scope, rows: readonly AccountRow[]): Promise<void> {
  const values = rows.map((row) => {
    const lists = { groups: writeList(row.groups), roles: writeList(row.roles) };
    return { ...row, ...lists, admin: row.roles.length > 0 ? 1 : 0 };
  });
  const result = await db
    .insertInto('accounts')
    .values(values)
    // Not by catching the driver's error: that would leave a transaction of PostgreSQL aborted.
    .onConflict((c) => c.columns(['realm', 'name']).doNothing())
    .executeTakeFirstOrThrow();
  if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== rows.length)
    throw new SallyportError('conflict', 'An account of that name exists in the realm.');
}

export function accountStore(scope: Scope): AccountStore {
  const { db, kind, write } = scope;
  return {
    async insert(rows) {
      const all = [rows].flat();
      const own = all.filter(({ realm, organisationId }) => organisationId === ownOrganisation(realm));
      const realms = new Map(own.map((row) => [row.realm, row]));
      for (const row of realms.values()) await ensureOwnOrganisation(scope, row);
      for (const some of chunks(all, ADDED_AT_ONCE)) await addAll(scope, some);
    },
    async byId(id) {
      const row = await db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
      return row && accountOf(row);
    },
    async byName(realm, name) {
      const row = await db
        .selectFrom('accounts')
        .selectAll()
        .where('realm', '=', realm)
        .where('name', '=', name)
        .executeTakeFirst();
      return row && accountOf(row);
    },
    async byNames(realm, names) {
      const found: AccountRow[] = [];
      for (let at = 0; at < names.length; at += AT_ONCE) {
        const of = db.selectFrom('accounts').selectAll().where('realm', '=', realm);
        const rows = await of.where('name', 'in', names.slice(at, at + AT_ONCE)).execute();
        for (const row of rows) found.push(accountOf(row));
      }
      return found;
    },
    async withRole(reach = 'all') {
      const rows = await db
        .selectFrom('accounts')
        .selectAll()
        .where('admin', '=', 1)
        .where(accountsWithin(reach))
        .orderBy('realm')
        .orderBy('name')
        .execute();
      return rows.map(accountOf);
    },
    async owners() {
      const all = db
        .selectFrom('accounts')
        .selectAll()
        .where('admin', '=', 1)
        .where('disabledAt', 'is', null)
        .orderBy('id');
      const rows = await (kind === 'postgres' ? all.forUpdate() : all).execute();
      const own = rows.map(accountOf).filter(({ roles }) => roles.some((each) => sameGrant(each, OWNER)));
      return own.map(({ id }) => id);
    },
    async list(realm, reach = 'all') {
      const all = db.selectFrom('accounts').selectAll().where(accountsWithin(reach)).orderBy('realm').orderBy('name');
      const rows = await (realm === undefined ? all : all.where('realm', '=', realm)).execute();
      return rows.map(accountOf);
    },
    update: (id, set) =>
      write(async (tx) => {
        const columns = toColumns(set);
        if (Object.keys(columns).length === 0)
          return (
            (await tx.db.selectFrom('accounts').select('id').where('id', '=', id).executeTakeFirst()) !== undefined
          );
        const result = await tx.db.updateTable('accounts').set(columns).where('id', '=', id).executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        if (matters(set)) tx.announce('account', [id]);
        return true;
      }),
    remove: (id) =>
      write(async (tx) => {
        const live = await tx.db
          .selectFrom('sessions')
          .select('id')
          .where('accountId', '=', id)
          .where('endedAt', 'is', null)
          .execute();
        const jars = await tx.db
          .selectFrom('jars')
          .innerJoin('sessions', 'sessions.id', 'jars.sessionId')
          .select('jars.id')
          .where('sessions.accountId', '=', id)
          .execute();
        // All that is its own goes with it (on delete cascade).
        const result = await tx.db.deleteFrom('accounts').where('id', '=', id).executeTakeFirstOrThrow();
        if (touched(result) !== 1) return false;
        tx.announce('account', [id]);
        tx.announce(
          'session',
          live.map((session) => session.id),
        );
        tx.announce(
          'jar',
          jars.map((jar) => jar.id),
        );
        return true;
      }),
  };
}
