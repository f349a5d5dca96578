import { SallyportError } from '../errors.ts';
import type { AccountParts, AccountRow } from '../store/types.ts';
import { type AccountView, changeAccount, fieldFault } from './accounts.ts';
import { type ManageContext, recordManaged, tellOwner } from './context.ts';

/** What is to be changed of an account; what is left out stays. */
export interface AccountWish {
  /** In place of those it has. */
  readonly groups?: readonly string[] | undefined;
  readonly addGroups?: readonly string[] | undefined;
  readonly removeGroups?: readonly string[] | undefined;
  /** null: none any more. */
  readonly email?: string | null | undefined;
}

function wishFault({ groups = [], addGroups = [], removeGroups = [], email }: AccountWish): string | undefined {
  const both = removeGroups.find((each) => groups.includes(each) || addGroups.includes(each));
  if (both !== undefined) return `the group ${JSON.stringify(both)} cannot be given and removed at once`;
  return fieldFault(email ?? undefined, [...groups, ...addGroups, ...removeGroups]);
}

function groupsAfter(row: AccountRow, wish: AccountWish): readonly string[] {
  const removed = new Set(wish.removeGroups);
  return [...new Set([...(wish.groups ?? row.groups), ...(wish.addGroups ?? [])])].filter((each) => !removed.has(each));
}

const differ = (a: readonly string[], b: readonly string[]): boolean =>
  a.length !== b.length || a.some((each) => !b.includes(each));

/** Changes what differs; false when nothing does. The record says that an address changed, and keeps none. */
async function apply(ctx: ManageContext, tx: AccountParts, row: AccountRow, wish: AccountWish): Promise<boolean> {
  const groups = groupsAfter(row, wish);
  const email = wish.email === undefined ? row.email : wish.email;
  const regrouped = differ(groups, row.groups);
  const readdressed = email !== row.email;
  if (!regrouped && !readdressed) return false;
  await tx.accounts.update(row.id, { ...(regrouped ? { groups } : {}), ...(readdressed ? { email } : {}) });
  const detail = {
    name: row.name,
    ...(regrouped ? { groups: groups.join(' ') } : {}),
    ...(readdressed ? { email: email === null ? 'removed' : 'changed' } : {}),
  };
  await recordManaged(ctx, tx, 'account.set', { accountId: row.id, detail });
  if (readdressed) await tellOwner(ctx, tx, row, 'email-changed');
  return true;
}

/**
 * Changes groups and e-mail address, in force on every node at once; the old address is told that it is none any more.
 * Throws `usage`, `not-found`.
 */
export async function setAccount(
  ctx: ManageContext,
  account: string,
  wish: AccountWish,
  realm?: string,
): Promise<AccountView & { readonly changed: boolean }> {
  const fault = wishFault(wish);
  if (fault !== undefined) throw new SallyportError('usage', fault);
  let changed = false;
  const shown = await changeAccount(ctx, account, realm, async (tx, row) => {
    changed = await apply(ctx, tx, row, wish);
  });
  return { ...shown, changed };
}
