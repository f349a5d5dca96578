import { z } from 'zod';
import { isFactor } from '../factors/usable.ts';
import { randomToken } from '../lib/random.ts';
import { act } from '../operations/perform.ts';
import { UNCHANGED } from '../operations/types.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountRow, PendingRow } from '../store/types.ts';
import { type Visitor, visitor } from './askers.ts';
import type { LoginContext } from './context.ts';
import { loadPending, newPending } from './pending.ts';
import { type Caller, type HeldSignIn, PENDING_LIFE } from './types.ts';

/** A held answer waits this long for the second factor, ms. */
export const HOLD_LIFE = 5 * 60_000;

/** The app has checked the password, and by it this account. */
interface Claiming extends Visitor {
  readonly account: Pick<AccountRow, 'id' | 'name'>;
}

const form = z.strictObject({
  target: z.string(),
  step: z.string(),
  replaces: z.string().nullable(),
  answer: z.string(),
  jar: z.string(),
});

/** Keeps what the app answered for the second factor. Answers with nothing, and keeps nothing, where there will be none. */
export const holdAnswer = act<
  'account',
  LoginContext,
  Claiming,
  z.infer<typeof form>,
  string | undefined,
  { accountId: string; cookie: string; pending: PendingRow },
  'app.held',
  never
>({
  name: 'sign-in.hold',
  does: 'keeps the answer of an app, sealed, until the second factor of its account is passed',
  who: 'anybody',
  input: form,
  output: z.string().optional(),
  lock: 'account',
  records: ['app.held'],
  find({ ctx, by: { caller, account }, input: { target } }) {
    const life = Math.min(PENDING_LIFE, HOLD_LIFE);
    // The password was checked by the app, and by nobody else: it is what one proves in a realm of that source.
    return { accountId: account.id, ...newPending(ctx, caller, account, { next: target, life }) };
  },
  async run({ tx, ctx, by: { caller }, account, input, given: { accountId, cookie, pending }, now }) {
    if (!standsIn(account, caller.app.realm) || !(await tx.authenticators.ofAccount(accountId)).some(isFactor))
      return { value: undefined, record: UNCHANGED };
    const older = await loadPending(ctx, caller, input.replaces, tx);
    if (older?.carried === null) {
      await tx.pendings.remove(older.id);
      await tx.holds.removeOfHolder(older.id);
    }
    await tx.pendings.insert(pending);
    const id = randomToken(ctx.random, 16);
    const sealed = (column: 'answer' | 'jar') => ctx.seal.seal(input[column], { table: 'holds', column, row: id });
    const { target } = input;
    const made = { id, appId: caller.app.id, accountId, holder: pending.id, target, createdAt: now };
    await tx.holds.insert({ ...made, answer: sealed('answer'), jar: sealed('jar'), expiresAt: now + HOLD_LIFE });
    return { value: cookie, record: [{ kind: 'app.held', accountId, detail: { step: input.step } }] };
  },
});

/**
 * The app has checked the password; the second factor of the same account is asked for before anybody sees its answer.
 * Resolves with the new value of the pending cookie, or undefined, with nothing kept, for an account that may not sign in or
 * has no authenticator. Single use; nothing of it is readable at rest.
 */
export function hold(ctx: LoginContext, caller: Caller, held: HeldSignIn): Promise<string | undefined> {
  const { account, ...rest } = held;
  return holdAnswer.perform({ ctx, by: { ...visitor(caller), account } }, rest);
}
