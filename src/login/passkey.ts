import { type InAll, SourceRate } from '../accounts/source-rate.ts';
import { checkSource } from '../accounts/throttle.ts';
import { record } from '../audit/audit.ts';
import type { RelyingParty } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import {
  type AssertionAnswer,
  challengeOf,
  PasskeyRefused,
  parseAssertion,
  userHandleOf,
  type VerifiedAssertion,
  verifyAssertion,
} from '../factors/passkey.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountParts, AccountRow, AuthenticatorRow, CredentialRow, OpenParts, Store } from '../store/types.ts';
import { namedAccount, proofsWith, relyingPartyOf, type Standing, standingOf, verificationOf } from './ceremony.ts';
import { type Given, genuine, isSpoilt, madeFor, spoil, useChallenge } from './challenge.ts';
import type { LoginContext } from './context.ts';
import { verifyInVain } from './decoy.ts';
import { at, completeSignIn, renewSession, type StepDetail } from './open.ts';
import { begunOf, takePending } from './pending.ts';
import { recordRefusal, recordStep } from './prove.ts';
import type { Caller, Ceremony, SignedIn } from './types.ts';

type Known = CredentialRow & { readonly authenticator: AuthenticatorRow };

/** What a refusal is put on record with; filled in as it becomes known. */
interface Trace {
  accountId: string | null;
  authenticatorId?: string;
  given?: Given;
}

/** A passkey that was verified and is not yet relied upon. */
interface Verified {
  readonly given: Given;
  readonly credential: Known;
  readonly assertion: VerifiedAssertion;
}

/** Whether the challenge is that of a sign-in which the asker had, and which is over. */
function isLate(ctx: LoginContext, caller: Caller, standing: Standing, text: string): boolean {
  if (standing.purpose === 'second' || standing.over === null) return false;
  return madeFor(ctx, caller, { purpose: 'second', holder: standing.over }, text);
}

/** The challenge, out of the very bytes that the client signed. An answer that comes again is refused before it is judged. */
async function unused(ctx: LoginContext, caller: Caller, standing: Standing, answer: AssertionAnswer): Promise<Given> {
  const text = challengeOf(answer);
  if (isLate(ctx, caller, standing, text)) throw new SallyportError('pending-expired');
  const given = genuine(ctx, caller, standing, text);
  if ((await ctx.store.challenges.byHash(given.hash)) !== undefined) throw new PasskeyRefused('challenge', 'used');
  return given;
}

/** Why a passkey may not be used here, whatever it signed; undefined when it may. */
function unfit(
  rp: RelyingParty,
  realm: Caller['app']['realm'],
  standing: Standing,
  answer: AssertionAnswer,
  known: Known | undefined,
  account: AccountRow | undefined,
): PasskeyRefused | undefined {
  if (known === undefined || account === undefined) return new PasskeyRefused('unknown-credential');
  if (known.rpId !== rp.id) return new PasskeyRefused('rp', 'of another relying party');
  if (known.authenticator.disabledAt !== null) return new PasskeyRefused('unknown-credential', 'disabled');
  if (standing.purpose !== 'start' && account.id !== namedAccount(standing)) return new PasskeyRefused('wrong-account');
  if (!standsIn(account, realm)) return new PasskeyRefused('wrong-account', 'disabled, or of another realm');
  // WebAuthn L3 §7.2 step 6.
  const handle = answer.userHandle;
  if (handle !== null && handle !== userHandleOf(account.id)) return new PasskeyRefused('user-handle');
  return undefined;
}

/** Verifies the answer by the passkey that it names. Unknown, disabled, foreign and wrong ones cost and look the same. */
async function verify(
  ctx: LoginContext,
  caller: Caller,
  rp: RelyingParty,
  standing: Standing,
  response: string,
  trace: Trace,
): Promise<Verified> {
  const { accounts, authenticators } = ctx.store;
  const { realm } = caller.app;
  const answer = parseAssertion(response);
  const given = await unused(ctx, caller, standing, answer);
  const known = await authenticators.credentialById(answer.id);
  const account = await accounts.byId(known?.authenticator.accountId ?? '');
  if (standing.purpose === 'start') trace.accountId = account?.id ?? null;
  if (known !== undefined) trace.authenticatorId = known.authenticatorId;
  const verification = verificationOf(standing, realm.source);
  const expected = { challenge: given.text, verification, named: standing.purpose !== 'start' };
  const again = isSpoilt(ctx, given) ? new PasskeyRefused('challenge', 'answered before') : undefined;
  trace.given = given;
  const fault = again ?? unfit(rp, realm, standing, answer, known, account);
  if (fault !== undefined || known === undefined) {
    await verifyInVain(rp, answer, expected);
    throw fault ?? new PasskeyRefused('unknown-credential');
  }
  const accountId = known.authenticator.accountId;
  return {
    given,
    credential: known,
    assertion: await verifyAssertion(rp, answer, { ...expected, credential: known, accountId }),
  };
}

/** One message a day is enough: whoever holds a copy must not be able to flood its owner. */
const TOLD_AGAIN = 24 * 3_600_000;

/** Tells the owner of a key that was refused as a copy, unless the last sign of it was lately. */
async function tellOwner(
  ctx: LoginContext,
  tx: OpenParts,
  caller: Caller,
  accountId: string,
  authenticatorId: string,
): Promise<void> {
  const signs = await tx.audit.list({ accountId, kind: 'authenticator.signal', limit: 20 });
  const last = signs.findLast(({ outcome }) => outcome === 'refused');
  if (last !== undefined && ctx.clock.now() - last.at < TOLD_AGAIN) return;
  const account = await tx.accounts.byId(accountId);
  const label = (await tx.authenticators.byId(authenticatorId))?.label ?? '';
  const detail = { source: caller.source, app: caller.app.id, label };
  if (account !== undefined) await ctx.notices.tell(tx, account, { kind: 'passkey-copied', detail });
}

/** A sign that a key was copied, or is not what it was, goes on record under its owner. */
async function recordSignal(
  ctx: LoginContext,
  tx: OpenParts,
  caller: Caller,
  outcome: 'ok' | 'refused',
  about: { readonly accountId: string | null; readonly authenticatorId: string; readonly cause: string },
): Promise<void> {
  const { accountId, authenticatorId, cause } = about;
  const event = { kind: 'authenticator.signal', outcome, actor: 'system', accountId } as const;
  await record(tx.audit, ctx.clock, { ...event, ...at(caller), detail: { authenticator: authenticatorId, cause } });
}

/** Puts the use of the passkey into the store. Of two answers of one key the one with the older count is refused. */
async function useUp(
  ctx: LoginContext,
  tx: AccountParts,
  caller: Caller,
  verified: Verified,
  now: number,
): Promise<void> {
  const { credential, assertion } = verified;
  const { signCount, backedUp, counterWentBack } = assertion;
  const { id, accountId } = credential.authenticator;
  if (!(await tx.authenticators.acceptAssertion(id, { signCount, backedUp }, now))) {
    const enabled = (await tx.authenticators.byId(id))?.disabledAt === null;
    throw enabled ? new PasskeyRefused('counter', 'overtaken', true) : new PasskeyRefused('unknown-credential', 'gone');
  }
  if (counterWentBack) await recordSignal(ctx, tx, caller, 'ok', { accountId, authenticatorId: id, cause: 'counter' });
}

/** Relies on the passkey: its use, the sign-in that waited, the record and the session are one, or nothing. */
async function relyOn(
  ctx: LoginContext,
  tx: AccountParts,
  account: AccountRow | undefined,
  caller: Caller,
  standing: Standing,
  verified: Verified,
  next: string,
): Promise<SignedIn> {
  const now = ctx.clock.now();
  const { authenticator } = verified.credential;
  const { userVerified, deviceBound } = verified.assertion;
  if (!standsIn(account, caller.app.realm)) throw new PasskeyRefused('wrong-account', 'disabled meanwhile');
  await useUp(ctx, tx, caller, verified, now);
  const proof: Proof = { kind: 'passkey', at: now, authenticatorId: authenticator.id, userVerified, deviceBound };
  const begun = standing.purpose === 'second' ? begunOf(standing.pending, caller) : {};
  const detail: StepDetail = { step: 'passkey', authenticator: authenticator.id, verified: userVerified, ...begun };
  if (standing.purpose === 'step-up') return renewSession(ctx, tx, caller, standing.session, proof, detail);
  if (standing.purpose === 'second') await takePending(tx, standing.pending);
  const proofs = proofsWith(standing, proof);
  if (standing.purpose === 'second')
    return completeSignIn(ctx, tx, caller, account, proofs, standing.pending.next, detail, standing.pending);
  return completeSignIn(ctx, tx, caller, account, proofs, next, { ...detail, way: 'start' });
}

/** Every refusal is on record, and one of a wrong answer counts against its source; guesses of codes are another matter (none was made). */
async function recordRefused(
  ctx: LoginContext,
  caller: Caller,
  standing: Standing,
  trace: Trace,
  error: SallyportError,
): Promise<void> {
  const { accountId, authenticatorId } = trace;
  const { purpose } = standing;
  const cause = error instanceof PasskeyRefused ? error.reason : error.code;
  const known = authenticatorId === undefined ? {} : { authenticator: authenticatorId };
  const begun = standing.purpose === 'second' ? begunOf(standing.pending, caller) : {};
  const detail = { step: 'passkey', way: purpose, cause, ...known, ...begun };
  const kind = purpose === 'step-up' ? 'sign-in.step-up' : 'sign-in.second';
  // What came between (the sign-in was over, the account changed) was no answer that is wrong.
  const judged = error instanceof PasskeyRefused || error.code === 'bad-body';
  const put = judged ? recordRefusal : recordStep;
  await ctx.store.transaction(async (tx) => {
    await put(ctx, tx, caller, { kind, accountId, detail });
    const signal = error instanceof PasskeyRefused && error.signed && authenticatorId !== undefined;
    if (!signal) return;
    // Before this sign stands on record itself.
    if (accountId !== null) await tellOwner(ctx, tx, caller, accountId, authenticatorId);
    await recordSignal(ctx, tx, caller, 'refused', { accountId, authenticatorId, cause });
  });
}

/** There is no second answer to a challenge, unless what stood against the first may change: account, passkey, sign-in. */
function spoils(error: unknown): boolean {
  if (error instanceof PasskeyRefused) return error.reason !== 'unknown-credential' && error.reason !== 'wrong-account';
  return !(error instanceof SallyportError) || error.status >= 500;
}

/** Answers to nothing, of one address in a minute. They are no guesses at anybody: only their number is minded, in memory. */
const [VAIN, MINUTE] = [30, 60_000];
const ALL_VAIN: InAll = { anybody: 6000, newcomers: 30_000, known: 36_000 };
const vain = new WeakMap<Store, SourceRate>();

/** Throws `too-many-attempts` where too many of them come from there. */
function countVain({ store, clock }: LoginContext, caller: Caller): void {
  const rate = vain.get(store) ?? new SourceRate(VAIN, MINUTE, ALL_VAIN);
  vain.set(store, rate);
  const waits = rate.take(caller.source, clock.monotonic());
  if (waits > 0)
    throw new SallyportError('too-many-attempts', 'answers to no ceremony', { retryAfter: Math.ceil(waits / 1000) });
}

/**
 * Whether an answer was refused that names no ceremony of its sender's and does not say what it is for: it was taken for an answer
 * to what he has left, and is nobody's failure.
 */
function isInVain(ceremony: Ceremony, { given }: Trace): boolean {
  if (given !== undefined || ceremony.purpose === 'second') return false;
  return ceremony.over !== undefined;
}

/** Ends a ceremony. Errors and answer as in types.ts. */
export async function passkey(
  ctx: LoginContext,
  caller: Caller,
  ceremony: Ceremony,
  response: string,
  next: string,
): Promise<SignedIn> {
  const rp = relyingPartyOf(caller);
  await checkSource(ctx.store.throttles, caller.source, ctx.clock.now());
  const standing = await standingOf(ctx, caller, ceremony);
  const trace: Trace = { accountId: namedAccount(standing) };
  try {
    const verified = await verify(ctx, caller, rp, standing, response, trace);
    const { accountId } = verified.credential.authenticator;
    return await ctx.store.underAccount(accountId, async (tx, account) => {
      await useChallenge(tx, caller, standing, verified.given);
      return relyOn(ctx, tx, account, caller, standing, verified, next);
    });
  } catch (error) {
    if (trace.given !== undefined && spoils(error)) spoil(ctx, trace.given);
    if (!(error instanceof SallyportError) || error.status >= 500) throw error;
    // Late, and not judged: as when it is known at once that the sign-in is over.
    if (error.code === 'pending-expired' && standing.purpose !== 'second') throw error;
    if (isInVain(ceremony, trace)) {
      countVain(ctx, caller);
      throw error;
    }
    await recordRefused(ctx, caller, standing, trace, error);
    throw error;
  }
}
