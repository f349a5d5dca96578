import { type InAll, SourceRate } from '../accounts/source-rate.ts';
import { checkSource } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import { PasskeyRefused } from '../factors/passkey.ts';
import type { Store } from '../store/types.ts';
import { owner, visitor } from './askers.ts';
import { namedAccount, relyingPartyOf, standingOf } from './ceremony.ts';
import { spoil } from './challenge.ts';
import type { LoginContext } from './context.ts';
import { recordRefused } from './passkey-refused.ts';
import { confirmByPasskey, signInByPasskey } from './passkey-use.ts';
import { type Trace, verifyAnswer } from './passkey-verify.ts';
import type { Caller, Ceremony, SignedIn } from './types.ts';

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
function isInVain(ceremony: Ceremony, { answered }: Trace): boolean {
  if (answered !== undefined || ceremony.purpose === 'second') return false;
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
    const verified = await verifyAnswer(ctx, caller, standing, { response, trace });
    if (standing.purpose !== 'step-up')
      return await signInByPasskey.perform({ ctx, by: { ...visitor(caller), standing, verified } }, { next });
    const by = { ...owner(caller, standing.session), standing, verified };
    return await confirmByPasskey.perform({ ctx, by }, {});
  } catch (error) {
    if (trace.answered !== undefined && spoils(error)) spoil(ctx, trace.answered);
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
