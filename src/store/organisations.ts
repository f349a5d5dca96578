import { type Expression, type ExpressionBuilder, type SqlBool, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import type { Reach } from '../roles.ts';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { OrganisationRow, OrganisationStore } from './organisation-types.ts';
import type { Schema } from './schema.ts';

/** Id of the organisation that is called as its realm: of every account of which nothing else is said. */
export function ownOrganisation(realm: string): string {
  return `realm.${realm}`;
}

/** The condition by which a statement that has `accounts` in it sees no account of another organisation. */
export function accountsWithin(reach: Reach): Expression<SqlBool> {
  if (reach === 'all') return sql<SqlBool>`1 = 1`;
  if (reach.size === 0) return sql<SqlBool>`1 = 0`;
  return sql<SqlBool>`accounts.organisation_id in (${sql.join([...reach])})`;
}

function organisationsWithin(reach: Reach) {
  return (e: ExpressionBuilder<Schema, 'organisations'>) =>
    reach === 'all' ? e.lit(true) : e('organisations.id', 'in', reach.size === 0 ? [''] : [...reach]);
}

/** Of more accounts than these all are read anew, by one announcement. */
const ANNOUNCED = 500;

const taken = () => new SallyportError('conflict', 'An organisation of that name exists in the realm.');

export function organisationStore({ db, write, kind }: Scope): OrganisationStore {
  return {
    async insert(row) {
      const result = await db
        .insertInto('organisations')
        .values(row)
        .onConflict((c) => c.columns(['realm', 'name']).doNothing())
        .executeTakeFirstOrThrow();
      if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1) throw taken();
    },
    byId: (id) => db.selectFrom('organisations').selectAll().where('id', '=', id).executeTakeFirst(),
    async hold(id) {
      // SQLite has one writer, from the beginning of its transaction.
      if (kind === 'postgres')
        await db.selectFrom('organisations').select('id').where('id', '=', id).forUpdate().execute();
    },
    byName: (realm, name) =>
      db.selectFrom('organisations').selectAll().where('realm', '=', realm).where('name', '=', name).executeTakeFirst(),
    list: (reach) =>
      db
        .selectFrom('organisations')
        .selectAll()
        .where(organisationsWithin(reach))
        .orderBy('realm')
        .orderBy('name')
        .execute(),
    async counts(reach) {
      const rows = await db
        .selectFrom('accounts')
        .select(['organisationId', (e) => e.fn.countAll().as('accounts')])
        .where(accountsWithin(reach))
        .groupBy('organisationId')
        .execute();
      return new Map(rows.map((row) => [row.organisationId ?? '', Number(row.accounts)]));
    },
    update: (id, set) =>
      write(async (tx) => {
        const old = await tx.db.selectFrom('organisations').selectAll().where('id', '=', id).executeTakeFirst();
        if (old === undefined) return false;
        const next: OrganisationRow = { ...old, ...set };
        const other = tx.db.selectFrom('organisations').select('id').where('id', '!=', id);
        const same = other.where('realm', '=', old.realm).where('name', '=', next.name);
        if ((await same.executeTakeFirst()) !== undefined) throw taken();
        const { name, contact, policy } = next;
        await tx.db.updateTable('organisations').set({ name, contact, policy }).where('id', '=', id).execute();
        if (policy === old.policy) return true;
        const accounts = await tx.db.selectFrom('accounts').select('id').where('organisationId', '=', id).execute();
        const ids = accounts.map((account) => account.id);
        tx.announce('account', ids.length > ANNOUNCED ? ['*'] : ids);
        return true;
      }),
    async remove(id) {
      const result = await db
        .deleteFrom('organisations')
        .where('id', '=', id)
        .where((e) => e.not(e.exists(e.selectFrom('accounts').select('id').where('organisationId', '=', id))))
        .executeTakeFirstOrThrow();
      return touched(result) === 1;
    },
  };
}
