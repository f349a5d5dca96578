import { z } from 'zod';
import { canonicalName } from '../accounts/name.ts';
import type { RealmConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { type Done, type Parts, UNCHANGED } from '../operations/types.ts';
import { ROLES } from '../roles.ts';
import type { AccountRow, DirectoryAccountRow } from '../store/types.ts';
import { fieldFault, insertAccount, newAccountRow, shutOut } from './accounts.ts';
import { administration, type Managing, stillThere, toOwner } from './administration.ts';
import { directoryView, directoryViewOf, emailOf, type Person, personForm } from './directory-view.ts';
import { isWithin, needName, needRealm } from './find.ts';
import { endMailed } from './invitations.ts';
import { needOrganisation } from './organisations.ts';
import { query } from './query.ts';
import { needsSecond } from './second.ts';

const externalId = z.string().min(1).max(1024);

function checkEmail(person: Person): void {
  const fault = fieldFault(emailOf(person), []);
  if (fault !== undefined) throw new SallyportError('usage', fault);
}

const added = z.strictObject({
  /** By id or name. */
  organisation: z.string(),
  name: z.string(),
  externalId: externalId.nullable(),
  person: personForm,
  active: z.boolean(),
});

/** Adds an account that a directory pushes; a ticket is what enrols it. Throws `usage`, `conflict`, `not-found`. */
export const addDirectoryAccount = administration({
  name: 'directory.account-add',
  does: 'adds an account as the directory of its organisation has it',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation' },
  http: 'POST /directory/accounts',
  input: added,
  output: directoryView,
  lock: { none: 'adds an account, which nobody has opened anything of' },
  records: ['account.add'],
  async find({ ctx, input: { organisation, name, person, active } }) {
    checkEmail(person);
    const { id: organisationId, realm: realmId } = await needOrganisation(ctx, organisation);
    const realm = needRealm(ctx, realmId);
    const email = emailOf(person);
    const wish = { organisationId, ...(email === undefined ? {} : { email }) };
    const row = newAccountRow(ctx, realm.id, needName(name, realm), wish);
    return { organisationId, row: active ? row : { ...row, disabledAt: row.createdAt } };
  },
  async run({ ctx, tx, input, given: { organisationId, row } }) {
    const entry = await insertAccount(ctx, tx, row);
    const directory: DirectoryAccountRow = {
      accountId: row.id,
      organisationId,
      externalId: input.externalId,
      person: JSON.stringify(input.person),
      inactiveAt: row.disabledAt,
    };
    await tx.directory.add(directory);
    return { value: directoryViewOf({ account: row, directory }), record: [entry] };
  },
});

const wish = z.strictObject({
  /** By id. */
  account: z.string(),
  externalId: externalId.nullable(),
  person: personForm,
  /** Left out: as it is. */
  active: z.boolean().optional(),
  /** Done only while the account is as it was in one of these versions. */
  versions: z.array(z.string()).max(100).readonly().optional(),
});

type Kind = 'ticket.revoke' | 'account.set' | 'account.disable' | 'account.enable';
type Notice = 'email-changed' | 'account-disabled';
type Set = Done<unknown, Kind, Notice>;
type Entries = Exclude<Set['record'], typeof UNCHANGED>[number][];

interface Setting {
  readonly ctx: Managing;
  readonly tx: Parts<'account'>;
  readonly row: AccountRow;
  readonly before: DirectoryAccountRow | undefined;
  readonly now: number;
}

/** What has become of the account's being active: when the directory disabled it, and what goes on record. */
interface Standing {
  readonly inactiveAt: number | null;
  /** Sessions that ended by it. */
  readonly sessionsEnded: number;
  readonly record: Entries;
}

/**
 * Whether the account may sign in, as the directory says. False ends all that it has open. True undoes what the directory did,
 * and nothing else: whom an administrator has disabled stays so, however often a directory repeats itself.
 */
async function standingAfter({ ctx, tx, row, before, now }: Setting, active: boolean | undefined): Promise<Standing> {
  const { disabledAt, id: accountId, name } = row;
  const inactiveAt = before?.inactiveAt ?? null;
  const mine = disabledAt !== null && disabledAt === inactiveAt;
  if (active === false && disabledAt === null) {
    const ended = await shutOut(tx, row, now);
    const detail = { name, ...ended };
    const { sessionsEnded } = ended;
    return { inactiveAt: now, sessionsEnded, record: [{ kind: 'account.disable', accountId, detail }] };
  }
  if (active !== true || !mine) return { inactiveAt: mine ? inactiveAt : null, sessionsEnded: 0, record: [] };
  if (needsSecond(ctx, 'account.enable'))
    throw new SallyportError('forbidden', 'enabling wants a second person here: by "account.enable", and no directory');
  await tx.accounts.update(accountId, { disabledAt: null });
  return { inactiveAt: null, sessionsEnded: 0, record: [{ kind: 'account.enable', accountId, detail: { name } }] };
}

async function setEmail({ tx, row }: Setting, person: Person): Promise<boolean> {
  const email = emailOf(person) ?? null;
  if (email === row.email) return false;
  await tx.accounts.update(row.id, { email });
  return true;
}

/** Writes what the directory says, and tells what of it is new; of a person it is kept on record that, and not what. */
async function told(on: Setting, input: z.infer<typeof wish>, inactiveAt: number | null): Promise<Entries> {
  const { tx, row, before } = on;
  const person = JSON.stringify(input.person);
  const changed = {
    ...((await setEmail(on, input.person)) ? { email: 'changed' } : {}),
    ...((before?.externalId ?? null) === input.externalId ? {} : { externalId: input.externalId ?? 'removed' }),
    ...((before?.person ?? '{}') === person ? {} : { person: 'changed' }),
  };
  const { id: accountId, organisationId, name } = row;
  await tx.directory.put({ accountId, organisationId, externalId: input.externalId, person, inactiveAt });
  if (Object.keys(changed).length === 0) return [];
  const ended = 'email' in changed ? await endMailed(tx, row, on.now) : [];
  return [{ kind: 'account.set', accountId, detail: { name, ...changed } }, ...ended];
}

/**
 * Makes an account what its directory says that it is; what makes it inactive ends its sessions, sign-ins under way and tickets
 * in the same step. Throws `not-found`, `usage`, `conflict` for an external id of another, `stale`.
 */
export const setDirectoryAccount = administration({
  name: 'directory.account-set',
  does: 'changes an account as its organisation’s directory has it; who is inactive is signed out',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'PATCH /directory/accounts/{account}',
  input: wish,
  output: directoryView.extend({ sessionsEnded: z.number() }),
  lock: 'account',
  records: ['account.set', 'account.disable', 'account.enable', 'ticket.revoke'],
  notices: ['email-changed', 'account-disabled'],
  async find({ ctx, input }) {
    checkEmail(input.person);
    const row = await ctx.store.accounts.byId(input.account);
    if (row === undefined || !isWithin(ctx, row)) throw new SallyportError('not-found', 'there is no such account');
    return { accountId: row.id };
  },
  async run({ tx, ctx, account, input, now }) {
    const row = stillThere(account);
    const before = await tx.directory.ofAccount(row);
    const { version } = directoryViewOf({ account: row, directory: before });
    if (input.versions?.includes(version) === false) throw new SallyportError('stale', 'another version');
    const on = { ctx, tx, row, before, now };
    const { inactiveAt, sessionsEnded, record: opened } = await standingAfter(on, input.active);
    const [first, ...rest] = [...opened, ...(await told(on, input, inactiveAt))];
    const after = (await tx.accounts.byId(row.id)) ?? row;
    const shown = directoryViewOf({ account: after, directory: await tx.directory.ofAccount(row) });
    const value = { ...shown, sessionsEnded };
    return {
      value,
      record: first === undefined ? UNCHANGED : [first, ...rest],
      notices: [
        ...(after.email === row.email ? [] : [toOwner(ctx, row, 'email-changed')]),
        ...(after.disabledAt !== null && row.disabledAt === null ? [toOwner(ctx, row, 'account-disabled')] : []),
      ],
    };
  },
});

/** Accounts of one answer, at most: what a search looks through. */
export const MOST_ACCOUNTS = 5000;

const choice = z.strictObject({
  organisation: z.string(),
  /** One of these three, or neither. A name as it is typed. */
  id: z.string().optional(),
  name: z.string().optional(),
  externalId: z.string().optional(),
  offset: z.number().int().min(0).optional(),
  limit: z.number().int().min(0).max(MOST_ACCOUNTS).optional(),
});

const page = z.strictObject({
  /** Of the organisation, where a page of all is asked for; else of those that were found. */
  total: z.number(),
  accounts: z.array(directoryView).readonly(),
});

/** Which of them; undefined for a name that nobody can have. */
function choiceOf({ id, name, externalId, offset = 0, limit = 100 }: z.infer<typeof choice>, realm: RealmConfig) {
  if (id !== undefined) return { id };
  if (externalId !== undefined) return { externalId };
  if (name === undefined) return { offset, limit };
  const canonical = canonicalName(name, realm);
  return canonical === undefined ? undefined : { name: canonical };
}

/** Accounts of an organisation as its directory sees them, by name. Throws `not-found`, `usage`. */
export const directoryAccounts = query({
  name: 'directory.accounts',
  does: 'accounts of an organisation as its directory has them',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /directory/accounts',
  input: choice,
  output: page,
  async read(ctx, asked) {
    const { id, realm } = await needOrganisation(ctx, asked.organisation);
    const which = choiceOf(asked, needRealm(ctx, realm));
    const rows = which === undefined ? [] : await ctx.store.directory.accounts(id, which);
    const total = which !== undefined && 'limit' in which ? await ctx.store.directory.count(id) : rows.length;
    return { total, accounts: rows.map(directoryViewOf) };
  },
});
