import { z } from 'zod';
import type { Asker } from '../accounts/fair-queue.ts';
import { hashPassword, verifyPassword } from '../accounts/password.ts';
import { passwordScore } from '../accounts/strength.ts';
import { checkSource, type Target, targetKey, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Before } from '../operations/types.ts';
import { sourceOf } from '../sources/table.ts';
import type { Compare } from '../sources/types.ts';
import type { AccountRow } from '../store/types.ts';
import { did, type Enrolling, guessing, toOwner } from './askers.ts';
import type { EnrolContext } from './context.ts';
import { type Live, moveOn, needLive } from './live.ts';
import { refusal, step } from './steps.ts';
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

export const refusePassword = refusal({
  name: 'enrol.refuse-password',
  does: 'counts a wrong password of an enrolment, and puts it on record',
  who: 'enrolling',
  throttle: { guess: 'wrong', source: 'counted' },
  kind: 'enrol.password',
});

type On = Before<EnrolContext, Enrolling, { readonly password: string }>;

async function verify({ ctx, by, input: { password } }: On, account: AccountRow): Promise<void> {
  const { store, clock } = ctx;
  await checkSource(store.throttles, by.caller.source, clock.now());
  await withPlace(store, targetOf(account), clock.now(), async (place) => {
    if (await provesPassword(by.caller, account, password)) return place.passed(store.throttles, clock.now());
    await refusePassword.perform(guessing({ ctx, by }, account, place), { cause: 'wrong-password' });
    throw new SallyportError('wrong-credentials', 'wrong password while enrolling');
  });
}

/** Sets or verifies the password, as the enrolment's step says; `conflict` when there is nothing to do. */
export const password = step({
  name: 'enrol.password',
  does: 'sets or verifies the password of an account that is enrolled',
  input: z.strictObject({ password: z.string() }),
  output: z.strictObject({ cookie: z.string() }),
  records: ['enrol.password'],
  notices: ['password-changed'],
  async prepare(on, { account: was, ...before }) {
    const { caller } = on.by;
    const due = passwordStep({ account: was, ...before }, caller);
    if (due !== 'set' && due !== 'verify') throw new SallyportError('conflict', `the password step is ${due}`);
    if (due === 'verify') await verify(on, was);
    const hash = () => hashPassword(on.input.password, contextOf(was, caller), askerOf(caller, was));
    return { due, was: was.passwordHash, passwordHash: due === 'set' ? await hash() : undefined };
  },
  async run(on) {
    const { tx, live, by, given, now } = on;
    const { account } = live;
    const set = given.due === 'set';
    if (passwordStep(live, by.caller) !== given.due || account.passwordHash !== given.was)
      throw new SallyportError('conflict', 'the password was changed meanwhile');
    const cookie = await moveOn(on, { proof: { kind: 'password', at: now } });
    const { passwordHash } = given;
    if (passwordHash !== undefined && !(await tx.accounts.update(account.id, { passwordHash })))
      throw new SallyportError('conflict', 'the account is gone');
    // Sign-ins that wait for their second step were begun with the password that was.
    if (set) await tx.pendings.removeOfAccount(account.id, 'sign-in');
    // The first password changes nothing that anybody had; that the ticket was used is told already.
    const changed = set && account.passwordHash !== null;
    return {
      value: { cookie },
      record: [did(account, 'enrol.password', { set })],
      notices: changed ? [toOwner(by.caller, account, 'password-changed')] : [],
    };
  },
});

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
