import { directoryGroups, type GroupView } from '../../../manage/directory-groups.ts';
import { resourceMatch } from '../../../scim/filter/match.ts';
import type { Filter } from '../../../scim/filter/types.ts';
import { isWanted, project } from '../../../scim/message/project.ts';
import type { Query } from '../../../scim/message/query.ts';
import { GROUP } from '../../../scim/schema/group.ts';
import type { ScimAsked } from './asked.ts';
import { groupResource, type Member } from './group-resource.ts';
import { everybody, type Listed } from './user-list.ts';

function asksForMembers(filter: Filter): boolean {
  switch (filter.kind) {
    case 'not':
      return asksForMembers(filter.of);
    case 'and':
    case 'or':
      return filter.all.some(asksForMembers);
    case 'present':
    case 'compare':
    case 'values':
      return ['members', 'meta'].includes(filter.path.name.toLowerCase());
    default:
      return filter satisfies never;
  }
}

/** Who is in which group, from one look at all accounts of the organisation. Throws `tooMany`. */
async function membersOf(asked: ScimAsked): Promise<(group: GroupView) => readonly Member[]> {
  const by = new Map<string, Member[]>();
  for (const { id, name, groups } of await everybody(asked))
    for (const group of groups) {
      const those = by.get(group);
      if (those === undefined) by.set(group, [{ id, name }]);
      else those.push({ id, name });
    }
  return ({ name }) => by.get(name) ?? [];
}

/** Groups that the directory has made, oldest first (RFC 7644 §3.4.2). Throws `tooMany`. */
export async function groupsFound(asked: ScimAsked, query: Query): Promise<Listed> {
  const { manage, organisation, base } = asked;
  const { filter, startIndex, count } = query;
  const matches = filter === undefined ? () => true : resourceMatch(GROUP, filter);
  const groups = await directoryGroups.ask(manage, { organisation: organisation.id });
  const shows = count > 0 && isWanted(GROUP, 'members', query);
  const looks = shows || (filter !== undefined && asksForMembers(filter));
  const members = looks && groups.length > 0 ? await membersOf(asked) : () => null;
  const those = groups.map((group) => groupResource(group, members(group), base)).filter(matches);
  const page = those.slice(startIndex - 1, startIndex - 1 + count);
  return { resources: page.map((each) => project(GROUP, each, query)), total: those.length };
}
