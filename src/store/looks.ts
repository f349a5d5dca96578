import { type Expression, type SqlBool, sql } from 'kysely';
import { SallyportError } from '../errors.ts';
import type { Reach } from '../roles.ts';
import { chunks, touched } from './columns.ts';
import type { Scope } from './database.ts';
import type { LogoMeta, LookStore, Looks } from './look-types.ts';

/** The condition by which a statement with `organisation_id` sees nothing of another organisation. */
function lookWithin(reach: Reach): Expression<SqlBool> {
  if (reach === 'all') return sql<SqlBool>`1 = 1`;
  if (reach.size === 0) return sql<SqlBool>`1 = 0`;
  return sql<SqlBool>`organisation_id in (${sql.join([...reach])})`;
}

type Joined = Pick<Looks, 'id' | 'realm' | 'name'> & {
  [K in keyof Omit<LogoMeta, 'organisationId'>]: LogoMeta[K] | null;
};

function looksOf({ id, realm, name, hash, type, width, height }: Joined): Looks {
  const logo =
    hash === null || type === null || width === null || height === null
      ? null
      : { organisationId: id, hash, type, width, height };
  return { id, realm, name, logo };
}

const SHOWN = [
  'organisations.id',
  'organisations.realm',
  'organisations.name',
  'organisationLogos.hash',
  'organisationLogos.type',
  'organisationLogos.width',
  'organisationLogos.height',
] as const;

export function lookStore({ db, write }: Scope): LookStore {
  return {
    hosts: (reach) => db.selectFrom('organisationHosts').selectAll().where(lookWithin(reach)).orderBy('host').execute(),
    setHosts: (organisationId, hosts) =>
      write(async (tx) => {
        await tx.db.deleteFrom('organisationHosts').where('organisationId', '=', organisationId).execute();
        for (const part of chunks(hosts, 100)) {
          const rows = part.map((host) => ({ host, organisationId }));
          const result = await tx.db
            .insertInto('organisationHosts')
            .values(rows)
            .onConflict((c) => c.column('host').doNothing())
            .executeTakeFirstOrThrow();
          if (Number(result.numInsertedOrUpdatedRows ?? 0n) !== part.length)
            throw new SallyportError('conflict', 'One of the hosts belongs to another organisation.');
        }
      }),
    logos: (reach) =>
      db
        .selectFrom('organisationLogos')
        .select(['organisationId', 'hash', 'type', 'width', 'height'])
        .where(lookWithin(reach))
        .execute(),
    async putLogo({ organisationId, ...set }) {
      await db
        .insertInto('organisationLogos')
        .values({ organisationId, ...set })
        .onConflict((c) => c.column('organisationId').doUpdateSet(set))
        .execute();
    },
    async removeLogo(organisationId) {
      const gone = db.deleteFrom('organisationLogos').where('organisationId', '=', organisationId);
      return touched(await gone.executeTakeFirstOrThrow()) === 1;
    },
    logoByHash: (hash) =>
      db.selectFrom('organisationLogos').select(['type', 'body']).where('hash', '=', hash).limit(1).executeTakeFirst(),
    async ofOrganisation(id) {
      const row = await db
        .selectFrom('organisations')
        .leftJoin('organisationLogos', 'organisationLogos.organisationId', 'organisations.id')
        .select(SHOWN)
        .where('organisations.id', '=', id)
        .executeTakeFirst();
      return row && looksOf(row);
    },
    async byHost() {
      const rows = await db
        .selectFrom('organisationHosts')
        .innerJoin('organisations', 'organisations.id', 'organisationHosts.organisationId')
        .leftJoin('organisationLogos', 'organisationLogos.organisationId', 'organisations.id')
        .select([...SHOWN, 'organisationHosts.host'])
        .execute();
      return new Map(rows.map((row) => [row.host, looksOf(row)]));
    },
  };
}
