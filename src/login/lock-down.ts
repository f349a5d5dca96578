import { SallyportError } from '../errors.ts';
import { inForce } from '../sessions/lock-down.ts';
import type { AccountRow, LockDownRow, LockDownStore } from '../store/types.ts';
import { visitor } from './askers.ts';
import type { LoginContext } from './context.ts';
import { interruptStep, type StepKind } from './refusals.ts';
import type { Caller } from './types.ts';

/** Signing in is closed. What was typed was not judged, or what came of it is not told. */
export class LockedDown extends SallyportError {
  readonly lockDown: LockDownRow;

  constructor(lockDown: LockDownRow, now: number, cause?: unknown) {
    const { until } = lockDown;
    super('locked-down', 'signing in is closed', {
      ...(until === null ? {} : { retryAfter: Math.ceil((until - now) / 1000) }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.name = 'LockedDown';
    this.lockDown = lockDown;
  }
}

/** Who signs in all the same: whoever holds a role, whatever it is, and over however little. */
export function mayPass({ roles }: Pick<AccountRow, 'roles'>): boolean {
  return roles.length > 0;
}

/**
 * The lock-down that keeps a session of the account from being opened; null: none. Asked in the transaction that would open it,
 * which holds off whoever begins one: it is opened before the lock-down, or not at all.
 */
export async function keptOut(
  tx: { readonly lockDown: Pick<LockDownStore, 'forOpening'> },
  account: AccountRow,
  now: number,
): Promise<LockDownRow | null> {
  const lockDown = inForce(await tx.lockDown.forOpening(), now);
  return lockDown === null || mayPass(account) ? null : lockDown;
}

/** The account that is meant, where it may pass. Throws for all others, on record and counted against nobody. */
async function needPass(
  ctx: LoginContext,
  caller: Caller,
  kind: StepKind,
  { account, lockDown }: { readonly account: AccountRow | undefined; readonly lockDown: LockDownRow },
): Promise<void> {
  if (account !== undefined && mayPass(account)) return;
  const refusal = { kind, accountId: account?.id ?? null, detail: { cause: 'locked-down' } };
  await interruptStep.perform({ ctx, by: visitor(caller) }, refusal);
  throw new LockedDown(lockDown, ctx.clock.now());
}

/** Throws LockedDown while one is in force, unless it is for an account that may pass. Before anything of its is judged. */
export async function needOpen(
  ctx: LoginContext,
  caller: Caller,
  kind: StepKind,
  account: AccountRow | undefined,
): Promise<void> {
  const lockDown = ctx.lockDown.now();
  if (lockDown !== null) await needPass(ctx, caller, kind, { account, lockDown });
}

/** A step of a sign-in at which something secret is typed. */
export interface Typed {
  readonly kind: StepKind;
  /** Whose it is said to be. */
  whose(): Promise<AccountRow | undefined>;
  /** What judging it takes. */
  inVain(): Promise<unknown>;
}

/**
 * Does a step of a sign-in. While a lock-down is in force it is judged for those who may pass alone, and whoever is refused, for
 * whatever reason, is told of the lock-down and of nothing else, after the same work: so nobody learns whether what was typed was
 * right, nor who may pass, but those who have.
 */
export async function behindLockDown<T>(
  ctx: LoginContext,
  caller: Caller,
  typed: Typed,
  step: () => Promise<T>,
): Promise<T> {
  const lockDown = ctx.lockDown.now();
  if (lockDown === null) return step();
  const account = await typed.whose();
  const passes = account !== undefined && mayPass(account);
  if (!passes) await typed.inVain();
  await needPass(ctx, caller, typed.kind, { account, lockDown });
  try {
    return await step();
  } catch (error) {
    if (!(error instanceof SallyportError) || error.status >= 500 || error.code === 'pending-expired') throw error;
    // Who must wait has not been judged.
    if (error.code === 'too-many-attempts') await typed.inVain();
    throw new LockedDown(lockDown, ctx.clock.now(), error);
  }
}
