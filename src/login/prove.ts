import { verifyPassword } from '../accounts/password.ts';
import { checkSource, failSource, type Place, type Target, withPlace } from '../accounts/throttle.ts';
import { type AuditEvent, record } from '../audit/audit.ts';
import { recordRefused } from '../audit/ration.ts';
import { SallyportError } from '../errors.ts';
import { sourceOf, standsIn } from '../sources/table.ts';
import type { Compare } from '../sources/types.ts';
import type { AccountParts, AccountRow, AuthenticatorRow, OpenParts } from '../store/types.ts';
import { knowsBrowser } from './browser.ts';
import { ANONYMOUS, type LoginContext } from './context.ts';
import { MAX_FAILURES, type Match, STEPS } from './steps.ts';
import type { Caller, SecondStep } from './types.ts';

/** Whose proof is asked for. `accountId` null: nobody's; everything is done as if, and fails. */
export interface Claimant {
  readonly realm: string;
  readonly name: string;
  readonly accountId: string | null;
  /** Another factor of the account has been passed in this sign-in or session. */
  readonly proven: boolean;
}

type StepKind = 'sign-in.begin' | 'sign-in.second' | 'sign-in.step-up';

interface Refusal {
  readonly kind: StepKind;
  readonly accountId: string | null;
  readonly detail: NonNullable<AuditEvent['detail']>;
}

/** Puts a refused step on record, in the caller's transaction. */
export async function recordStep(ctx: LoginContext, tx: OpenParts, caller: Caller, refusal: Refusal): Promise<void> {
  const event = {
    ...refusal,
    outcome: 'refused' as const,
    actor: ANONYMOUS,
    appId: caller.app.id,
    source: caller.source,
  };
  await recordRefused({ store: ctx.store, audit: tx.audit, clock: ctx.clock }, event);
}

/** As recordStep, of a step that was judged wrong: it counts against its source too. */
export async function recordRefusal(ctx: LoginContext, tx: OpenParts, caller: Caller, refusal: Refusal): Promise<void> {
  await recordStep(ctx, tx, caller, refusal);
  await failSource(tx.throttles, caller.source, ctx.clock.now());
}

function targetOf(ctx: LoginContext, caller: Caller, who: Claimant, guess: Target['guess']): Target {
  const known = knowsBrowser(ctx.seal, caller.browser, who.accountId, ctx.clock.now());
  const from = known ? 'known' : who.proven && guess === 'code' ? 'proven' : 'elsewhere';
  return { guess, realm: who.realm, name: who.name, from };
}

/** A refusal that was judged: it counts against account and source and is on record, all in one, or it is not told. */
async function refuseJudged(
  ctx: LoginContext,
  caller: Caller,
  place: Place,
  refusal: Refusal,
  also: (tx: AccountParts) => Promise<void> = async () => {},
): Promise<void> {
  await ctx.store.underAccount(refusal.accountId ?? '', async (tx) => {
    await place.failed(tx.throttles, ctx.clock.now());
    await also(tx);
    await recordRefusal(ctx, tx, caller, refusal);
  });
}

/** Verifies a password by the realm's source. Throws `wrong-credentials`, on record, `too-many-attempts` or `busy`. */
export async function provePassword(
  ctx: LoginContext,
  caller: Caller,
  who: Claimant,
  account: AccountRow | undefined,
  password: string,
): Promise<void> {
  const { store, clock } = ctx;
  const failures = await checkSource(store.throttles, caller.source, clock.now());
  const target = targetOf(ctx, caller, who, 'password');
  const rank = target.from === 'known' ? 0 : 1 + failures;
  await withPlace(store, target, clock.now(), async (place) => {
    const asker = { source: caller.source, account: place.key, rank };
    const compare: Compare = (hash, typed) => verifyPassword(hash, typed, asker);
    const right = await sourceOf(caller.app.realm.source).prove(account, password, compare);
    if (right) return place.passed(store.throttles, clock.now());
    const cause = account === undefined ? 'no-usable-account' : 'wrong-password';
    const refusal = { kind: 'sign-in.begin', accountId: who.accountId, detail: { cause } } as const;
    await refuseJudged(ctx, caller, place, refusal);
    throw new SallyportError('wrong-credentials', cause);
  });
}

/** Tells the owner of an authenticator that too many failures have disabled it. */
async function tellDisabled(
  ctx: LoginContext,
  tx: OpenParts,
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
  tx: AccountParts,
  caller: Caller,
  rows: readonly Pick<AuthenticatorRow, 'id' | 'accountId'>[],
): Promise<void> {
  for (const row of rows) {
    const { id, accountId } = row;
    // Removed meanwhile: nobody can guess it any more.
    if ((await tx.authenticators.byId(id)) === undefined) continue;
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
  /** What becomes of the guess is said in the transaction that uses the match up. */
  readonly place: Place;
}

/** A code that somebody has typed. */
export interface CodeGuess {
  readonly kind: Exclude<StepKind, 'sign-in.begin'>;
  readonly step: SecondStep;
  readonly code: string;
  /** For the record: when the sign-in was begun, where that has no entry of its own. */
  readonly begun?: Readonly<Record<string, string>>;
  /** Throws when what the code was typed for has ended: then it was no guess, right or wrong, and counts against nobody. */
  stands(tx: OpenParts): Promise<void>;
}

/**
 * Guesses count towards the end of an authenticator where they may be its owner's: a stranger without any proof would end it
 * from afar (docs/decisions/0017).
 */
export function countsTowardsEnd({ target }: Place): boolean {
  return target.from !== 'elsewhere';
}

async function judgeCode(
  ctx: LoginContext,
  caller: Caller,
  who: Claimant,
  { kind, step, code, begun, stands }: CodeGuess,
  place: Place,
): Promise<Proven> {
  const { store, clock, seal } = ctx;
  const { concerns, match: matchStep } = STEPS[step];
  const found = await store.accounts.byId(who.accountId ?? '');
  const account = standsIn(found, caller.app.realm) ? found : undefined;
  const rows = (await store.authenticators.ofAccount(account?.id ?? '')).filter(concerns);
  const match = matchStep(seal, rows, code, clock.now());
  if (account !== undefined && match !== undefined) return { account, match, place };
  const cause = account === undefined ? 'no-usable-account' : rows.length === 0 ? 'no-authenticator' : 'wrong-code';
  const refusal = { kind, accountId: who.accountId, detail: { step, cause, ...begun } };
  await refuseJudged(ctx, caller, place, refusal, async (tx) => {
    await stands(tx);
    if (countsTowardsEnd(place)) await countFailures(ctx, tx, caller, rows);
  });
  throw new SallyportError('wrong-credentials', cause);
}

/**
 * Finds the authenticator that a code belongs to and goes on with it in `use`, which uses it up and says what became of the
 * guess. Throws `wrong-credentials`, on record, or `too-many-attempts`; the answer and the work are the same whether the
 * account exists, has an authenticator, or is disabled.
 */
export async function proveCode<T>(
  ctx: LoginContext,
  caller: Caller,
  who: Claimant,
  guess: CodeGuess,
  use: (proven: Proven) => Promise<T>,
): Promise<T> {
  const { store, clock } = ctx;
  await checkSource(store.throttles, caller.source, clock.now());
  const { kind, step, code, begun } = guess;
  if (!STEPS[step].wellFormed(code)) {
    const refusal = { kind, accountId: who.accountId, detail: { step, cause: 'malformed', ...begun } };
    await store.transaction((tx) => recordRefusal(ctx, tx, caller, refusal));
    throw new SallyportError('wrong-credentials', 'malformed code');
  }
  const target = targetOf(ctx, caller, who, 'code');
  return withPlace(store, target, clock.now(), async (place) => use(await judgeCode(ctx, caller, who, guess, place)));
}
