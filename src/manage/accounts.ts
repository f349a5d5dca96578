import type { AuditKind } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import { randomToken } from '../lib/random.ts';
import type { AccountParts, AccountRow, OpenParts, Standing } from '../store/types.ts';
import { type ManageContext, recordManaged, tellOwner } from './context.ts';
import { needAccount, needName, needRealm } from './find.ts';

export interface NewAccount {
  readonly name: string;
  readonly realm?: string | undefined;
  readonly email?: string | undefined;
  readonly groups?: readonly string[] | undefined;
  readonly admin?: boolean | undefined;
}

/** An account as it is shown: no password hash. Moments in ms. */
export interface AccountView {
  readonly id: string;
  readonly realm: string;
  readonly name: string;
  readonly email: string | null;
  readonly groups: readonly string[];
  readonly admin: boolean;
  readonly disabledAt: number | null;
  readonly createdAt: number;
  readonly passwordSet: boolean;
  /** Authenticators that it could sign in with now; recovery codes are none. */
  readonly authenticators: number;
  readonly recoveryCodes: number;
  /** By the record, which outlives sessions. */
  readonly lastSignIn: number | null;
}

/** What every sign-in puts on record, an enrolment that ends in one too. */
const SIGN_IN = 'session.open' satisfies AuditKind;

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

interface Known {
  readonly standing?: Standing | undefined;
  readonly lastSignIn?: number | undefined;
}

function view(account: AccountRow, { standing, lastSignIn }: Known = {}): AccountView {
  const { passwordHash, ...rest } = account;
  return {
    ...rest,
    passwordSet: passwordHash !== null,
    authenticators: standing?.factors ?? 0,
    recoveryCodes: standing?.recoveryCodes ?? 0,
    lastSignIn: lastSignIn ?? null,
  };
}

/** Adds an account without password or authenticator; a ticket is what enrols one. Throws `usage`, `conflict`. */
export async function addAccount(ctx: ManageContext, wish: NewAccount): Promise<AccountView> {
  const realm = needRealm(ctx, wish.realm);
  const fault = fieldFault(wish.email, wish.groups ?? []);
  if (fault !== undefined) throw new SallyportError('usage', fault);
  const row = newAccountRow(ctx, realm.id, needName(wish.name, realm), wish);
  await ctx.store.transaction(async (tx) => {
    await tx.accounts.insert(row);
    const detail = { realm: row.realm, name: row.name, admin: row.admin, groups: row.groups.join(' ') };
    await recordManaged(ctx, tx, 'account.add', { accountId: row.id, detail });
  });
  return view(row);
}

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

async function viewOf({ authenticators, audit }: OpenParts, row: AccountRow): Promise<AccountView> {
  const owned = await authenticators.ofAccount(row.id);
  const factors = owned.filter((each) => each.kind !== 'recovery' && each.disabledAt === null).length;
  const recoveryCodes = await authenticators.recoveryLeft(row.id);
  const [last] = await audit.list({ kind: SIGN_IN, accountId: row.id, limit: 1 });
  return view(row, { standing: { factors, recoveryCodes }, lastSignIn: last?.at });
}

/** One account, by id or name. Throws `not-found`, `usage`. */
export async function showAccount(ctx: ManageContext, account: string, realm?: string): Promise<AccountView> {
  return viewOf(ctx.store, await needAccount(ctx, account, realm));
}

/**
 * One account's change under its lock; answers the account as it left it, whatever became of it since. Throws `not-found`,
 * `usage`.
 */
export async function changeAccount(
  ctx: ManageContext,
  account: string,
  realm: string | undefined,
  work: (tx: AccountParts, row: AccountRow) => Promise<void>,
): Promise<AccountView> {
  const { id } = await needAccount(ctx, account, realm);
  return ctx.store.underAccount(id, async (tx, row) => {
    if (row === undefined) throw new SallyportError('not-found', 'the account was removed meanwhile');
    await work(tx, row);
    return viewOf(tx, (await tx.accounts.byId(id)) ?? row);
  });
}

/** Disables an account: its sessions, pending sign-ins and open tickets end in the same step. Returns how many sessions. */
export async function disableAccount(
  ctx: ManageContext,
  account: string,
  realm?: string,
): Promise<AccountView & { sessionsEnded: number }> {
  let sessionsEnded = 0;
  const shown = await changeAccount(ctx, account, realm, async (tx, row) => {
    const now = ctx.clock.now();
    await tx.accounts.update(row.id, { disabledAt: row.disabledAt ?? now });
    await tx.pendings.removeOfAccount(row.id);
    await tx.tickets.revokeOfAccount(row.id, now);
    sessionsEnded = (await tx.sessions.end({ by: 'account', accountId: row.id }, 'account-disabled', now)).length;
    await recordManaged(ctx, tx, 'account.disable', { accountId: row.id, detail: { name: row.name, sessionsEnded } });
    if (row.disabledAt === null) await tellOwner(ctx, tx, row, 'account-disabled');
  });
  return { ...shown, sessionsEnded };
}

/** Enables an account again, with the authenticators it had. */
export function enableAccount(ctx: ManageContext, account: string, realm?: string): Promise<AccountView> {
  return changeAccount(ctx, account, realm, async (tx, row) => {
    await tx.accounts.update(row.id, { disabledAt: null });
    await recordManaged(ctx, tx, 'account.enable', { accountId: row.id, detail: { name: row.name } });
  });
}

/** Makes an existing account an administrator. Throws `not-found`, `usage`. */
export function makeAdmin(ctx: ManageContext, account: string, realm?: string): Promise<AccountView> {
  return changeAccount(ctx, account, realm, async (tx, row) => {
    await tx.accounts.update(row.id, { admin: true });
    await recordManaged(ctx, tx, 'account.admin', { accountId: row.id, detail: { name: row.name } });
  });
}

/** Removes an account with all that belongs to it; the record keeps its name. */
export async function removeAccount(ctx: ManageContext, account: string, realm?: string): Promise<AccountView> {
  const { id } = await needAccount(ctx, account, realm);
  return ctx.store.underAccount(id, async (tx, row) => {
    if (row === undefined) throw new SallyportError('not-found', 'the account was removed meanwhile');
    const shown = await viewOf(tx, row);
    await tx.accounts.remove(id);
    const detail = { realm: shown.realm, name: shown.name, authenticators: shown.authenticators };
    await recordManaged(ctx, tx, 'account.remove', { accountId: id, detail });
    return shown;
  });
}
