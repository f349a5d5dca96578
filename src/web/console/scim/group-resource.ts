import type { GroupView } from '../../../manage/directory-groups.ts';
import { versionOf } from '../../../manage/directory-view.ts';
import { isComplex, listed } from '../../../scim/schema/attribute.ts';
import { GROUP } from '../../../scim/schema/group.ts';
import type { Resource } from '../../../scim/schema/types.ts';
import { tagOf } from './asked.ts';

export interface Member {
  readonly id: string;
  readonly name: string;
}

/** Another text when name or members are others. */
export function groupVersion({ displayName, externalId }: GroupView, members: readonly Member[]): string {
  return versionOf([displayName, externalId, ...members.map(({ id }) => id)]);
}

/** A group as RFC 7643 §4.2 has it; `members` null: nobody asks for them. */
export function groupResource(group: GroupView, members: readonly Member[] | null, base: string): Resource {
  const { id, displayName, externalId, createdAt } = group;
  const those = (members ?? []).map((each) => ({
    value: each.id,
    $ref: `${base}/Users/${each.id}`,
    display: each.name,
    type: 'User',
  }));
  return {
    schemas: [GROUP.schema.id],
    id,
    ...(externalId === null ? {} : { externalId }),
    meta: {
      resourceType: 'Group',
      created: new Date(createdAt).toISOString(),
      location: `${base}/Groups/${id}`,
      ...(members === null ? {} : { version: tagOf(groupVersion(group, members)) }),
    },
    displayName,
    ...(those.length === 0 ? {} : { members: those }),
  };
}

/** Ids of those that a resource says are in the group. */
export function memberIds(resource: Resource): readonly string[] {
  return listed(resource['members']).flatMap((each) =>
    isComplex(each) && typeof each['value'] === 'string' ? [each['value']] : [],
  );
}
