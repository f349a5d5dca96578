import type { Entry, Parts } from '../operations/types.ts';

/**
 * Ends every link by which the account could enrol, and what was begun with one: whoever issued it, and may know its secret, could
 * act upon the account as it was, and not as it becomes. How many links.
 */
export async function endInvitations(tx: Parts<'account'>, accountId: string, now: number): Promise<number> {
  await tx.pendings.removeOfAccount(accountId, 'enrol');
  return tx.tickets.revokeOfAccount(accountId, now);
}

/**
 * Ends the link that went to an address by e-mail, or waits to, and what was begun with it: the address is the account's no more, and whoever has it
 * may be anybody. One that was handed over since stays. What goes on record of it.
 */
export async function endMailed(
  tx: Parts<'account'>,
  { id: accountId }: { readonly id: string },
  now: number,
): Promise<readonly Entry<'ticket.revoke'>[]> {
  const [open] = await tx.tickets.listOpen(now, { accountId });
  // Opened already, it is open no more, and what was begun with it may go on.
  const [last] = open === undefined ? await tx.invitations.list({ reach: 'all', accountId, limit: 1 }) : [];
  const mailed = open === undefined ? last : await tx.invitations.byId(open.id, now);
  if (mailed === undefined || mailed.expiresAt <= now) return [];
  const tickets = await endInvitations(tx, accountId, now);
  return tickets === 0 ? [] : [{ kind: 'ticket.revoke', accountId, detail: { tickets } }];
}
