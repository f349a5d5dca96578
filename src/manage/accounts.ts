import { z } from 'zod';
import { longDetail } from '../coverage/detail.ts';
import { SallyportError } from '../errors.ts';
import { randomToken } from '../lib/random.ts';
import type { Entry, Parts } from '../operations/types.ts';
import { covers, OWNER, type Reach, ROLES } from '../roles.ts';
import type { AccountRow } from '../store/types.ts';
import { type AccountView, accountView, SIGN_IN, view, viewOf } from './account-view.ts';
import {
  accountForm,
  administration,
  findAccount,
  type Http,
  type Managing,
  stillThere,
  toOwner,
} from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount, needName, needRealm, tellable } from './find.ts';
import { lockedOutOf } from './names-at-apps.ts';
import { needOrganisation, needOwnerLeft, organisationFor } from './organisations.ts';
import { query } from './query.ts';

const newAccount = z.strictObject({
  name: z.string(),
  realm: z.string().optional(),
  email: z.string().optional(),
  groups: z.array(z.string()).readonly().optional(),
  /** Holds the role owner, for everything: on the machine alone. Everybody else gives roles by `role.grant`, which wants more. */
  admin: z.boolean().optional(),
  /** By id or name; default: the one that is called as the realm. */
  organisation: z.string().optional(),
});
export type NewAccount = Readonly<z.infer<typeof newAccount>>;

const EMAIL = /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u;
const GROUP = /^[A-Za-z0-9._:-]{1,64}$/;

/** What is wrong with an address or the groups of an account, as a sentence; undefined when nothing is. */
export function fieldFault(email: string | undefined, groups: readonly string[]): string | undefined {
  if (email !== undefined && (email.length > 254 || !EMAIL.test(email)))
    return `${JSON.stringify(email)} is not an e-mail address`;
  const group = groups.find((each) => !GROUP.test(each));
  if (group === undefined) return undefined;
  return `${JSON.stringify(group)} is not a group name (letters, digits, . _ : -, at most 64)`;
}

/** A row for a new account, nothing stored. `name` is canonical. */
export function newAccountRow(
  ctx: ManageContext,
  realm: string,
  name: string,
  wish: Omit<NewAccount, 'name' | 'realm' | 'organisation'> & { readonly organisationId: string },
): AccountRow {
  return {
    id: randomToken(ctx.random, 16),
    realm,
    name,
    passwordHash: null,
    groups: [...new Set(wish.groups ?? [])],
    email: wish.email ?? null,
    organisationId: wish.organisationId,
    roles: wish.admin === true ? [OWNER] : [],
    disabledAt: null,
    createdAt: ctx.clock.now(),
  };
}

/** Adds it, and says what goes on record. Throws `forbidden`, `usage` for a name that is another's at an app, `conflict`. */
export async function insertAccount(ctx: Managing, tx: Parts, row: AccountRow): Promise<Entry<'account.add'>> {
  if (!covers(ctx.grants, row.roles))
    throw new SallyportError('forbidden', 'nobody gives a role that they do not hold');
  const why = await lockedOutOf(tx, ctx.config.apps, row, null);
  if (why !== undefined) throw new SallyportError('usage', tellable(ctx, why));
  await tx.accounts.insert(row);
  return { kind: 'account.add', accountId: row.id, detail: addedDetail(row) };
}

/** What goes on record of an account that was added: from it the record knows all of the account (coverage/). */
export function addedDetail({ realm, name, organisationId, groups, roles, disabledAt }: AccountRow) {
  return {
    realm,
    name,
    admin: roles.length > 0,
    ...longDetail('groups', groups.join(' ')),
    organisation: organisationId,
    ...(disabledAt === null ? {} : { disabled: true }),
  };
}

/** Disables an account, and ends all that it has open. Throws `conflict` for the last owner. */
export async function shutOut(
  tx: Parts<'account'>,
  row: AccountRow,
  now: number,
): Promise<{ readonly sessionsEnded: number; readonly ticketsEnded: number }> {
  await tx.accounts.update(row.id, { disabledAt: row.disabledAt ?? now });
  await needOwnerLeft(tx, row);
  await tx.pendings.removeOfAccount(row.id);
  const ticketsEnded = await tx.tickets.revokeOfAccount(row.id, now);
  const sessionsEnded = (await tx.sessions.end({ by: 'account', accountId: row.id }, 'account-disabled', now)).length;
  return { sessionsEnded, ticketsEnded };
}

/**
 * Adds an account without password or authenticator; a ticket is what enrols one. Throws `usage` (also for a name that is another
 * account's at an app), `conflict`.
 */
export const addAccount = administration({
  name: 'account.add',
  does: 'adds an account, which enrols by ticket before it can sign in',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'organisation' },
  http: 'POST /accounts',
  input: newAccount,
  output: accountView,
  lock: { none: 'adds an account, which nobody has opened anything of' },
  records: ['account.add'],
  async find({ ctx, input }) {
    if (input.admin === true && ctx.authority.kind !== 'machine')
      throw new SallyportError('forbidden', 'an owner is made by role.grant alone');
    const realm = needRealm(ctx, input.realm);
    const fault = fieldFault(input.email, input.groups ?? []);
    if (fault !== undefined) throw new SallyportError('usage', fault);
    const organisationId = await organisationFor(ctx, realm.id, input.organisation);
    return {
      organisationId,
      row: newAccountRow(ctx, realm.id, needName(input.name, realm), { ...input, organisationId }),
    };
  },
  async run({ ctx, tx, given: { row } }) {
    return { value: view(row, ctx.reach), record: [await insertAccount(ctx, tx, row)] };
  },
});

const filter = z.strictObject({
  realm: z.string().optional(),
  /** By id or name. */
  organisation: z.string().optional(),
  /** Only those without an authenticator that works. */
  withoutFactor: z.boolean().optional(),
  /** Only those that are older than this and have not signed in for as long, ms. */
  unusedFor: z.number().optional(),
});

/** All accounts, or those that the filter lets through, by realm and name. Throws `usage`, `not-found`. */
export const listAccounts = query({
  name: 'account.list',
  does: 'every account with what it has',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /accounts/all',
  input: filter,
  output: z.array(accountView).readonly(),
  async read(ctx, { realm: realmId, organisation, withoutFactor = false, unusedFor }) {
    const realm = realmId === undefined ? undefined : needRealm(ctx, realmId).id;
    const only = organisation === undefined ? undefined : await needOrganisation(ctx, organisation, realm);
    const rows = await ctx.store.accounts.list(realm, only === undefined ? ctx.reach : new Set([only.id]));
    const standings = await ctx.store.authenticators.standings();
    const signIns = await ctx.store.audit.latestOf(SIGN_IN);
    const since = unusedFor === undefined ? Number.POSITIVE_INFINITY : ctx.clock.now() - unusedFor;
    return rows
      .map((row) => view(row, ctx.reach, { standing: standings.get(row.id), lastSignIn: signIns.get(row.id) }))
      .filter((row) => !withoutFactor || row.authenticators === 0)
      .filter((row) => (row.lastSignIn ?? row.createdAt) <= since);
  },
});

/** One account, by id or name. Throws `not-found`, `usage`. */
export const showAccount = query({
  name: 'account.show',
  does: 'one account with what it has',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /accounts/{account}',
  input: accountForm,
  output: accountView,
  read: async (ctx, { account, realm }) => viewOf(ctx.store, await needAccount(ctx, account, realm), ctx.reach),
});

/** The account as the operation left it, whatever becomes of it later. */
export async function viewAfter(tx: Parts<'account'>, row: AccountRow, reach: Reach): Promise<AccountView> {
  return viewOf(tx, (await tx.accounts.byId(row.id)) ?? row, reach);
}

/** Throws `conflict` for an account of which anything was used, or that was made, after this moment (ms). */
async function needUnused(tx: Parts<'account'>, row: AccountRow, since: number): Promise<void> {
  const used = (await tx.authenticators.ofAccount(row.id)).some(
    ({ lastUsedAt, createdAt }) => lastUsedAt !== null && lastUsedAt > createdAt && lastUsedAt > since,
  );
  if (used || row.createdAt > since) throw new SallyportError('conflict', `${row.name} was used since`);
}

const disabling = accountForm.extend({
  /** Only where nothing of it was used since this moment (ms); it is on record as dormant then. */
  unusedSince: z.number().optional(),
});

/** The act under one of its names: what is asked of a token is that name. */
const disablingAs = (name: 'account.disable' | 'roster.read', http: Http | null) =>
  administration({
    name,
    does: 'disables an account; its sessions, sign-ins under way and tickets end',
    who: 'administrator',
    needs: { roles: ['owner', 'administrator'], of: 'account' },
    http,
    input: disabling,
    output: accountView.extend({ sessionsEnded: z.number(), ticketsEnded: z.number() }),
    lock: 'account',
    records: ['account.disable'],
    notices: ['account-disabled'],
    find: (on) => findAccount(on),
    async run({ tx, ctx, account, input: { unusedSince }, now }) {
      const row = stillThere(account);
      if (unusedSince !== undefined) await needUnused(tx, row, unusedSince);
      await tx.directory.keepDisabled(row.id);
      const ended = await shutOut(tx, row, now);
      const detail = { name: row.name, ...(unusedSince === undefined ? {} : { reason: 'dormant' }), ...ended };
      return {
        value: { ...(await viewAfter(tx, row, ctx.reach)), ...ended },
        record: [{ kind: 'account.disable', accountId: row.id, detail }],
        notices: row.disabledAt === null ? [toOwner(ctx, row, 'account-disabled')] : [],
      };
    },
  });

/** Disables an account: its sessions, pending sign-ins and open tickets end in the same step. Throws `not-found`, `usage`, `conflict`. */
export const disableAccount = disablingAs('account.disable', 'POST /accounts/{account}/disable');

/** The same for one that a list shows to be dormant (roster/read.ts): whoever may read the list may do what it is configured to do. */
export const disableDormantAccount = disablingAs('roster.read', null);

/** Enables an account again, with the authenticators it had. Throws `not-found`, `usage`. */
export const enableAccount = administration({
  name: 'account.enable',
  does: 'enables an account again, with the authenticators that it had',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'POST /accounts/{account}/enable',
  input: accountForm,
  output: accountView,
  lock: 'account',
  records: ['account.enable'],
  find: findAccount,
  async run({ tx, ctx, account }) {
    const row = stillThere(account);
    await tx.accounts.update(row.id, { disabledAt: null });
    const entry = { kind: 'account.enable', accountId: row.id, detail: { name: row.name } } as const;
    return { value: await viewAfter(tx, row, ctx.reach), record: [entry] };
  },
});

/** Removes an account with all that belongs to it; the record keeps its name. Throws `not-found`, `usage`. */
export const removeAccount = administration({
  name: 'account.remove',
  does: 'removes an account with all that belongs to it',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator'], of: 'account', fresh: true },
  http: 'DELETE /accounts/{account}',
  input: accountForm,
  output: accountView.extend({ sessionsEnded: z.number() }),
  lock: 'account',
  records: ['account.remove'],
  find: findAccount,
  async run({ tx, ctx, account, now }) {
    const row = stillThere(account);
    const shown = await viewOf(tx, row, ctx.reach);
    // They would go with it; so it is known how many.
    const ended = await tx.sessions.end({ by: 'account', accountId: row.id }, 'account-removed', now);
    await tx.accounts.remove(row.id);
    await needOwnerLeft(tx, row);
    const detail = { realm: shown.realm, name: shown.name, authenticators: shown.authenticators };
    const value = { ...shown, sessionsEnded: ended.length };
    return { value, record: [{ kind: 'account.remove', accountId: row.id, detail }] };
  },
});
