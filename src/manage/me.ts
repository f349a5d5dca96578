import { z } from 'zod';
import { ROLES, reachOf } from '../roles.ts';
import { grantForm } from './account-view.ts';
import type { Faced } from './administration.ts';
import { type Query, query, type Reading } from './query.ts';

/** An act or a list, as far as it matters who may ask for it. */
type Offered = Faced & { readonly name: string; readonly does: string };

const offer = z.strictObject({
  name: z.string(),
  does: z.string(),
  /** Wants a factor used within five minutes. */
  fresh: z.boolean(),
  /** For everything; else for the organisations of the roles. */
  everything: z.boolean(),
});

const me = z.strictObject({
  /** How the asker came: a person at the console, a program with a token, or whoever runs commands. */
  kind: z.enum(['person', 'token', 'machine']),
  actor: z.string(),
  accountId: z.string().nullable(),
  /** Name of the account, or of the token. */
  name: z.string().nullable(),
  realm: z.string().nullable(),
  organisationId: z.string().nullable(),
  organisation: z.string().nullable(),
  /** With the name of the organisation; null: for everything, or of one that is not there any more. */
  grants: z.array(grantForm.extend({ organisationName: z.string().nullable() })).readonly(),
  acts: z.array(offer).readonly(),
  queries: z.array(offer).readonly(),
});
export type Me = Readonly<z.infer<typeof me>>;

/** What of the table the asker may ask for: by role, and by what the token is for. */
function offersOf(
  table: readonly Offered[],
  { grants }: Reading,
  only: readonly string[] | null,
): z.infer<typeof offer>[] {
  return table.flatMap(({ name, does, needs, http }) => {
    const reach = reachOf(grants, needs.roles);
    if (reach === null || (needs.of === 'everything' && reach !== 'all')) return [];
    if (http === null || (only !== null && !only.includes(name))) return [];
    return [{ name, does, fresh: needs.fresh === true, everything: reach === 'all' }];
  });
}

async function nobody() {
  return { accountId: null, name: null, realm: null, organisationId: null, organisation: null };
}

async function whoIs({ store, authority }: Reading) {
  if (authority.kind === 'machine') return nobody();
  if (authority.kind === 'token')
    return { ...(await nobody()), name: (await store.tokens.byId(authority.tokenId))?.name ?? null };
  const row = await store.accounts.byId(authority.accountId);
  if (row === undefined) return nobody();
  const { id: accountId, name, realm, organisationId } = row;
  const organisation = (await store.organisations.byId(organisationId))?.name ?? null;
  return { accountId, name, realm, organisationId, organisation };
}

async function namedGrants({ store, grants, reach }: Reading) {
  const rows = await store.organisations.list(reach);
  const names = new Map(rows.map((row) => [row.id, row.name]));
  return grants.map((grant) => ({
    ...grant,
    organisationName: grant.organisation === null ? null : (names.get(grant.organisation) ?? null),
  }));
}

/** Who the asker is, what they hold, and what they may ask for. The tables come from whoever has them. */
export function meShow(
  tables: () => { readonly acts: readonly Offered[]; readonly queries: readonly Offered[] },
): Query<object, Me> {
  return query({
    name: 'me.show',
    does: 'who I am, which roles I hold, and what I may do',
    needs: { roles: ROLES, of: 'reach' },
    http: 'GET /me',
    input: z.strictObject({}),
    output: me,
    async read(ctx) {
      const { authority, actor, store } = ctx;
      const only = authority.kind === 'token' ? ((await store.tokens.byId(authority.tokenId))?.operations ?? []) : null;
      const { acts, queries } = tables();
      return {
        kind: authority.kind,
        actor,
        ...(await whoIs(ctx)),
        grants: await namedGrants(ctx),
        acts: offersOf(acts, ctx, only),
        queries: offersOf(queries, ctx, only),
      };
    },
  });
}
