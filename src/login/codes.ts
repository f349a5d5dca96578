import { z } from 'zod';
import type { Place } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import { among } from '../operations/entries.ts';
import { act } from '../operations/perform.ts';
import type { Entry, Told, Under } from '../operations/types.ts';
import type { Session } from '../sessions/session.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountRow } from '../store/types.ts';
import { type Invocation, type Owner, owner, type Visitor, visitor } from './askers.ts';
import type { LoginContext } from './context.ts';
import { behindLockDown } from './lock-down.ts';
import { checkSession, completeSignIn, needStanding, renewSession, signedIn } from './open.ts';
import { begunOf, loadPending, needWaiting, type PendingSignIn, takePending } from './pending.ts';
import { type CodeGuess, countsTowardsEnd, type Proven, proveCode, refusalOf } from './prove.ts';
import { interruptStep, refuseGuess } from './refusals.ts';
import type { Match } from './steps.ts';
import type { Caller, SecondStep, SignedIn } from './types.ts';

/** What a code was found to fit, and the place of the guess. */
interface Fitting {
  readonly match: Match;
  readonly place: Place;
  readonly account: AccountRow;
}

/** Whose code fitted, and what it was typed for. */
type SigningIn = Visitor & Fitting & { readonly pending: PendingSignIn };
type Confirming = Owner & Fitting;

const form = z.strictObject({ step: z.enum(['totp', 'recovery']) });
type Form = z.infer<typeof form>;

/** The code fitted and was none any more: a wrong one after all, or used before. */
class Unclaimed extends SallyportError {}

interface Used {
  readonly account: AccountRow;
  readonly proof: Proof;
  /** That a recovery code is no more, which the record tells by itself: sign-ins are many, and kept for less long. */
  readonly spent: readonly Entry<'recovery.use'>[];
  readonly notices: readonly Told<'recovery-code-used'>[];
}

/** Uses the code up; a code that was stolen and used is noticed by its owner only when they are told. */
async function useUp({
  tx,
  by,
  account,
  input: { step },
  now,
}: Under<'account', LoginContext, SigningIn | Confirming, Form, unknown>): Promise<Used> {
  const { app, source } = by.caller;
  const { match } = by;
  if (!standsIn(account, app.realm)) throw new SallyportError('wrong-credentials', 'disabled meanwhile');
  if (!(await match.claim(tx, now))) throw new Unclaimed(match.unclaimed);
  const told = { account, kind: 'recovery-code-used', detail: { source, app: app.id } } as const;
  const proof = { kind: step, at: now, authenticatorId: match.authenticatorId };
  if (step !== 'recovery') return { account, proof, spent: [], notices: [] };
  const detail = { authenticator: match.authenticatorId, left: await tx.authenticators.recoveryLeft(account.id) };
  const spent = { kind: 'recovery.use', actor: account.id, accountId: account.id, detail } as const;
  return { account, proof, spent: [spent], notices: [told] };
}

/** Uses the code up together with what it permits. */
export const signInByCode = act<
  'account',
  LoginContext,
  SigningIn,
  Form,
  SignedIn,
  { accountId: string },
  'sign-in.second' | 'session.open' | 'recovery.use',
  'recovery-code-used'
>({
  name: 'sign-in.second-by-code',
  does: 'uses a code up as the second step of a sign-in, and opens a session',
  who: 'anybody',
  input: form,
  output: signedIn,
  lock: 'account',
  throttle: { guess: 'right' },
  records: ['sign-in.second', 'session.open', 'recovery.use'],
  notices: ['recovery-code-used'],
  find: ({ by }) => ({ accountId: by.account.id }),
  async run(on) {
    const { tx, by, input } = on;
    const { account, proof, spent, notices } = await useUp(on);
    const { pending, match, caller } = by;
    await takePending(tx, pending);
    const detail = { step: input.step, authenticator: match.authenticatorId, ...begunOf(pending, caller) };
    const proofs = [...pending.proofs, proof];
    const { value, record } = await completeSignIn(on, { account, proofs, next: pending.next }, detail, pending);
    const [step, ...opened] = record;
    return { value, record: among<(typeof record)[number]['kind'] | 'recovery.use'>(spent, step, opened), notices };
  },
});

/** The same for somebody who is signed in and confirms. */
export const confirmByCode = act<
  'account',
  LoginContext,
  Confirming,
  Form,
  SignedIn,
  { accountId: string },
  'sign-in.step-up' | 'recovery.use',
  'recovery-code-used'
>({
  name: 'step-up.by-code',
  does: 'uses a code up to confirm who is signed in',
  who: 'owner',
  input: form,
  output: signedIn,
  lock: 'account',
  throttle: { guess: 'right' },
  records: ['sign-in.step-up', 'recovery.use'],
  notices: ['recovery-code-used'],
  find: ({ by }) => ({ accountId: by.account.id }),
  async run(on) {
    const { proof, spent, notices } = await useUp(on);
    const detail = { step: on.input.step, authenticator: on.by.match.authenticatorId };
    const { value, record } = await renewSession(on, proof, detail);
    return { value, record: among<'sign-in.step-up' | 'recovery.use'>(spent, record[0], []), notices };
  },
});

/** What it was typed for still stood, or `stands` throws: both were judged. */
async function refuseUnclaimed(ctx: LoginContext, caller: Caller, guess: CodeGuess, proven: Proven): Promise<void> {
  const { account, match, place } = proven;
  const wrong = match.unclaimed === 'wrong-credentials';
  const ends = wrong && countsTowardsEnd(place);
  const tried = ends ? [{ id: match.authenticatorId, accountId: account.id }] : [];
  const by = { ...visitor(caller), place, tried, stands: guess.stands };
  await refuseGuess.perform({ ctx, by }, refusalOf(guess, wrong ? 'wrong-code' : match.unclaimed));
}

/** Does what a code that fits permits; what comes of it instead is put on record. */
async function orRefused<T>(
  { ctx, by: { caller } }: Invocation<Visitor>,
  guess: CodeGuess,
  proven: Proven,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SallyportError) || error.status >= 500 || error.code === 'too-many-attempts') throw error;
    if (error instanceof Unclaimed) await refuseUnclaimed(ctx, caller, guess, proven);
    else await interruptStep.perform({ ctx, by: visitor(caller) }, refusalOf(guess, error.code));
    throw error;
  }
}

/** What a person types as a second step. */
export interface TypedCode {
  readonly step: SecondStep;
  readonly code: string;
}

/** The second step by a code. Errors as in types.ts. */
export async function second(
  ctx: LoginContext,
  caller: Caller,
  cookie: string | null,
  { step, code }: TypedCode,
): Promise<SignedIn> {
  const pending = await loadPending(ctx, caller, cookie);
  if (pending === undefined) throw new SallyportError('pending-expired');
  const { accountId, claimedName: name, proofs } = pending;
  const who = { realm: caller.app.realm.id, name, accountId, proven: proofs.length > 0 };
  const stands: CodeGuess['stands'] = (tx) => needWaiting(tx, pending);
  const guess: CodeGuess = { kind: 'sign-in.second', who, step, code, begun: begunOf(pending, caller), stands };
  const by = visitor(caller);
  const typed = { kind: guess.kind, whose: () => ctx.store.accounts.byId(accountId ?? ''), inVain: async () => {} };
  return behindLockDown(ctx, caller, typed, () =>
    proveCode(ctx, caller, guess, (proven) =>
      orRefused({ ctx, by }, guess, proven, () =>
        signInByCode.perform({ ctx, by: { ...by, ...proven, pending } }, { step }),
      ),
    ),
  );
}

/** A signed-in person confirms by a code. Errors as in types.ts. */
export async function stepUp(
  ctx: LoginContext,
  caller: Caller,
  session: Session,
  { step, code }: TypedCode,
): Promise<SignedIn> {
  checkSession(ctx, caller, session);
  const who = { realm: session.realm, name: session.accountName, accountId: session.accountId, proven: true };
  const guess: CodeGuess = { kind: 'sign-in.step-up', who, step, code, stands: (tx) => needStanding(tx, session) };
  return proveCode(ctx, caller, guess, (proven) =>
    orRefused({ ctx, by: visitor(caller) }, guess, proven, () =>
      confirmByCode.perform({ ctx, by: { ...owner(caller, session), ...proven } }, { step }),
    ),
  );
}
