import type { Asker } from '../accounts/fair-queue.ts';
import { hashPassword, verifyPassword } from '../accounts/password.ts';
import { passwordScore } from '../accounts/strength.ts';
import { checkSource, failSource, type Target, targetKey, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import { sourceOf } from '../sources/table.ts';
import type { Compare } from '../sources/types.ts';
import type { AccountRow } from '../store/types.ts';
import { type EnrolContext, type Live, moveOn, needLive, underLive } from './live.ts';
import { recordChange, tell } from './record.ts';
import type { EnrolCaller, EnrolState, PasswordAdvice } from './types.ts';

/** What is left to do about the password. A session that adds a factor has proven it already. */
export function passwordStep({ pending, account, progress }: Live, caller: EnrolCaller): EnrolState['password'] {
  const step = sourceOf(caller.app.realm.source).enrol(account, progress.resetPassword);
  const proven = progress.sessionId !== null || pending.proofs.some((proof) => proof.kind === 'password');
  return step !== 'none' && proven ? 'done' : step;
}

/** Password first: whoever holds the link alone must not bind a phone to an account whose password somebody else has. */
export function needPassword(live: Live, caller: EnrolCaller): void {
  const step = passwordStep(live, caller);
  if (step !== 'done' && step !== 'none') throw new SallyportError('conflict', 'the password comes first');
}

/** Words that a password may not consist of: the name, the realm, the hosts of the app. */
export function contextOf(account: AccountRow, caller: EnrolCaller): string[] {
  return [account.name, account.realm, caller.app.id, ...caller.app.hosts.map((host) => host.name)];
}

/** Counted with the browsers that are known, not anew: who holds a ticket is not to be locked out by strangers either. */
export function targetOf({ realm, name }: AccountRow): Target {
  return { guess: 'password', realm, name, from: 'known' };
}

/** Who holds a ticket or a session goes before those who hold nothing. */
export function askerOf(caller: EnrolCaller, account: AccountRow): Asker {
  return { source: caller.source, account: targetKey(targetOf(account)), rank: 0 };
}

/** Whether the password is right, by the realm's source. */
export function provesPassword(caller: EnrolCaller, account: AccountRow, typed: string): Promise<boolean> {
  const compare: Compare = (hash, text) => verifyPassword(hash, text, askerOf(caller, account));
  return sourceOf(caller.app.realm.source).prove(account, typed, compare);
}

async function verify(ctx: EnrolContext, caller: EnrolCaller, account: AccountRow, password: string): Promise<void> {
  const { store, clock } = ctx;
  await checkSource(store.throttles, caller.source, clock.now());
  await withPlace(store, targetOf(account), clock.now(), async (place) => {
    if (await provesPassword(caller, account, password)) return place.passed(store.throttles, clock.now());
    await store.transaction(async (tx) => {
      await place.failed(tx.throttles, clock.now());
      await failSource(tx.throttles, caller.source, clock.now());
      await recordChange(ctx, tx, caller, account, 'enrol.password', { cause: 'wrong-password' }, 'refused');
    });
    throw new SallyportError('wrong-credentials', 'wrong password while enrolling');
  });
}

/** Sets or verifies the password, as the enrolment's step says; `conflict` when there is nothing to do. */
export async function password(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
  typed: string,
): Promise<{ cookie: string }> {
  const before = await needLive(ctx, caller, cookie);
  const step = passwordStep(before, caller);
  if (step !== 'set' && step !== 'verify') throw new SallyportError('conflict', `the password step is ${step}`);
  const { account: was } = before;
  if (step === 'verify') await verify(ctx, caller, was, typed);
  const passwordHash =
    step === 'set' ? await hashPassword(typed, contextOf(was, caller), askerOf(caller, was)) : undefined;
  return underLive(ctx, caller, before, async (tx, live) => {
    const { account } = live;
    if (passwordStep(live, caller) !== step || sourceOf(caller.app.realm.source).changed(was, account))
      throw new SallyportError('conflict', 'the password was changed meanwhile');
    const next = await moveOn(ctx, tx, live, { proof: { kind: 'password', at: ctx.clock.now() } });
    if (passwordHash !== undefined && !(await tx.accounts.update(account.id, { passwordHash }))) {
      throw new SallyportError('conflict', 'the account is gone');
    }
    // Sign-ins that wait for their second step were begun with the password that was.
    if (step === 'set') await tx.pendings.removeOfAccount(account.id, 'sign-in');
    await recordChange(ctx, tx, caller, account, 'enrol.password', { set: step === 'set' });
    // The first password changes nothing that anybody had; that the ticket was used is told already.
    if (step === 'set' && account.passwordHash !== null) await tell(ctx, tx, caller, account, 'password-changed');
    return { cookie: next };
  });
}

/** Advice on a password that is being chosen; `conflict` where none is. Nothing is stored or put on record. */
export async function advise(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
  typed: string,
): Promise<PasswordAdvice> {
  const live = await needLive(ctx, caller, cookie);
  const step = passwordStep(live, caller);
  if (step !== 'set') throw new SallyportError('conflict', `the password step is ${step}`);
  return { score: await passwordScore(typed, contextOf(live.account, caller)) };
}
