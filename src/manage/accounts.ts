import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { randomToken } from '../lib/random.ts';
import type { Parts } from '../operations/types.ts';
import type { AccountRow } from '../store/types.ts';
import { type AccountView, accountView, SIGN_IN, view, viewOf } from './account-view.ts';
import { accountForm, administration, findAccount, stillThere, toOwner } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount, needName, needRealm } from './find.ts';
import { lockedOutOf } from './names-at-apps.ts';

const newAccount = z.strictObject({
  name: z.string(),
  realm: z.string().optional(),
  email: z.string().optional(),
  groups: z.array(z.string()).readonly().optional(),
  admin: z.boolean().optional(),
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
  wish: Omit<NewAccount, 'name' | 'realm'>,
): AccountRow {
  return {
    id: randomToken(ctx.random, 16),
    realm,
    name,
    passwordHash: null,
    groups: [...new Set(wish.groups ?? [])],
    email: wish.email ?? null,
    admin: wish.admin ?? false,
    disabledAt: null,
    createdAt: ctx.clock.now(),
  };
}

/**
 * Adds an account without password or authenticator; a ticket is what enrols one. Throws `usage` (also for a name that is another
 * account's at an app), `conflict`.
 */
export const addAccount = administration({
  name: 'account.add',
  does: 'adds an account, which enrols by ticket before it can sign in',
  who: 'administrator',
  input: newAccount,
  output: accountView,
  lock: { none: 'adds an account, which nobody has opened anything of' },
  records: ['account.add'],
  find({ ctx, input }) {
    const realm = needRealm(ctx, input.realm);
    const fault = fieldFault(input.email, input.groups ?? []);
    if (fault !== undefined) throw new SallyportError('usage', fault);
    return { row: newAccountRow(ctx, realm.id, needName(input.name, realm), input) };
  },
  async run({ ctx, tx, given: { row } }) {
    const why = await lockedOutOf(tx, ctx.config.apps, row, null);
    if (why !== undefined) throw new SallyportError('usage', why);
    await tx.accounts.insert(row);
    const detail = { realm: row.realm, name: row.name, admin: row.admin, groups: row.groups.join(' ') };
    return { value: view(row), record: [{ kind: 'account.add', accountId: row.id, detail }] };
  },
});

export interface AccountFilter {
  readonly realm?: string | undefined;
  /** Only those without an authenticator that works. */
  readonly withoutFactor?: boolean | undefined;
  /** Only those that are older than this and have not signed in for as long, ms. */
  readonly unusedFor?: number | undefined;
}

/** All accounts, or those that the filter lets through, by realm and name. */
export async function listAccounts(ctx: ManageContext, filter: AccountFilter = {}): Promise<AccountView[]> {
  const { realm, withoutFactor = false, unusedFor } = filter;
  const rows = await ctx.store.accounts.list(realm === undefined ? undefined : needRealm(ctx, realm).id);
  const standings = await ctx.store.authenticators.standings();
  const signIns = await ctx.store.audit.latestOf(SIGN_IN);
  const since = unusedFor === undefined ? Number.POSITIVE_INFINITY : ctx.clock.now() - unusedFor;
  return rows
    .map((row) => view(row, { standing: standings.get(row.id), lastSignIn: signIns.get(row.id) }))
    .filter((row) => !withoutFactor || row.authenticators === 0)
    .filter((row) => (row.lastSignIn ?? row.createdAt) <= since);
}

/** One account, by id or name. Throws `not-found`, `usage`. */
export async function showAccount(ctx: ManageContext, account: string, realm?: string): Promise<AccountView> {
  return viewOf(ctx.store, await needAccount(ctx, account, realm));
}

/** The account as the operation left it, whatever becomes of it later. */
export async function viewAfter(tx: Parts<'account'>, row: AccountRow): Promise<AccountView> {
  return viewOf(tx, (await tx.accounts.byId(row.id)) ?? row);
}

/** Disables an account: its sessions, pending sign-ins and open tickets end in the same step. Throws `not-found`, `usage`. */
export const disableAccount = administration({
  name: 'account.disable',
  does: 'disables an account; its sessions, sign-ins under way and tickets end',
  who: 'administrator',
  input: accountForm,
  output: accountView.extend({ sessionsEnded: z.number(), ticketsEnded: z.number() }),
  lock: 'account',
  records: ['account.disable'],
  notices: ['account-disabled'],
  find: findAccount,
  async run({ tx, ctx, account, now }) {
    const row = stillThere(account);
    await tx.accounts.update(row.id, { disabledAt: row.disabledAt ?? now });
    await tx.pendings.removeOfAccount(row.id);
    const ticketsEnded = await tx.tickets.revokeOfAccount(row.id, now);
    const sessionsEnded = (await tx.sessions.end({ by: 'account', accountId: row.id }, 'account-disabled', now)).length;
    const ended = { sessionsEnded, ticketsEnded };
    return {
      value: { ...(await viewAfter(tx, row)), ...ended },
      record: [{ kind: 'account.disable', accountId: row.id, detail: { name: row.name, ...ended } }],
      notices: row.disabledAt === null ? [toOwner(ctx, row, 'account-disabled')] : [],
    };
  },
});

/** Enables an account again, with the authenticators it had. Throws `not-found`, `usage`. */
export const enableAccount = administration({
  name: 'account.enable',
  does: 'enables an account again, with the authenticators that it had',
  who: 'administrator',
  input: accountForm,
  output: accountView,
  lock: 'account',
  records: ['account.enable'],
  find: findAccount,
  async run({ tx, account }) {
    const row = stillThere(account);
    await tx.accounts.update(row.id, { disabledAt: null });
    const entry = { kind: 'account.enable', accountId: row.id, detail: { name: row.name } } as const;
    return { value: await viewAfter(tx, row), record: [entry] };
  },
});

/** Makes an existing account an administrator. Throws `not-found`, `usage`. */
export const makeAdmin = administration({
  name: 'account.make-administrator',
  does: 'makes an account that there is an administrator',
  who: 'administrator',
  input: accountForm,
  output: accountView,
  lock: 'account',
  records: ['account.admin'],
  find: findAccount,
  async run({ tx, account }) {
    const row = stillThere(account);
    await tx.accounts.update(row.id, { admin: true });
    const entry = { kind: 'account.admin', accountId: row.id, detail: { name: row.name } } as const;
    return { value: await viewAfter(tx, row), record: [entry] };
  },
});

/** Removes an account with all that belongs to it; the record keeps its name. Throws `not-found`, `usage`. */
export const removeAccount = administration({
  name: 'account.remove',
  does: 'removes an account with all that belongs to it',
  who: 'administrator',
  input: accountForm,
  output: accountView,
  lock: 'account',
  records: ['account.remove'],
  find: findAccount,
  async run({ tx, account }) {
    const row = stillThere(account);
    const shown = await viewOf(tx, row);
    await tx.accounts.remove(row.id);
    const detail = { realm: shown.realm, name: shown.name, authenticators: shown.authenticators };
    return { value: shown, record: [{ kind: 'account.remove', accountId: row.id, detail }] };
  },
});
