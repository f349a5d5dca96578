import { hashPassword, PasswordRefused, passwordFault } from '../accounts/password.ts';
import { passwordScore } from '../accounts/strength.ts';
import { checkSource, failSource, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Session } from '../sessions/session.ts';
import { sourceOf, standsIn } from '../sources/table.ts';
import type { AccountRow } from '../store/types.ts';
import { change } from './changes.ts';
import type { EnrolContext } from './live.ts';
import { askerOf, contextOf, provesPassword, targetOf } from './password.ts';
import { needFreshFactor, recordChange, tell } from './record.ts';
import type { EnrolCaller, NewPassword, PasswordAdvice } from './types.ts';

/** Throws `not-found` where the app asks for the password, and `step-up-required`, without asking the store. */
export function needOwnPassword(ctx: EnrolContext, caller: EnrolCaller, session: Session): void {
  if (!sourceOf(caller.app.realm.source).keepsPasswords)
    throw new SallyportError('not-found', 'no passwords in this realm');
  needFreshFactor(ctx, caller, session);
}

/** The account whose password is ours to change. Throws as `needOwnPassword`, and `sign-in-required` when it is gone. */
async function ownerOf(ctx: EnrolContext, caller: EnrolCaller, session: Session): Promise<AccountRow> {
  needOwnPassword(ctx, caller, session);
  const account = await ctx.store.accounts.byId(session.accountId);
  if (!standsIn(account, caller.app.realm)) throw new SallyportError('sign-in-required', 'the account is gone');
  return account;
}

/** Counted together with sign-ins of known browsers: neither is a way round the other's limit. */
async function verifyCurrent(
  ctx: EnrolContext,
  caller: EnrolCaller,
  account: AccountRow,
  typed: string,
): Promise<void> {
  const { store, clock } = ctx;
  await checkSource(store.throttles, caller.source, clock.now());
  await withPlace(store, targetOf(account), clock.now(), async (place) => {
    if (await provesPassword(caller, account, typed)) return place.passed(store.throttles, clock.now());
    await store.transaction(async (tx) => {
      await place.failed(tx.throttles, clock.now());
      await failSource(tx.throttles, caller.source, clock.now());
      await recordChange(ctx, tx, caller, account, 'account.password', { cause: 'wrong-password' }, 'refused');
    });
    throw new SallyportError('wrong-credentials', 'wrong password at a change of password');
  });
}

/** Changes the password of the session's account. Errors and answer as in types.ts. */
export async function changePassword(
  ctx: EnrolContext,
  caller: EnrolCaller,
  session: Session,
  typed: NewPassword,
): Promise<number> {
  const owner = await ownerOf(ctx, caller, session);
  const words = contextOf(owner, caller);
  // First what tells nothing and costs nothing: nobody spends a guess on a password that will be refused.
  const fault = await passwordFault(typed.password, words);
  if (fault !== undefined) throw new PasswordRefused(fault);
  await verifyCurrent(ctx, caller, owner, typed.current);
  const passwordHash = await hashPassword(typed.password, words, askerOf(caller, owner));
  return change(ctx, caller, session, async (tx, account) => {
    // Of two changes at once the second proved a password that is no longer one.
    if (sourceOf(caller.app.realm.source).changed(owner, account))
      throw new SallyportError('conflict', 'changed meanwhile');
    await tx.accounts.update(account.id, { passwordHash });
    // What was begun with the old password ends, and so does what somebody else may have opened with it.
    await tx.pendings.removeOfAccount(account.id);
    const others = { by: 'account', accountId: account.id, except: session.id } as const;
    const ended = await tx.sessions.end(others, 'password-changed', ctx.clock.now());
    await recordChange(ctx, tx, caller, account, 'account.password', { sessionsEnded: ended.length });
    await tell(ctx, tx, caller, account, 'password-changed');
    return ended.length;
  });
}

/** Advice on a password that its owner is about to set. Stores nothing. */
export async function adviseOwner(
  ctx: EnrolContext,
  caller: EnrolCaller,
  session: Session,
  typed: string,
): Promise<PasswordAdvice> {
  const account = await ownerOf(ctx, caller, session);
  return { score: await passwordScore(typed, contextOf(account, caller)) };
}
