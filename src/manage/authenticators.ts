import { SallyportError } from '../errors.ts';
import type { AuthenticatorRow } from '../store/types.ts';
import { type ManageContext, recordManaged, tellOwner } from './context.ts';
import { needAccount } from './find.ts';

/** An authenticator as it is shown: nothing of its secret. */
export type AuthenticatorView = Omit<AuthenticatorRow, 'secret' | 'lastStep'>;

function view({ secret: _secret, lastStep: _lastStep, ...shown }: AuthenticatorRow): AuthenticatorView {
  return shown;
}

/** Authenticators of an account, oldest first. */
export async function listAuthenticators(
  ctx: ManageContext,
  account: string,
  realm?: string,
): Promise<AuthenticatorView[]> {
  const { id } = await needAccount(ctx, account, realm);
  return (await ctx.store.authenticators.ofAccount(id)).map(view);
}

/**
 * Removes an authenticator, also the last one (the account then enrols by ticket; it never signs in without). Every session
 * of the account ends: who holds a lost phone may hold one. Throws `not-found`.
 */
export async function removeAuthenticator(
  ctx: ManageContext,
  authenticatorId: string,
): Promise<AuthenticatorView & { sessionsEnded: number }> {
  const known = await ctx.store.authenticators.byId(authenticatorId);
  return ctx.store.underAccount(known?.accountId ?? '', async (tx, owner) => {
    const row = await tx.authenticators.byId(authenticatorId);
    if (row === undefined || !(await tx.authenticators.remove(row.id))) {
      throw new SallyportError('not-found', `there is no authenticator ${JSON.stringify(authenticatorId)}`);
    }
    const { accountId } = row;
    await tx.pendings.removeOfAccount(accountId);
    const ended = await tx.sessions.end({ by: 'account', accountId }, 'authenticator-removed', ctx.clock.now());
    const detail = { authenticator: row.id, kind: row.kind, label: row.label, sessionsEnded: ended.length };
    await recordManaged(ctx, tx, 'authenticator.remove', { accountId, detail });
    if (owner !== undefined) await tellOwner(ctx, tx, owner, 'authenticator-removed', { label: row.label });
    return { ...view(row), sessionsEnded: ended.length };
  });
}
