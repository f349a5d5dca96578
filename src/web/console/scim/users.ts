import { canonicalName } from '../../../accounts/name.ts';
import { SallyportError } from '../../../errors.ts';
import { removeAccount } from '../../../manage/accounts.ts';
import { addDirectoryAccount, directoryAccounts, setDirectoryAccount } from '../../../manage/directory.ts';
import { directoryGroups, type GroupView } from '../../../manage/directory-groups.ts';
import type { DirectoryView } from '../../../manage/directory-view.ts';
import { endMeasured } from '../../../manage/stopped.ts';
import { fault } from '../../../scim/error.ts';
import { isWanted, project } from '../../../scim/message/project.ts';
import { readWanted, type Wanted } from '../../../scim/message/query.ts';
import { applyPatch } from '../../../scim/patch/apply.ts';
import { readPatch } from '../../../scim/patch/read.ts';
import type { PatchOperation } from '../../../scim/patch/types.ts';
import { readResource } from '../../../scim/resource/read.ts';
import type { Resource } from '../../../scim/schema/types.ts';
import { USER } from '../../../scim/schema/user.ts';
import type { Answer } from '../../reply.ts';
import { bodyOf, type Directory, isKnown, needVersion, type ScimAsked, tagOf, versionsOf } from './asked.ts';
import { scimAnswer } from './refusals.ts';
import { textOf, userResource, type Wish, wishOf } from './user-resource.ts';

/** A PATCH is worked out apart from the account; it is done while that is as it was then, or worked out once more. */
const TRIES = 4;

/** One account of the organisation. Throws `not-found`. */
export async function accountOf({ manage, organisation }: Directory, id: string): Promise<DirectoryView> {
  const { accounts } = await directoryAccounts.ask(manage, { organisation: organisation.id, id });
  const [found] = accounts;
  if (found === undefined) throw new SallyportError('not-found', 'there is no such account');
  return found;
}

/** The directory's groups, where somebody asks for those of accounts. */
export async function groupsFor({ manage, organisation }: Directory, wanted: Wanted): Promise<GroupView[] | null> {
  if (!isWanted(USER, 'groups', wanted)) return null;
  return [...(await directoryGroups.ask(manage, { organisation: organisation.id }))];
}

async function shown(asked: ScimAsked, view: DirectoryView, status = 200): Promise<Answer> {
  const wanted = readWanted(asked.search);
  const resource = userResource(view, await groupsFor(asked, wanted), asked.base);
  const headers = {
    ETag: tagOf(view.version),
    ...(status === 201 ? { Location: `${asked.base}/Users/${view.id}` } : {}),
  };
  return scimAnswer(status, project(USER, resource, wanted), headers);
}

/** Throws `mutability`: an account is who its name says, to apps and to whoever enrolled it. */
function needSameName({ manage, organisation }: Directory, { name }: DirectoryView, resource: Resource): void {
  const realm = manage.config.realms.get(organisation.realm);
  const said = textOf(resource['userName']) ?? '';
  if (said === name || (realm !== undefined && canonicalName(said, realm) === name)) return;
  throw fault('mutability', 'the userName of an account cannot be changed: remove it, and add the other');
}

/** Does it; where it shuts somebody out, waits until that is in force everywhere, and measures it. */
async function set({ manage }: Directory, id: string, wish: Wish, versions: readonly string[] | undefined) {
  const { externalId, person, active } = wish;
  const input = {
    account: id,
    externalId,
    person,
    ...(active === undefined ? {} : { active }),
    ...(versions === undefined ? {} : { versions }),
  };
  const perform = () => setDirectoryAccount.perform(manage, input);
  return active === false ? (await endMeasured(manage, 'disabled', perform)).done : perform();
}

export async function createUser(asked: ScimAsked): Promise<Answer> {
  const { manage, organisation } = asked;
  const resource = readResource(USER, await bodyOf(asked));
  const { externalId, person, active = true } = wishOf(resource);
  const name = textOf(resource['userName']) ?? '';
  const input = { organisation: organisation.id, name, externalId, person, active };
  return shown(asked, await addDirectoryAccount.perform(manage, input), 201);
}

export async function getUser(asked: ScimAsked, id: string): Promise<Answer> {
  const view = await accountOf(asked, id);
  if (isKnown(asked, view.version)) return scimAnswer(304, null, { ETag: tagOf(view.version) });
  return shown(asked, view);
}

export async function replaceUser(asked: ScimAsked, id: string): Promise<Answer> {
  const before = await accountOf(asked, id);
  const resource = readResource(USER, await bodyOf(asked));
  needSameName(asked, before, resource);
  return shown(asked, await set(asked, id, wishOf(resource), versionsOf(asked)));
}

async function patched(asked: ScimAsked, id: string, operations: readonly PatchOperation[]): Promise<DirectoryView> {
  const before = await accountOf(asked, id);
  needVersion(asked, before.version);
  const known = await directoryGroups.ask(asked.manage, { organisation: asked.organisation.id });
  const resource = userResource(before, known, asked.base);
  const after = applyPatch(USER, resource, operations);
  if (after === resource) return before;
  needSameName(asked, before, after);
  return set(asked, id, wishOf(after), [before.version]);
}

export async function patchUser(asked: ScimAsked, id: string): Promise<Answer> {
  const operations = readPatch(await bodyOf(asked));
  for (let left = TRIES; ; left -= 1) {
    try {
      return await shown(asked, await patched(asked, id, operations));
    } catch (error) {
      const stale = error instanceof SallyportError && error.code === 'stale';
      if (!stale || left === 1 || versionsOf(asked) !== undefined) throw error;
    }
  }
}

export async function deleteUser(asked: ScimAsked, id: string): Promise<Answer> {
  const { manage } = asked;
  const before = await accountOf(asked, id);
  needVersion(asked, before.version);
  await endMeasured(manage, 'removed', () => removeAccount.perform(manage, { account: before.id }));
  return scimAnswer(204, null);
}
