import { type Selectable, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import { accountOf } from './accounts.ts';
import { touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { Schema } from './schema.ts';
import type {
  DirectoryAccount,
  DirectoryAccountRow,
  DirectoryChoice,
  DirectoryGroupRow,
  DirectoryStore,
} from './types.ts';
import { contains } from './views/contains.ts';

const taken = (what: string) => new SallyportError('conflict', `Another of the organisation has this ${what}.`);

/** Columns of both tables, those of the directory under names of their own. */
const BOTH = [
  'directoryAccounts.accountId',
  'directoryAccounts.organisationId as directoryId',
  'directoryAccounts.externalId',
  'directoryAccounts.person',
  'directoryAccounts.inactiveAt',
] as const;

interface Told {
  readonly accountId: string | null;
  readonly directoryId: string | null;
  readonly externalId: string | null;
  readonly person: string | null;
  readonly inactiveAt: number | null;
}

function directoryAccount(row: Selectable<Schema['accounts']> & Told): DirectoryAccount {
  const { accountId, directoryId, externalId, person, inactiveAt, ...account } = row;
  if (accountId === null || directoryId === null || person === null)
    return { account: accountOf(account), directory: undefined };
  return {
    account: accountOf(account),
    directory: { accountId, organisationId: directoryId, externalId, person, inactiveAt },
  };
}

/** A row that says nothing any more, since its account belongs to another organisation, keeps its external id from nobody. */
async function clearMoved({ db }: Scope, { organisationId, externalId }: DirectoryAccountRow): Promise<void> {
  if (externalId === null) return;
  await db
    .deleteFrom('directoryAccounts')
    .where('organisationId', '=', organisationId)
    .where('externalId', '=', externalId)
    .where('accountId', 'in', (e) =>
      e.selectFrom('accounts').select('id').where('accounts.organisationId', '!=', organisationId),
    )
    .execute();
}

/** Of two who take one external id, the second waits, and sees that it is taken. SQLite has one writer anyway. */
async function inTurn({ db, kind }: Scope, organisationId: string): Promise<void> {
  if (kind === 'postgres')
    await db.selectFrom('organisations').select('id').where('id', '=', organisationId).forNoKeyUpdate().execute();
}

async function put(scope: Scope, row: DirectoryAccountRow): Promise<void> {
  const { db } = scope;
  const { accountId, externalId, organisationId } = row;
  await inTurn(scope, organisationId);
  await clearMoved(scope, row);
  if (externalId !== null) {
    const others = db.selectFrom('directoryAccounts').select('accountId').where('accountId', '!=', accountId);
    const same = others.where('organisationId', '=', organisationId).where('externalId', '=', externalId);
    if ((await same.executeTakeFirst()) !== undefined) throw taken('external id');
  }
  await db
    .insertInto('directoryAccounts')
    .values(row)
    .onConflict((c) => c.column('accountId').doUpdateSet(row))
    .execute();
}

function chosen({ db }: Scope, organisationId: string, choice: DirectoryChoice) {
  const all = db
    .selectFrom('accounts')
    .leftJoin('directoryAccounts', (join) =>
      join
        .onRef('directoryAccounts.accountId', '=', 'accounts.id')
        .onRef('directoryAccounts.organisationId', '=', 'accounts.organisationId'),
    )
    .selectAll('accounts')
    .select(BOTH)
    .where('accounts.organisationId', '=', organisationId);
  if ('id' in choice) return all.where('accounts.id', '=', choice.id);
  if ('name' in choice) return all.where('accounts.name', '=', choice.name);
  if ('externalId' in choice) return all.where('directoryAccounts.externalId', '=', choice.externalId);
  // Whom the page is about is found first, by the index alone: a join would be made for everybody before them too.
  const page = db.selectFrom('accounts').select('id').where('organisationId', '=', organisationId).orderBy('name');
  return all.where('accounts.id', 'in', page.limit(choice.limit).offset(choice.offset)).orderBy('accounts.name');
}

type Groups = Pick<DirectoryStore, 'groups' | 'addGroup' | 'setGroup' | 'removeGroup'>;

function groupStore(scope: Scope): Groups {
  const { db } = scope;
  async function needFree(
    { id, organisationId }: Pick<DirectoryGroupRow, 'id' | 'organisationId'>,
    externalId: string,
  ) {
    await inTurn(scope, organisationId);
    const others = db.selectFrom('directoryGroups').select('id').where('id', '!=', id);
    const same = others.where('organisationId', '=', organisationId).where('externalId', '=', externalId);
    if ((await same.executeTakeFirst()) !== undefined) throw taken('external id');
  }
  return {
    groups: (organisationId) =>
      db
        .selectFrom('directoryGroups')
        .selectAll()
        .where('organisationId', '=', organisationId)
        .orderBy('createdAt')
        .orderBy('id')
        .execute(),
    async addGroup(row) {
      if (row.externalId !== null) await needFree(row, row.externalId);
      const result = await db
        .insertInto('directoryGroups')
        .values(row)
        .onConflict((c) => c.columns(['organisationId', 'name']).doNothing())
        .executeTakeFirstOrThrow();
      if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== 1) throw taken('group name');
    },
    async setGroup(group, set) {
      if (set.externalId !== null) await needFree(group, set.externalId);
      const { id, organisationId } = group;
      const all = db.updateTable('directoryGroups').set(set).where('id', '=', id);
      return touched(await all.where('organisationId', '=', organisationId).executeTakeFirstOrThrow()) === 1;
    },
    async removeGroup({ id, organisationId }) {
      const all = db.deleteFrom('directoryGroups').where('id', '=', id);
      return touched(await all.where('organisationId', '=', organisationId).executeTakeFirstOrThrow()) === 1;
    },
  };
}

export function directoryStore(scope: Scope): DirectoryStore {
  const { db, kind, write } = scope;
  return {
    ...groupStore(scope),
    ofAccount: ({ id, organisationId }) =>
      db
        .selectFrom('directoryAccounts')
        .selectAll()
        .where('accountId', '=', id)
        .where('organisationId', '=', organisationId)
        .executeTakeFirst(),
    put: (row) => write((tx) => put({ ...scope, db: tx.db }, row)),
    add: (row) => write((tx) => put({ ...scope, db: tx.db }, row)),
    async keepDisabled(accountId) {
      await db.updateTable('directoryAccounts').set({ inactiveAt: null }).where('accountId', '=', accountId).execute();
    },
    async accounts(organisationId, choice) {
      return (await chosen(scope, organisationId, choice).execute()).map(directoryAccount);
    },
    async count(organisationId) {
      const all = db.selectFrom('accounts').where('organisationId', '=', organisationId);
      return Number((await all.select((e) => e.fn.countAll().as('count')).executeTakeFirstOrThrow()).count);
    },
    inGroup: (organisationId, group) =>
      db
        .selectFrom('accounts')
        .select(['id', 'name'])
        .where('organisationId', '=', organisationId)
        // A list of JSON, whose names hold no quotes.
        .where(contains(kind, sql`accounts.groups`, JSON.stringify(group)))
        .orderBy('name')
        .execute(),
  };
}
