import type { Parts } from '../operations/types.ts';

/**
 * Ends every link by which the account could enrol, and what was begun with one: whoever issued it, and may know its secret, could
 * act upon the account as it was, and not as it becomes. How many links.
 */
export async function endInvitations(tx: Parts<'account'>, accountId: string, now: number): Promise<number> {
  await tx.pendings.removeOfAccount(accountId, 'enrol');
  return tx.tickets.revokeOfAccount(accountId, now);
}
