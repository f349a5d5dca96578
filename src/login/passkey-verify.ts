import type { RelyingParty } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
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
import type { AccountRow, AuthenticatorRow, CredentialRow } from '../store/types.ts';
import { namedAccount, relyingPartyOf, type Standing, verificationOf } from './ceremony.ts';
import { type AnsweredChallenge, genuine, isSpoilt, madeFor } from './challenge.ts';
import type { LoginContext } from './context.ts';
import { verifyInVain } from './decoy.ts';
import { needOpen } from './lock-down.ts';
import type { Caller } from './types.ts';

/** A passkey as it stands in the store. */
export type StoredPasskey = CredentialRow & { readonly authenticator: AuthenticatorRow };

/** What a refusal is put on record with; filled in as it becomes known. */
export interface Trace {
  accountId: string | null;
  authenticatorId?: string;
  answered?: AnsweredChallenge;
}

/** A passkey that was verified and is not yet relied upon. */
export interface VerifiedPasskey {
  readonly answered: AnsweredChallenge;
  readonly credential: StoredPasskey;
  readonly assertion: VerifiedAssertion;
}

/** Whether the challenge is that of a sign-in which the asker had, and which is over. */
function isLate(ctx: LoginContext, caller: Caller, standing: Standing, text: string): boolean {
  if (standing.purpose === 'second' || standing.over === null) return false;
  return madeFor(ctx, caller, { purpose: 'second', holder: standing.over }, text);
}

/** The challenge, out of the very bytes that the client signed. An answer that comes again is refused before it is judged. */
async function unused(
  ctx: LoginContext,
  caller: Caller,
  standing: Standing,
  answer: AssertionAnswer,
): Promise<AnsweredChallenge> {
  const text = challengeOf(answer);
  if (isLate(ctx, caller, standing, text)) throw new SallyportError('pending-expired');
  const answered = genuine(ctx, caller, standing, text);
  if ((await ctx.store.challenges.byHash(answered.hash)) !== undefined) throw new PasskeyRefused('challenge', 'used');
  return answered;
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
  known: StoredPasskey | undefined,
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
export async function verifyAnswer(
  ctx: LoginContext,
  caller: Caller,
  standing: Standing,
  { response, trace }: { readonly response: string; readonly trace: Trace },
): Promise<VerifiedPasskey> {
  const rp = relyingPartyOf(caller);
  const { accounts, authenticators } = ctx.store;
  const { realm } = caller.app;
  const answer = parseAssertion(response);
  const answered = await unused(ctx, caller, standing, answer);
  const known = await authenticators.credentialById(answer.id);
  const account = await accounts.byId(known?.authenticator.accountId ?? '');
  // Whose passkey it is says its id, which nobody guesses: before anything that was signed is judged.
  if (standing.purpose !== 'step-up') await needOpen(ctx, caller, 'sign-in.second', account);
  if (standing.purpose === 'start') trace.accountId = account?.id ?? null;
  if (known !== undefined) trace.authenticatorId = known.authenticatorId;
  const verification = verificationOf(standing, realm.source);
  const expected = { challenge: answered.text, verification, named: standing.purpose !== 'start' };
  const again = isSpoilt(ctx, answered) ? new PasskeyRefused('challenge', 'answered before') : undefined;
  trace.answered = answered;
  const fault = again ?? unfit({ rp, realm, standing, answer }, known, account);
  if (fault !== undefined || known === undefined) {
    await verifyInVain(rp, answer, expected);
    throw fault ?? new PasskeyRefused('unknown-credential');
  }
  const accountId = known.authenticator.accountId;
  return {
    answered,
    credential: known,
    assertion: await verifyAssertion(rp, answer, { ...expected, credential: known, accountId }),
  };
}
