import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { randomToken } from '../lib/random.ts';
import { withoutEnd } from '../lib/trim.ts';
import { ROLES } from '../roles.ts';
import type { DirectoryGroupRow } from '../store/types.ts';
import { administration } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needOrganisation, textFault } from './organisations.ts';
import { query } from './query.ts';

/** Groups that the directory of one organisation may make. */
const MOST_GROUPS = 1000;
const LONGEST_NAME = 64;
const LONGEST_DISPLAY = 256;

const groupView = z.strictObject({
  id: z.string(),
  /** As accounts, rules and assertions have it. */
  name: z.string(),
  displayName: z.string(),
  externalId: z.string().nullable(),
  createdAt: z.number(),
});
export type GroupView = Readonly<z.infer<typeof groupView>>;

function view({ organisationId: _, ...shown }: DirectoryGroupRow): GroupView {
  return shown;
}

/**
 * The name by which accounts are in a group that a directory calls so: what no name of a group may hold is one hyphen. Empty when
 * nothing is left.
 */
export function groupName(displayName: string): string {
  const parts = displayName.split(/[^A-Za-z0-9._:]/).filter((part) => part !== '');
  return withoutEnd(parts.join('-').slice(0, LONGEST_NAME), '-');
}

function checkDisplay(displayName: string): void {
  const fault = textFault('the name of a group', displayName, LONGEST_DISPLAY);
  if (fault !== undefined) throw new SallyportError('usage', fault);
  if (groupName(displayName) === '')
    throw new SallyportError('usage', 'the name of a group holds at least one of a to z, A to Z and 0 to 9');
}

/** Two that look alike to the directory are one (RFC 7643 §4.2: in any case). */
function needFree(groups: readonly DirectoryGroupRow[], displayName: string, id: string | null): void {
  const lower = displayName.toLowerCase();
  if (groups.some((each) => each.id !== id && each.displayName.toLowerCase() === lower))
    throw new SallyportError('conflict', 'the organisation has a group of that name');
}

const externalId = z.string().min(1).max(1024).nullable();
const made = z.strictObject({ organisation: z.string(), displayName: z.string(), externalId });

/** Makes a group that nobody is in yet, or those alone who were in one of its name before. Throws `usage`, `conflict`, `not-found`. */
export const addDirectoryGroup = administration({
  name: 'directory.group-add',
  does: 'adds a group as the directory of an organisation has it',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation' },
  http: 'POST /directory/groups',
  input: made,
  output: groupView,
  lock: { none: 'who is in a group stands at the accounts' },
  records: ['directory.group-add'],
  async find({ ctx, input }) {
    checkDisplay(input.displayName);
    return { organisationId: (await needOrganisation(ctx, input.organisation)).id };
  },
  async run({ tx, ctx, input, given: { organisationId }, now }) {
    const groups = await tx.directory.groups(organisationId);
    needFree(groups, input.displayName, null);
    if (groups.length >= MOST_GROUPS)
      throw new SallyportError('usage', `an organisation has at most ${MOST_GROUPS} groups of its directory`);
    const { displayName } = input;
    const id = randomToken(ctx.random, 16);
    const name = groupName(displayName);
    const row = { id, organisationId, name, displayName, externalId: input.externalId, createdAt: now };
    await tx.directory.addGroup(row);
    const detail = { group: name, displayName, organisation: organisationId };
    return { value: view(row), record: [{ kind: 'directory.group-add', detail }] };
  },
});

async function found(
  { store }: { readonly store: { readonly directory: Pick<ManageContext['store']['directory'], 'groups'> } },
  organisationId: string,
  id: string,
): Promise<DirectoryGroupRow> {
  const row = (await store.directory.groups(organisationId)).find((each) => each.id === id);
  if (row === undefined) throw new SallyportError('not-found', 'there is no such group');
  return row;
}

const which = z.strictObject({ organisation: z.string(), group: z.string() });

/**
 * Changes what the directory calls a group. The name that accounts and rules have stays: what a directory renames must not open
 * another door. Throws `usage`, `conflict`, `not-found`.
 */
export const setDirectoryGroup = administration({
  name: 'directory.group-set',
  does: 'changes what the directory of an organisation calls a group',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation' },
  http: 'PATCH /directory/groups/{group}',
  input: which.extend({ displayName: z.string(), externalId }),
  output: groupView,
  lock: { none: 'who is in a group stands at the accounts' },
  records: ['directory.group-set'],
  async find({ ctx, input }) {
    checkDisplay(input.displayName);
    return { organisationId: (await needOrganisation(ctx, input.organisation)).id };
  },
  async run({ tx, input, given: { organisationId } }) {
    const row = await found({ store: tx }, organisationId, input.group);
    needFree(await tx.directory.groups(organisationId), input.displayName, row.id);
    const { displayName, externalId } = input;
    await tx.directory.setGroup(row, { displayName, externalId });
    const value = view({ ...row, displayName, externalId });
    const detail = { group: row.name, displayName, organisation: organisationId };
    return { value, record: [{ kind: 'directory.group-set', detail }] };
  },
});

/** Forgets a group of the directory; who is in it is taken out before, account by account. Throws `not-found`, `conflict`. */
export const removeDirectoryGroup = administration({
  name: 'directory.group-remove',
  does: 'removes a group of the directory of an organisation that nobody is in any more',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation' },
  http: 'DELETE /directory/groups/{group}',
  input: which,
  output: groupView,
  lock: { none: 'who is in a group stands at the accounts' },
  records: ['directory.group-remove'],
  find: async ({ ctx, input }) => ({ organisationId: (await needOrganisation(ctx, input.organisation)).id }),
  async run({ tx, input, given: { organisationId } }) {
    const row = await found({ store: tx }, organisationId, input.group);
    if ((await tx.directory.inGroup(organisationId, row.name)).length > 0)
      throw new SallyportError('conflict', 'accounts are in the group: take them out first');
    await tx.directory.removeGroup(row);
    const detail = { group: row.name, displayName: row.displayName, organisation: organisationId };
    return { value: view(row), record: [{ kind: 'directory.group-remove', detail }] };
  },
});

/** Groups that the directory of an organisation has made, oldest first. Throws `not-found`. */
export const directoryGroups = query({
  name: 'directory.groups',
  does: 'groups that the directory of an organisation has made',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /directory/groups',
  input: z.strictObject({ organisation: z.string() }),
  output: z.array(groupView).readonly(),
  async read(ctx, { organisation }) {
    const { id } = await needOrganisation(ctx, organisation);
    return (await ctx.store.directory.groups(id)).map(view);
  },
});

/** Who is in a group of the directory, by name. Throws `not-found`. */
export const directoryMembers = query({
  name: 'directory.members',
  does: 'accounts in a group that the directory of an organisation has made',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /directory/groups/{group}/members',
  input: which,
  output: z.array(z.strictObject({ id: z.string(), name: z.string() })).readonly(),
  async read(ctx, { organisation, group }) {
    const { id } = await needOrganisation(ctx, organisation);
    const { name } = await found(ctx, id, group);
    return ctx.store.directory.inGroup(id, name);
  },
});
