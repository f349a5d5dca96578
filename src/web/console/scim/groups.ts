import { SallyportError } from '../../../errors.ts';
import { setAccount } from '../../../manage/account-set.ts';
import {
  addDirectoryGroup,
  directoryGroups,
  directoryMembers,
  type GroupView,
  removeDirectoryGroup,
  setDirectoryGroup,
} from '../../../manage/directory-groups.ts';
import { fault, ScimError } from '../../../scim/error.ts';
import { isWanted, project } from '../../../scim/message/project.ts';
import { readWanted } from '../../../scim/message/query.ts';
import { applyPatch } from '../../../scim/patch/apply.ts';
import { readPatch } from '../../../scim/patch/read.ts';
import { readResource } from '../../../scim/resource/read.ts';
import { GROUP } from '../../../scim/schema/group.ts';
import type { Resource } from '../../../scim/schema/types.ts';
import type { Answer } from '../../reply.ts';
import { bodyOf, type Directory, isKnown, needVersion, type ScimAsked, tagOf } from './asked.ts';
import { groupResource, groupVersion, type Member, memberIds } from './group-resource.ts';
import { scimAnswer } from './refusals.ts';
import { textOf } from './user-resource.ts';
import { accountOf } from './users.ts';

/** Accounts that one request puts into a group or takes out of it: each is a change of its own, with its own entry. */
const MOST_CHANGES = 1000;

interface Known {
  readonly group: GroupView;
  readonly members: readonly Member[];
}

async function groupOf({ manage, organisation }: Directory, id: string): Promise<GroupView> {
  const group = (await directoryGroups.ask(manage, { organisation: organisation.id })).find((each) => each.id === id);
  if (group === undefined) throw new SallyportError('not-found', 'there is no such group');
  return group;
}

async function knownOf(directory: Directory, id: string): Promise<Known> {
  const { manage, organisation } = directory;
  const group = await groupOf(directory, id);
  return { group, members: await directoryMembers.ask(manage, { organisation: organisation.id, group: id }) };
}

function shown(asked: ScimAsked, { group, members }: Known, status = 200): Answer {
  const resource = groupResource(group, members, asked.base);
  const headers = {
    ETag: tagOf(groupVersion(group, members)),
    ...(status === 201 ? { Location: `${asked.base}/Groups/${group.id}` } : {}),
  };
  return scimAnswer(status, project(GROUP, resource, readWanted(asked.search)), headers);
}

/** Who is to be taken out and put in. */
interface Change {
  readonly out: readonly string[];
  readonly in: readonly string[];
}

/** Throws `invalidValue` for whoever is no account of the organisation, before anything is done; 413 for too many. */
async function changeOf(directory: Directory, now: readonly string[], wanted: readonly string[]): Promise<Change> {
  const [is, shall] = [new Set(now), new Set(wanted)];
  const change = { out: [...is].filter((id) => !shall.has(id)), in: [...shall].filter((id) => !is.has(id)) };
  if (change.out.length + change.in.length > MOST_CHANGES)
    throw new ScimError(413, undefined, `more than ${MOST_CHANGES} members change in one request`);
  for (const id of change.in)
    try {
      await accountOf(directory, id);
    } catch (error) {
      if (!(error instanceof SallyportError) || error.code !== 'not-found') throw error;
      throw fault('invalidValue', 'a member is no account of the organisation');
    }
  return change;
}

/** Out first: what fails half way has opened nothing that it should have closed. Repeated, it is done to its end. */
async function move({ manage }: Directory, { name }: GroupView, change: Change): Promise<void> {
  const begun = performance.now();
  for (const account of change.out) await setAccount.perform(manage, { account, removeGroups: [name] });
  for (const account of change.in) await setAccount.perform(manage, { account, addGroups: [name] });
  if (change.out.length > 0) await manage.store.settle(begun);
}

function wishOf(resource: Resource): { readonly displayName: string; readonly externalId: string | null } {
  return { displayName: textOf(resource['displayName']) ?? '', externalId: textOf(resource['externalId']) ?? null };
}

export async function createGroup(asked: ScimAsked): Promise<Answer> {
  const { manage, organisation } = asked;
  const resource = readResource(GROUP, await bodyOf(asked));
  const change = await changeOf(asked, [], memberIds(resource));
  const group = await addDirectoryGroup.perform(manage, { organisation: organisation.id, ...wishOf(resource) });
  await move(asked, group, change);
  return shown(asked, await knownOf(asked, group.id), 201);
}

export async function getGroup(asked: ScimAsked, id: string): Promise<Answer> {
  const wanted = readWanted(asked.search);
  if (!isWanted(GROUP, 'members', wanted)) {
    // Not looked up, where nobody asks; so there is no version of it.
    const resource = groupResource(await groupOf(asked, id), null, asked.base);
    return scimAnswer(200, project(GROUP, resource, wanted));
  }
  const known = await knownOf(asked, id);
  const version = groupVersion(known.group, known.members);
  if (isKnown(asked, version)) return scimAnswer(304, null, { ETag: tagOf(version) });
  return shown(asked, known);
}

/** Makes the group what the resource says; nothing of it is done that is done already. */
async function become(asked: ScimAsked, { group, members }: Known, resource: Resource): Promise<Answer> {
  const { manage, organisation } = asked;
  const change = await changeOf(
    asked,
    members.map(({ id }) => id),
    memberIds(resource),
  );
  const wish = wishOf(resource);
  if (wish.displayName !== group.displayName || wish.externalId !== group.externalId)
    await setDirectoryGroup.perform(manage, { organisation: organisation.id, group: group.id, ...wish });
  await move(asked, group, change);
  return shown(asked, await knownOf(asked, group.id));
}

export async function replaceGroup(asked: ScimAsked, id: string): Promise<Answer> {
  const known = await knownOf(asked, id);
  needVersion(asked, groupVersion(known.group, known.members));
  return become(asked, known, readResource(GROUP, await bodyOf(asked)));
}

export async function patchGroup(asked: ScimAsked, id: string): Promise<Answer> {
  const operations = readPatch(await bodyOf(asked));
  const known = await knownOf(asked, id);
  needVersion(asked, groupVersion(known.group, known.members));
  const before = groupResource(known.group, known.members, asked.base);
  return become(asked, known, applyPatch(GROUP, before, operations));
}

export async function deleteGroup(asked: ScimAsked, id: string): Promise<Answer> {
  const { manage, organisation } = asked;
  const { group, members } = await knownOf(asked, id);
  needVersion(asked, groupVersion(group, members));
  await move(
    asked,
    group,
    await changeOf(
      asked,
      members.map((each) => each.id),
      [],
    ),
  );
  await removeDirectoryGroup.perform(manage, { organisation: organisation.id, group: group.id });
  return scimAnswer(204, null);
}
