import { verifyPassword } from '../accounts/password.ts';
import { checkSource, type Place, type Target, targetKey, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Parts } from '../operations/types.ts';
import { sourceOf, standsIn } from '../sources/table.ts';
import type { Compare } from '../sources/types.ts';
import type { AccountRow } from '../store/types.ts';
import { visitor } from './askers.ts';
import { knowsBrowser } from './browser.ts';
import type { LoginContext } from './context.ts';
import { type Refusal, refuseGuess, refuseStep, type StepKind } from './refusals.ts';
import { type Match, STEPS } from './steps.ts';
import type { Caller, SecondStep } from './types.ts';

/** Whose proof is asked for. `accountId` null: nobody's; everything is done as if, and fails. */
export interface Claimant {
  readonly realm: string;
  readonly name: string;
  readonly accountId: string | null;
  /** Another factor of the account has been passed in this sign-in or session. */
  readonly proven: boolean;
}

function targetOf(ctx: LoginContext, caller: Caller, who: Claimant, guess: Target['guess']): Target {
  const known = knowsBrowser(ctx.seal, caller.browser, who.accountId, ctx.clock.now());
  const from = known ? 'known' : who.proven && guess === 'code' ? 'proven' : 'elsewhere';
  return { guess, realm: who.realm, name: who.name, from };
}

/** Whose password it is said to be. `account`: only when it may sign in here. */
export interface PasswordClaim {
  readonly who: Claimant;
  readonly account: AccountRow | undefined;
  readonly password: string;
}

/** Verifies a password by the realm's source. Throws `wrong-credentials`, on record, `too-many-attempts` or `busy`. */
export async function provePassword(
  ctx: LoginContext,
  caller: Caller,
  { who, account, password }: PasswordClaim,
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
    const refusal: Refusal = { kind: 'sign-in.begin', accountId: who.accountId, detail: { cause } };
    await refuseGuess.perform({ ctx, by: { ...visitor(caller), place, tried: [] } }, refusal);
    throw new SallyportError('wrong-credentials', cause);
  });
}

/** The work of verifying a password, for nobody. Throws `busy`. */
export async function proveInVain(ctx: LoginContext, caller: Caller, who: Claimant, password: string): Promise<void> {
  const account = targetKey(targetOf(ctx, caller, who, 'password'));
  const compare: Compare = (hash, typed) => verifyPassword(hash, typed, { source: caller.source, account, rank: 1 });
  await sourceOf(caller.app.realm.source).prove(undefined, password, compare);
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
  readonly who: Claimant;
  readonly step: SecondStep;
  readonly code: string;
  /** For the record: when the sign-in was begun, where that has no entry of its own. */
  readonly begun?: { readonly begun?: string; readonly begunFrom?: string };
  /** Throws when what the code was typed for has ended: then it was no guess, right or wrong, and counts against nobody. */
  stands(tx: Parts<'account'>): Promise<void>;
}

/** The refusal of a guess, for that cause. */
export function refusalOf({ kind, who, step, begun }: CodeGuess, cause: string): Refusal {
  return { kind, accountId: who.accountId, detail: { step, cause, ...begun } };
}

/**
 * Guesses count towards the end of an authenticator where they may be its owner's: a stranger without any proof would end it
 * from afar (docs/decisions/0017).
 */
export function countsTowardsEnd({ target }: Place): boolean {
  return target.from !== 'elsewhere';
}

async function judgeCode(ctx: LoginContext, caller: Caller, guess: CodeGuess, place: Place): Promise<Proven> {
  const { store, clock, seal } = ctx;
  const { concerns, match: matchStep } = STEPS[guess.step];
  const found = await store.accounts.byId(guess.who.accountId ?? '');
  const account = standsIn(found, caller.app.realm) ? found : undefined;
  const rows = (await store.authenticators.ofAccount(account?.id ?? '')).filter(concerns);
  const match = matchStep(seal, rows, guess.code, clock.now());
  if (account !== undefined && match !== undefined) return { account, match, place };
  const cause = account === undefined ? 'no-usable-account' : rows.length === 0 ? 'no-authenticator' : 'wrong-code';
  const tried = countsTowardsEnd(place) ? rows : [];
  const by = { ...visitor(caller), place, tried, stands: guess.stands };
  await refuseGuess.perform({ ctx, by }, refusalOf(guess, cause));
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
  guess: CodeGuess,
  use: (proven: Proven) => Promise<T>,
): Promise<T> {
  const { store, clock } = ctx;
  await checkSource(store.throttles, caller.source, clock.now());
  if (!STEPS[guess.step].wellFormed(guess.code)) {
    await refuseStep.perform({ ctx, by: visitor(caller) }, refusalOf(guess, 'malformed'));
    throw new SallyportError('wrong-credentials', 'malformed code');
  }
  const target = targetOf(ctx, caller, guess.who, 'code');
  return withPlace(store, target, clock.now(), async (place) => use(await judgeCode(ctx, caller, guess, place)));
}
