import { z } from 'zod';
import { hashPassword, PasswordRefused, passwordFault } from '../accounts/password.ts';
import { passwordScore } from '../accounts/strength.ts';
import { checkSource, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Before } from '../operations/types.ts';
import type { Session } from '../sessions/session.ts';
import { sourceOf, standsIn } from '../sources/table.ts';
import type { AccountRow } from '../store/types.ts';
import { did, guessing, needFreshFactor, type Owner, toOwner } from './askers.ts';
import type { EnrolContext } from './context.ts';
import { askerOf, contextOf, provesPassword, targetOf } from './password.ts';
import { ownersChange, refusal } from './steps.ts';
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

export const refuseOwnPassword = refusal({
  name: 'own.refuse-password',
  does: 'counts a wrong password of somebody who is signed in, and puts it on record',
  who: 'owner',
  throttle: { guess: 'wrong', source: 'counted' },
  kind: 'account.password',
});

type On = Before<EnrolContext, Owner, NewPassword>;

/** Counted together with sign-ins of known browsers: neither is a way round the other's limit. */
async function verifyCurrent({ ctx, by, input: { current } }: On, account: AccountRow): Promise<void> {
  const { store, clock } = ctx;
  await checkSource(store.throttles, by.caller.source, clock.now());
  await withPlace(store, targetOf(account), clock.now(), async (place) => {
    if (await provesPassword(by.caller, account, current)) return place.passed(store.throttles, clock.now());
    await refuseOwnPassword.perform(guessing({ ctx, by }, account, place), { cause: 'wrong-password' });
    throw new SallyportError('wrong-credentials', 'wrong password at a change of password');
  });
}

/** Changes the password of the session's account; answers how many sessions ended. Errors as in types.ts. */
export const changePassword = ownersChange({
  name: 'own.change-password',
  does: 'changes the password, and ends all other sessions',
  input: z.strictObject({ current: z.string(), password: z.string() }),
  output: z.number(),
  records: ['account.password'],
  notices: ['password-changed'],
  async prepare(on) {
    const { caller, session } = on.by;
    const { password } = on.input;
    const was = await ownerOf(on.ctx, caller, session);
    const words = contextOf(was, caller);
    // First what tells nothing and costs nothing: nobody spends a guess on a password that will be refused.
    const fault = await passwordFault(password, words);
    if (fault !== undefined) throw new PasswordRefused(fault);
    await verifyCurrent(on, was);
    return { was: was.passwordHash, passwordHash: await hashPassword(password, words, askerOf(caller, was)) };
  },
  async run({ tx, by, owner, given: { was, passwordHash }, now }) {
    // Of two changes at once the second proved a password that is no longer one.
    if (owner.passwordHash !== was) throw new SallyportError('conflict', 'changed meanwhile');
    await tx.accounts.update(owner.id, { passwordHash });
    // What was begun with the old password ends, and so does what somebody else may have opened with it.
    await tx.pendings.removeOfAccount(owner.id);
    const others = { by: 'account', accountId: owner.id, except: by.session.id } as const;
    const ended = (await tx.sessions.end(others, 'password-changed', now)).length;
    return {
      value: ended,
      record: [did(owner, 'account.password', { sessionsEnded: ended })],
      notices: [toOwner(by.caller, owner, 'password-changed')],
    };
  },
});

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
