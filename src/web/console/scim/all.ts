import { listResponse } from '../../../scim/message/list.ts';
import type { Query } from '../../../scim/message/query.ts';
import type { Answer } from '../../reply.ts';
import type { ScimAsked } from './asked.ts';
import { groupsFound } from './group-list.ts';
import { scimAnswer } from './refusals.ts';
import { usersFound } from './user-list.ts';

/** Accounts, then groups, as one list (RFC 7644 §3.4.2.1): what one of the kinds has no attribute for is none of it. */
export async function listAll(asked: ScimAsked, query: Query): Promise<Answer> {
  const { startIndex, count } = query;
  const users = await usersFound(asked, query);
  const rest = {
    startIndex: Math.max(1, startIndex - users.total),
    count: count - users.resources.length,
  };
  const groups = await groupsFound(asked, { ...query, ...rest });
  const resources = [...users.resources, ...groups.resources];
  return scimAnswer(200, listResponse({ resources, totalResults: users.total + groups.total, startIndex }));
}
