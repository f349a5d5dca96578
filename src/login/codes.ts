import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import type { Session } from '../sessions/session.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountParts, AccountRow } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import { checkSession, completeSignIn, needStanding, renewSession } from './open.ts';
import { begunOf, loadPending, needWaiting, takePending } from './pending.ts';
import {
  type CodeGuess,
  countFailures,
  countsTowardsEnd,
  type Proven,
  proveCode,
  recordRefusal,
  recordStep,
} from './prove.ts';
import type { Caller, SecondStep, SignedIn } from './types.ts';

/** A code that was stolen and used is noticed by its owner only when they are told. */
async function tellUse(
  ctx: LoginContext,
  tx: AccountParts,
  caller: Caller,
  account: AccountRow,
  step: SecondStep,
): Promise<void> {
  if (step !== 'recovery') return;
  const detail = { source: caller.source, app: caller.app.id };
  await ctx.notices.tell(tx, account, { kind: 'recovery-code-used', detail });
}

/** The code fitted and was none any more: a wrong one after all, or used before. Both were judged. */
async function recordUnclaimed(ctx: LoginContext, caller: Caller, guess: CodeGuess, proven: Proven): Promise<void> {
  const { account, match, place } = proven;
  const wrong = match.unclaimed === 'wrong-credentials';
  const cause = wrong ? 'wrong-code' : match.unclaimed;
  await ctx.store.underAccount(account.id, async (tx) => {
    await guess.stands(tx);
    await place.failed(tx.throttles, ctx.clock.now());
    if (wrong && countsTowardsEnd(place))
      await countFailures(ctx, tx, caller, [{ id: match.authenticatorId, accountId: account.id }]);
    const refusal = { kind: guess.kind, accountId: account.id, detail: { step: guess.step, cause, ...guess.begun } };
    await recordRefusal(ctx, tx, caller, refusal);
  });
}

/** What came between was no guess of anybody's: on record, and counted against nobody. */
async function recordInterrupted(
  ctx: LoginContext,
  caller: Caller,
  { kind, step, begun }: CodeGuess,
  accountId: string,
  cause: string,
): Promise<void> {
  await ctx.store.transaction((tx) =>
    recordStep(ctx, tx, caller, { kind, accountId, detail: { step, cause, ...begun } }),
  );
}

/** Uses the code up together with what it permits, all or nothing; a refusal is put on record. */
async function withUsedUp<T>(
  ctx: LoginContext,
  caller: Caller,
  guess: CodeGuess,
  proven: Proven,
  then: (tx: AccountParts, proof: Proof, account: AccountRow) => Promise<T>,
): Promise<T> {
  const { account, match, place } = proven;
  const { step } = guess;
  const now = ctx.clock.now();
  const unclaimed = new SallyportError(match.unclaimed);
  try {
    return await ctx.store.underAccount(account.id, async (tx, present) => {
      if (!standsIn(present, caller.app.realm)) throw new SallyportError('wrong-credentials', 'disabled meanwhile');
      if (!(await match.claim(tx, now))) throw unclaimed;
      await place.passed(tx.throttles, now);
      await tellUse(ctx, tx, caller, present, step);
      return then(tx, { kind: step, at: now, authenticatorId: match.authenticatorId }, present);
    });
  } catch (error) {
    if (!(error instanceof SallyportError) || error.status >= 500 || error.code === 'too-many-attempts') throw error;
    if (error === unclaimed) await recordUnclaimed(ctx, caller, guess, proven);
    else await recordInterrupted(ctx, caller, guess, account.id, error.code);
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
  const { accountId, claimedName, proofs } = pending;
  const who = { realm: realm.id, name: claimedName, accountId, proven: proofs.length > 0 };
  const begun = begunOf(pending, caller);
  const guess: CodeGuess = { kind: 'sign-in.second', step, code, begun, stands: (tx) => needWaiting(tx, pending) };
  return proveCode(ctx, caller, who, guess, (proven) =>
    withUsedUp(ctx, caller, guess, proven, async (tx, proof, account) => {
      await takePending(tx, pending);
      const detail = { step, authenticator: proven.match.authenticatorId, ...begun };
      return completeSignIn(ctx, tx, caller, account, [...proofs, proof], pending.next, detail, pending);
    }),
  );
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
  const who = { realm: session.realm, name: session.accountName, accountId: session.accountId, proven: true };
  const guess: CodeGuess = { kind: 'sign-in.step-up', step, code, stands: (tx) => needStanding(tx, session) };
  return proveCode(ctx, caller, who, guess, (proven) =>
    withUsedUp(ctx, caller, guess, proven, async (tx, proof) => {
      const detail = { step, authenticator: proven.match.authenticatorId };
      return renewSession(ctx, tx, caller, session, proof, detail);
    }),
  );
}
