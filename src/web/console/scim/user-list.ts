import { directoryAccounts, MOST_ACCOUNTS } from '../../../manage/directory.ts';
import type { DirectoryView } from '../../../manage/directory-view.ts';
import { fault } from '../../../scim/error.ts';
import { resourceMatch } from '../../../scim/filter/match.ts';
import type { Filter } from '../../../scim/filter/types.ts';
import { project } from '../../../scim/message/project.ts';
import type { Query } from '../../../scim/message/query.ts';
import { isOwnSchema } from '../../../scim/schema/attribute.ts';
import { USER } from '../../../scim/schema/user.ts';
import type { Directory, ScimAsked } from './asked.ts';
import { userResource } from './user-resource.ts';
import { groupsFor } from './users.ts';

/** What an index finds, by the attribute that is asked for; a name is found as it is typed at sign-in. */
const INDEXED: ReadonlyMap<string, 'id' | 'name' | 'externalId'> = new Map([
  ['id', 'id'],
  ['username', 'name'],
  ['externalid', 'externalId'],
]);

/** What directories ask for before they push somebody: one account by its name; undefined for any other question. */
export function indexed(filter: Filter | undefined): { readonly [name: string]: string } | undefined {
  if (filter?.kind !== 'compare' || filter.op !== 'eq' || typeof filter.value !== 'string') return undefined;
  const { schema, name, sub } = filter.path;
  const by = sub === undefined && isOwnSchema(USER, schema) ? INDEXED.get(name.toLowerCase()) : undefined;
  return by === undefined ? undefined : { [by]: filter.value };
}

/** Every account of the organisation, to be looked through. Throws `tooMany`. */
export async function everybody({ manage, organisation }: Directory): Promise<readonly DirectoryView[]> {
  const asked = { organisation: organisation.id, offset: 0 };
  const { total } = await directoryAccounts.ask(manage, { ...asked, limit: 0 });
  if (total > MOST_ACCOUNTS)
    throw fault(
      'tooMany',
      `the organisation has more than ${MOST_ACCOUNTS} accounts: ask for one by id, userName or externalId`,
    );
  return (await directoryAccounts.ask(manage, { ...asked, limit: MOST_ACCOUNTS })).accounts;
}

interface Found {
  readonly page: readonly DirectoryView[];
  readonly total: number;
}

async function found(asked: ScimAsked, { filter, startIndex, count }: Query): Promise<Found> {
  const { manage, organisation } = asked;
  const choice = indexed(filter);
  const from = startIndex - 1;
  if (choice !== undefined) {
    const { accounts } = await directoryAccounts.ask(manage, { organisation: organisation.id, ...choice });
    return { page: accounts.slice(from, from + count), total: accounts.length };
  }
  if (filter === undefined) {
    const place = { organisation: organisation.id, offset: from, limit: count };
    const { accounts, total } = await directoryAccounts.ask(manage, place);
    return { page: accounts, total };
  }
  const matches = resourceMatch(USER, filter);
  const all = await everybody(asked);
  const known = await groupsFor(asked, { attributes: undefined, excludedAttributes: undefined });
  const those = all.filter((view) => matches(userResource(view, known, asked.base)));
  return { page: those.slice(from, from + count), total: those.length };
}

/** A page of what was asked for, and how many there are in all. */
export interface Listed {
  readonly resources: readonly object[];
  readonly total: number;
}

/** Accounts of the organisation, by name (RFC 7644 §3.4.2). */
export async function usersFound(asked: ScimAsked, query: Query): Promise<Listed> {
  const { page, total } = await found(asked, query);
  const known = await groupsFor(asked, query);
  return { resources: page.map((view) => project(USER, userResource(view, known, asked.base), query)), total };
}
