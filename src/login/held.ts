import { record } from '../audit/audit.ts';
import { randomToken } from '../lib/random.ts';
import { standsIn } from '../sources/table.ts';
import type { OpenParts } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import { at } from './open.ts';
import { loadPending, newPending } from './pending.ts';
import { type Caller, type HeldSignIn, PENDING_LIFE } from './types.ts';

/** A held answer waits this long for the second factor, ms. */
export const HOLD_LIFE = 5 * 60_000;

async function hasFactor({ authenticators }: OpenParts, accountId: string): Promise<boolean> {
  const rows = await authenticators.ofAccount(accountId);
  return rows.some((row) => row.kind !== 'recovery' && row.disabledAt === null);
}

/**
 * The app has checked the password; the second factor of the same account is asked for before anybody sees its answer.
 * Resolves with the new value of the pending cookie, or undefined, with nothing kept, for an account that may not sign in or
 * has no authenticator. Single use; nothing of it is readable at rest.
 */
export async function hold(ctx: LoginContext, caller: Caller, held: HeldSignIn): Promise<string | undefined> {
  const { store, clock, random, seal } = ctx;
  const { account, target } = held;
  const now = clock.now();
  const life = Math.min(PENDING_LIFE, HOLD_LIFE);
  // The password was checked by the app, and by nobody else: it is what one proves in a realm of that source.
  const { cookie, pending } = newPending(ctx, caller, account, { next: target, life });
  const id = randomToken(random, 16);
  const place = (column: string) => ({ table: 'holds', column, row: id });
  return store.underAccount(account.id, async (tx, present) => {
    if (!standsIn(present, caller.app.realm) || !(await hasFactor(tx, account.id))) return undefined;
    const older = await loadPending(ctx, caller, held.replaces, tx);
    if (older?.carried === null) {
      await tx.pendings.remove(older.id);
      await tx.holds.removeOfHolder(older.id);
    }
    await tx.pendings.insert(pending);
    await tx.holds.insert({
      id,
      appId: caller.app.id,
      accountId: account.id,
      holder: pending.id,
      target,
      answer: seal.seal(held.answer, place('answer')),
      jar: seal.seal(held.jar, place('jar')),
      createdAt: now,
      expiresAt: now + HOLD_LIFE,
    });
    const event = { kind: 'app.held', outcome: 'ok', actor: 'anonymous', accountId: account.id } as const;
    await record(tx.audit, clock, { ...event, ...at(caller), detail: { step: held.step } });
    return cookie;
  });
}
