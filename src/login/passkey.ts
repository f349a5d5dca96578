import { z } from 'zod';
import { type InAll, SourceRate } from '../accounts/source-rate.ts';
import { checkSource } from '../accounts/throttle.ts';
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
import { among } from '../operations/entries.ts';
import { act } from '../operations/perform.ts';
import type { Throttle, Told, Under, Unlocked } from '../operations/types.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountRow, AuthenticatorRow, CredentialRow, Store } from '../store/types.ts';
import { type Asked, type Owner, owner, type Visitor, visitor } from './askers.ts';
import { namedAccount, proofsWith, relyingPartyOf, type Standing, standingOf, verificationOf } from './ceremony.ts';
import { type Given, genuine, isSpoilt, madeFor, spoil, useChallenge } from './challenge.ts';
import type { LoginContext } from './context.ts';
import { verifyInVain } from './decoy.ts';
import { completeSignIn, renewSession, type StepDetail, signedIn } from './open.ts';
import { begunOf, takePending } from './pending.ts';
import { refusalForm, refused, STEP_KINDS, type StepKind } from './refusals.ts';
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

interface AnswerHere {
  readonly rp: RelyingParty;
  readonly realm: Caller['app']['realm'];
  readonly standing: Standing;
  readonly answer: AssertionAnswer;
}

/** Why a passkey may not be used here, whatever it signed; undefined when it may. */
function unfit(
  { rp, realm, standing, answer }: AnswerHere,
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
  standing: Standing,
  { response, trace }: { readonly response: string; readonly trace: Trace },
): Promise<Verified> {
  const rp = relyingPartyOf(caller);
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
  const fault = again ?? unfit({ rp, realm, standing, answer }, known, account);
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

/** Who answered with which passkey. */
interface Answering {
  readonly verified: Verified;
}
interface SigningIn extends Visitor, Answering {
  readonly standing: Exclude<Standing, { purpose: 'step-up' }>;
}
interface Confirming extends Owner, Answering {
  readonly standing: Extract<Standing, { purpose: 'step-up' }>;
}

/** A sign that a key was copied, or is not what it was; it goes on record under its owner. */
function signal(outcome: 'ok' | 'refused', accountId: string | null, detail: { authenticator: string; cause: string }) {
  return { kind: 'authenticator.signal', outcome, actor: 'system', accountId, detail } as const;
}
type Signal = ReturnType<typeof signal>;

interface Used {
  readonly account: AccountRow;
  readonly proof: Proof & { readonly kind: 'passkey' };
  readonly signals: readonly Signal[];
  readonly detail: StepDetail;
}

/**
 * Relies on the passkey: its challenge and its use, the sign-in that waited, the record and the session are one, or nothing. Of
 * two answers of one key the one with the older count is refused.
 */
async function useUp({
  tx,
  by,
  account,
  now,
}: Under<'account', LoginContext, SigningIn | Confirming, unknown, unknown>): Promise<Used> {
  const { caller, standing, verified } = by;
  await useChallenge(tx, caller, standing, verified.given);
  if (!standsIn(account, caller.app.realm)) throw new PasskeyRefused('wrong-account', 'disabled meanwhile');
  const { signCount, backedUp, counterWentBack, userVerified, deviceBound } = verified.assertion;
  const { id } = verified.credential.authenticator;
  if (!(await tx.authenticators.acceptAssertion(id, { signCount, backedUp }, now))) {
    const enabled = (await tx.authenticators.byId(id))?.disabledAt === null;
    throw enabled ? new PasskeyRefused('counter', 'overtaken', true) : new PasskeyRefused('unknown-credential', 'gone');
  }
  const begun = standing.purpose === 'second' ? begunOf(standing.pending, caller) : {};
  return {
    account,
    proof: { kind: 'passkey', at: now, authenticatorId: id, userVerified, deviceBound },
    signals: counterWentBack ? [signal('ok', account.id, { authenticator: id, cause: 'counter' })] : [],
    detail: { step: 'passkey', authenticator: id, verified: userVerified, ...begun },
  };
}

const nextForm = z.strictObject({ next: z.string() });
const accountOf = ({ by }: { readonly by: Answering }) => ({
  accountId: by.verified.credential.authenticator.accountId,
});

export const signInByPasskey = act<
  'account',
  LoginContext,
  SigningIn,
  z.infer<typeof nextForm>,
  SignedIn,
  { accountId: string },
  'authenticator.signal' | 'sign-in.second' | 'session.open',
  never
>({
  name: 'sign-in.by-passkey',
  does: 'signs in by a passkey, alone or as the second step, and opens a session',
  who: 'anybody',
  input: nextForm,
  output: signedIn,
  lock: 'account',
  records: ['authenticator.signal', 'sign-in.second', 'session.open'],
  find: accountOf,
  async run(on) {
    const { tx, by, input } = on;
    const { standing } = by;
    const { account, proof, signals, detail } = await useUp(on);
    const pending = standing.purpose === 'second' ? standing.pending : undefined;
    if (pending !== undefined) await takePending(tx, pending);
    const way = pending === undefined ? { way: 'start' } : {};
    const admitted = { account, proofs: proofsWith(standing, proof), next: pending?.next ?? input.next };
    const { value, record } = await completeSignIn(on, admitted, { ...detail, ...way }, pending);
    const [step, ...opened] = record;
    return { value, record: among<(typeof record)[number]['kind'] | Signal['kind']>(signals, step, opened) };
  },
});

export const confirmByPasskey = act<
  'account',
  LoginContext,
  Confirming,
  Record<string, never>,
  SignedIn,
  { accountId: string },
  'authenticator.signal' | 'sign-in.step-up',
  never
>({
  name: 'step-up.by-passkey',
  does: 'confirms by a passkey who is signed in',
  who: 'owner',
  input: z.strictObject({}),
  output: signedIn,
  lock: 'account',
  records: ['authenticator.signal', 'sign-in.step-up'],
  find: accountOf,
  async run(on) {
    const { proof, signals, detail } = await useUp(on);
    const { value, record } = await renewSession(on, proof, detail);
    const [step] = record;
    return { value, record: among<'sign-in.step-up' | Signal['kind']>(signals, step, []) };
  },
});

/** One message a day is enough: whoever holds a copy must not be able to flood its owner. */
const TOLD_AGAIN = 24 * 3_600_000;

type Refusing = Under<Unlocked, LoginContext, Visitor, unknown, unknown>;

/** Tells the owner of a key that was refused as a copy, unless the last sign of it was lately. */
async function toOwner(
  { tx, by: { caller }, now }: Refusing,
  accountId: string,
  authenticatorId: string,
): Promise<Told<'passkey-copied'>[]> {
  // Before this sign stands on record itself.
  const signs = await tx.audit.list({ accountId, kind: 'authenticator.signal', limit: 20 });
  const last = signs.findLast(({ outcome }) => outcome === 'refused');
  if (last !== undefined && now - last.at < TOLD_AGAIN) return [];
  const account = await tx.accounts.byId(accountId);
  const label = (await tx.authenticators.byId(authenticatorId))?.label ?? '';
  const detail = { source: caller.source, app: caller.app.id, label };
  return account === undefined ? [] : [{ account, kind: 'passkey-copied', detail }];
}

/** `signed`: the key itself has signed it, so that it is a sign of a copy. */
const refusedForm = refusalForm.extend({ signed: z.boolean() });
type Refused = z.infer<typeof refusedForm>;

function refusing(said: { readonly name: `${string}.${string}`; readonly does: string; readonly throttle: Throttle }) {
  return act<
    Unlocked,
    LoginContext,
    Visitor,
    Refused,
    void,
    object,
    StepKind | 'authenticator.signal',
    'passkey-copied'
  >({
    ...said,
    who: 'anybody',
    input: refusedForm,
    output: z.void(),
    lock: { none: 'counts, and puts on record: the same before and after whatever else is done' },
    records: [...STEP_KINDS, 'authenticator.signal'],
    notices: ['passkey-copied'],
    find: () => ({}),
    async run(on) {
      const { signed, ...refusal } = on.input;
      const { accountId, detail } = refusal;
      const { authenticator, cause } = detail;
      if (!signed || authenticator === undefined) return { value: undefined, record: [refused(refusal)] };
      return {
        value: undefined,
        record: [refused(refusal), signal('refused', accountId, { authenticator, cause })],
        notices: accountId === null ? [] : await toOwner(on, accountId, authenticator),
      };
    },
  });
}

/** Guesses of codes are another matter: none was made. */
export const refuseAnswer = refusing({
  name: 'sign-in.refuse-passkey',
  does: 'counts a wrong answer of a passkey, and puts it on record',
  throttle: { source: 'counted' },
});

/** What came between (the sign-in was over, the account changed) was no answer that is wrong. */
export const interruptAnswer = refusing({
  name: 'sign-in.interrupt-passkey',
  does: 'puts on record that something came between a passkey and what it was for',
  throttle: {},
});

/** Every refusal is on record, and one of a wrong answer counts against its source. */
async function recordRefused({ ctx, by }: Asked<Visitor>, standing: Standing, trace: Trace, error: SallyportError) {
  const { accountId, authenticatorId } = trace;
  const { purpose } = standing;
  const cause = error instanceof PasskeyRefused ? error.reason : error.code;
  const known = authenticatorId === undefined ? {} : { authenticator: authenticatorId };
  const begun = standing.purpose === 'second' ? begunOf(standing.pending, by.caller) : {};
  const detail = { step: 'passkey', way: purpose, cause, ...known, ...begun };
  const kind = purpose === 'step-up' ? 'sign-in.step-up' : 'sign-in.second';
  const judged = error instanceof PasskeyRefused || error.code === 'bad-body';
  const signed = error instanceof PasskeyRefused && error.signed;
  await (judged ? refuseAnswer : interruptAnswer).perform({ ctx, by }, { kind, accountId, detail, signed });
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
  { response, next }: { readonly response: string; readonly next: string },
): Promise<SignedIn> {
  relyingPartyOf(caller);
  await checkSource(ctx.store.throttles, caller.source, ctx.clock.now());
  const standing = await standingOf(ctx, caller, ceremony);
  const trace: Trace = { accountId: namedAccount(standing) };
  try {
    const verified = await verify(ctx, caller, standing, { response, trace });
    if (standing.purpose !== 'step-up')
      return await signInByPasskey.perform({ ctx, by: { ...visitor(caller), standing, verified } }, { next });
    const by = { ...owner(caller, standing.session), standing, verified };
    return await confirmByPasskey.perform({ ctx, by }, {});
  } catch (error) {
    if (trace.given !== undefined && spoils(error)) spoil(ctx, trace.given);
    if (!(error instanceof SallyportError) || error.status >= 500) throw error;
    // Late, and not judged: as when it is known at once that the sign-in is over.
    if (error.code === 'pending-expired' && standing.purpose !== 'second') throw error;
    if (isInVain(ceremony, trace)) {
      countVain(ctx, caller);
      throw error;
    }
    await recordRefused({ ctx, by: visitor(caller) }, standing, trace, error);
    throw error;
  }
}
