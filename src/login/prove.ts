import { verifyPassword } from '../accounts/password.ts';
import { checkSource, clearGuesses, failSource, type Target, takeGuess } from '../accounts/throttle.ts';
import { type AuditEvent, record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import type { AccountRow, AuthenticatorRow, StoreParts } from '../store/types.ts';
import { knowsBrowser } from './browser.ts';
import { ANONYMOUS, type LoginContext } from './context.ts';
import { MAX_FAILURES, type Match, STEPS } from './steps.ts';
import type { Caller, SecondStep } from './types.ts';

/** Whose proof is asked for. `accountId` null: nobody's; everything is done as if, and fails. */
export interface Claimant {
  readonly realm: string;
  readonly name: string;
  readonly accountId: string | null;
}

type StepKind = 'sign-in.begin' | 'sign-in.second' | 'sign-in.step-up';

interface Refusal {
  readonly kind: StepKind;
  readonly accountId: string | null;
  readonly detail: NonNullable<AuditEvent['detail']>;
}

/** Puts a refused step on record and counts it against its source, in the caller's transaction. */
export async function recordRefusal(
  ctx: LoginContext,
  tx: StoreParts,
  caller: Caller,
  refusal: Refusal,
): Promise<void> {
  const event = {
    ...refusal,
    outcome: 'refused' as const,
    actor: ANONYMOUS,
    appId: caller.app.id,
    source: caller.source,
  };
  await record(tx.audit, ctx.clock, event);
  await failSource(tx.throttles, caller.source, ctx.clock.now());
}

function targetOf(ctx: LoginContext, caller: Caller, who: Claimant, guess: Target['guess']): Target {
  const known = knowsBrowser(ctx.seal, caller.browser, who.accountId, ctx.clock.now());
  return { guess, realm: who.realm, name: who.name, known };
}

/** Takes a guess; one that must wait is on record too, until its source has to wait. */
async function admit(ctx: LoginContext, caller: Caller, target: Target, refusal: Refusal): Promise<void> {
  try {
    await takeGuess(ctx.store.throttles, target, ctx.clock.now());
  } catch (error) {
    const throttled = error instanceof SallyportError && error.code === 'too-many-attempts';
    if (throttled) await ctx.store.transaction((tx) => recordRefusal(ctx, tx, caller, refusal));
    throw error;
  }
}

/** Verifies the password of a local account. Throws `wrong-credentials` or `too-many-attempts`, each on record. */
export async function provePassword(
  ctx: LoginContext,
  caller: Caller,
  who: Claimant,
  account: AccountRow | undefined,
  password: string,
): Promise<void> {
  const target = targetOf(ctx, caller, who, 'password');
  const refusal = { kind: 'sign-in.begin', accountId: who.accountId } as const;
  await admit(ctx, caller, target, { ...refusal, detail: { cause: 'throttled' } });
  if (await verifyPassword(account?.passwordHash ?? null, password)) return clearGuesses(ctx.store.throttles, target);
  const cause = account === undefined ? 'no-usable-account' : 'wrong-password';
  await ctx.store.transaction((tx) => recordRefusal(ctx, tx, caller, { ...refusal, detail: { cause } }));
  throw new SallyportError('wrong-credentials', cause);
}

/** Tells the owner of an authenticator that too many failures have disabled it. */
async function tellDisabled(
  ctx: LoginContext,
  tx: StoreParts,
  caller: Caller,
  row: Pick<AuthenticatorRow, 'id' | 'accountId'>,
): Promise<void> {
  const account = await tx.accounts.byId(row.accountId);
  if (account === undefined) return;
  const label = (await tx.authenticators.byId(row.id))?.label ?? '';
  const detail = { label, source: caller.source, app: caller.app.id };
  await ctx.notices.tell(tx, account, { kind: 'authenticator-disabled', detail });
}

/** Counts a wrong code against every authenticator that it was tried on; tells on record which one that disabled. */
export async function countFailures(
  ctx: LoginContext,
  tx: StoreParts,
  caller: Caller,
  rows: readonly Pick<AuthenticatorRow, 'id' | 'accountId'>[],
): Promise<void> {
  for (const row of rows) {
    const { id, accountId } = row;
    const failures = await tx.authenticators.addFailure(id, MAX_FAILURES, ctx.clock.now());
    if (failures !== MAX_FAILURES) continue;
    const detail = { authenticator: id, failures };
    const event = { kind: 'authenticator.disabled', outcome: 'ok', actor: 'system' } as const;
    await record(tx.audit, ctx.clock, { ...event, accountId, appId: caller.app.id, source: caller.source, detail });
    await tellDisabled(ctx, tx, caller, row);
  }
}

export interface Proven {
  readonly account: AccountRow;
  readonly match: Match;
  /** Cleared by the transaction that uses the match up. */
  readonly target: Target;
}

/**
 * Finds the authenticator that a code belongs to. What it returns is not yet used up. Throws `wrong-credentials` or
 * `too-many-attempts`, each on record; the answer and the work are the same whether the account exists, has an
 * authenticator, or is disabled.
 */
export async function proveCode(
  ctx: LoginContext,
  caller: Caller,
  who: Claimant,
  step: SecondStep,
  code: string,
  kind: StepKind,
): Promise<Proven> {
  const { store, clock, seal } = ctx;
  await checkSource(store.throttles, caller.source, clock.now());
  const refusal = (cause: string) => ({ kind, accountId: who.accountId, detail: { step, cause } });
  const { wellFormed, concerns, match: matchStep } = STEPS[step];
  if (!wellFormed(code)) {
    await store.transaction((tx) => recordRefusal(ctx, tx, caller, refusal('malformed')));
    throw new SallyportError('wrong-credentials', 'malformed code');
  }
  const target = targetOf(ctx, caller, who, 'code');
  await admit(ctx, caller, target, refusal('throttled'));
  const found = await store.accounts.byId(who.accountId ?? '');
  const account = found !== undefined && usable(found, who.realm) ? found : undefined;
  const rows = (await store.authenticators.ofAccount(account?.id ?? '')).filter(concerns);
  const match = matchStep(seal, rows, code, clock.now());
  if (account !== undefined && match !== undefined) return { account, match, target };
  const cause = account === undefined ? 'no-usable-account' : rows.length === 0 ? 'no-authenticator' : 'wrong-code';
  await store.transaction(async (tx) => {
    await countFailures(ctx, tx, caller, rows);
    await recordRefusal(ctx, tx, caller, refusal(cause));
  });
  throw new SallyportError('wrong-credentials', cause);
}

/** Whether an account may sign in to this realm at all. */
export function usable(account: AccountRow, realm: string): boolean {
  return account.disabledAt === null && account.realm === realm;
}
