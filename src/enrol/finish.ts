import { SallyportError } from '../errors.ts';
import type { AccountParts, AccountRow } from '../store/types.ts';
import { replaceCodes } from './codes.ts';
import { type EnrolContext, type Live, needLive, underLive } from './live.ts';
import { needPassword } from './password.ts';
import { recordChange } from './record.ts';
import type { EnrolCaller, EnrolState, Finished, OpensSession } from './types.ts';

/** What was added in an enrolment, in order: each is there with the proof that it works. */
export function addedIn({ pending }: Live): EnrolState['added'] {
  return pending.proofs.flatMap(({ kind }) => (kind === 'totp' || kind === 'passkey' ? [kind] : []));
}

/** A ticket means that something was lost: sessions that the finder may hold, and other open tickets, end. */
async function endAccess(
  ctx: EnrolContext,
  tx: AccountParts,
  caller: EnrolCaller,
  account: AccountRow,
): Promise<number> {
  const now = ctx.clock.now();
  await tx.tickets.revokeOfAccount(account.id, now);
  const ended = await tx.sessions.end({ by: 'account', accountId: account.id }, 'enrolled-by-ticket', now);
  if (ended.length > 0) {
    const detail = { sessions: ended.length, cause: 'enrolled-by-ticket' };
    await recordChange(ctx, tx, caller, account, 'session.revoke', detail);
  }
  return ended.length;
}

/** Ends the enrolment, once; what it opens is of the same transaction, so that nothing that ends it comes between. */
export async function finish<S>(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
  opens: OpensSession<S> | undefined,
): Promise<Finished<S>> {
  return underLive(ctx, caller, await needLive(ctx, caller, cookie), async (tx, live) => {
    const { pending, account } = live;
    const adding = live.progress.sessionId !== null;
    needPassword(live, caller);
    if (addedIn(live).length === 0) throw new SallyportError('conflict', 'no authenticator was added yet');
    if (!(await tx.pendings.remove(pending.id))) throw new SallyportError('conflict', 'finished meanwhile');
    await tx.pendings.removeOfAccount(account.id);
    const keepCodes = adding && (await tx.authenticators.recoveryLeft(account.id)) > 0;
    const recoveryCodes = keepCodes ? [] : await replaceCodes(ctx, tx, caller, account);
    const ended = adding ? 0 : await endAccess(ctx, tx, caller, account);
    await recordChange(ctx, tx, caller, account, 'enrol.finish', { adding, sessionsEnded: ended });
    const { proofs } = pending;
    const signedIn = adding ? undefined : await opens?.(tx, account, proofs);
    return { recoveryCodes, accountId: account.id, accountName: account.name, proofs, adding, signedIn };
  });
}
