import { clearGuesses } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, StoreParts } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import { checkSession, completeSignIn, renewSession, takePending } from './open.ts';
import { loadPending } from './pending.ts';
import { countFailures, type Proven, proveCode, recordRefusal, usable } from './prove.ts';
import type { Caller, SecondStep, SignedIn } from './types.ts';

/** A code that was stolen and used is noticed by its owner only when they are told. */
async function tellUse(
  ctx: LoginContext,
  tx: StoreParts,
  caller: Caller,
  account: AccountRow,
  step: SecondStep,
): Promise<void> {
  if (step !== 'recovery') return;
  const detail = { source: caller.source, app: caller.app.id };
  await ctx.notices.tell(tx, account, { kind: 'recovery-code-used', detail });
}

/** Uses the code up together with what it permits, all or nothing; a refusal is put on record. */
async function withUsedUp<T>(
  ctx: LoginContext,
  caller: Caller,
  kind: 'sign-in.second' | 'sign-in.step-up',
  step: SecondStep,
  proven: Proven,
  then: (tx: StoreParts, proof: Proof) => Promise<T>,
): Promise<T> {
  const { account, match, target } = proven;
  const now = ctx.clock.now();
  const unclaimed = new SallyportError(match.unclaimed);
  try {
    return await ctx.store.transaction(async (tx) => {
      if (!(await match.claim(tx, now))) throw unclaimed;
      await clearGuesses(tx.throttles, target);
      await tellUse(ctx, tx, caller, account, step);
      return then(tx, { kind: step, at: now, authenticatorId: match.authenticatorId });
    });
  } catch (error) {
    if (!(error instanceof SallyportError) || error.status >= 500) throw error;
    await ctx.store.transaction(async (tx) => {
      const wrong = error === unclaimed && error.code === 'wrong-credentials';
      if (wrong) await countFailures(ctx, tx, caller, [{ id: match.authenticatorId, accountId: account.id }]);
      const cause = wrong ? 'wrong-code' : error.code;
      await recordRefusal(ctx, tx, caller, { kind, accountId: account.id, detail: { step, cause } });
    });
    throw error;
  }
}

/** The second step by a code. Errors as in types.ts. */
export async function second(
  ctx: LoginContext,
  caller: Caller,
  cookie: string | null,
  step: SecondStep,
  code: string,
): Promise<SignedIn> {
  const pending = await loadPending(ctx, caller, cookie);
  if (pending === undefined) throw new SallyportError('pending-expired');
  const { realm } = caller.app;
  const who = { realm: realm.id, name: pending.claimedName, accountId: pending.accountId };
  const proven = await proveCode(ctx, caller, who, step, code, 'sign-in.second');
  return withUsedUp(ctx, caller, 'sign-in.second', step, proven, async (tx, proof) => {
    await takePending(tx, pending);
    const account = await tx.accounts.byId(proven.account.id);
    if (account === undefined || !usable(account, realm.id))
      throw new SallyportError('wrong-credentials', 'disabled meanwhile');
    const detail = { step, authenticator: proven.match.authenticatorId };
    return completeSignIn(ctx, tx, caller, account, [...pending.proofs, proof], pending.next, detail, pending);
  });
}

/** A signed-in person confirms by a code. Errors as in types.ts. */
export async function stepUp(
  ctx: LoginContext,
  caller: Caller,
  session: Session,
  step: SecondStep,
  code: string,
): Promise<SignedIn> {
  checkSession(ctx, caller, session);
  const who = { realm: session.realm, name: session.accountName, accountId: session.accountId };
  const proven = await proveCode(ctx, caller, who, step, code, 'sign-in.step-up');
  return withUsedUp(ctx, caller, 'sign-in.step-up', step, proven, async (tx, proof) => {
    const detail = { step, authenticator: proven.match.authenticatorId };
    return renewSession(ctx, tx, caller, session, proof, detail);
  });
}
