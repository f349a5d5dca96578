import { checkSource } from '../accounts/throttle.ts';
import type { RelyingParty } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { type Proof, strengthOf } from '../evidence.ts';
import { requestOptions } from '../factors/passkey.ts';
import { enabledPasskeys } from '../factors/usable.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import { needNetwork } from '../sessions/networks.ts';
import type { Session } from '../sessions/session.ts';
import { type RealmSource, sourceOf } from '../sources/table.ts';
import type { CredentialRow } from '../store/types.ts';
import { newChallengeFor } from './challenge.ts';
import type { LoginContext } from './context.ts';
import { checkSession, withProof } from './open.ts';
import { loadPending, namedBy, type PendingSignIn } from './pending.ts';
import type { Caller, Ceremony, CeremonyStarted } from './types.ts';

/**
 * A ceremony whose asker was looked up. `holder`: who may answer its challenge, and nobody else. `over`: the sign-in that the
 * asker had before, and that waits no more.
 */
export type Standing =
  | { readonly purpose: 'start'; readonly holder: string; readonly over: string | null }
  | { readonly purpose: 'second'; readonly holder: string; readonly pending: PendingSignIn }
  | { readonly purpose: 'step-up'; readonly holder: string; readonly session: Session; readonly over: string | null };

/** Throws `not-found` where no passkeys are taken. */
export function relyingPartyOf(caller: Caller): RelyingParty {
  const { relyingParty } = caller.app;
  if (relyingParty === null) throw new SallyportError('not-found', 'this app takes no passkeys');
  return relyingParty;
}

/** Throws `pending-expired` or `sign-in-required` when nobody stands behind the ceremony. */
export async function standingOf(ctx: LoginContext, caller: Caller, ceremony: Ceremony): Promise<Standing> {
  switch (ceremony.purpose) {
    case 'start':
      // Without a cookie: the hash of nothing, which no challenge is ever bound to.
      return {
        purpose: 'start',
        holder: sha256(ceremony.cookie ?? ''),
        over: await namedBy(ctx, caller, ceremony.over ?? null),
      };
    case 'second': {
      const pending = await loadPending(ctx, caller, ceremony.pending);
      if (pending === undefined) throw new SallyportError('pending-expired');
      return { purpose: 'second', holder: pending.id, pending };
    }
    case 'step-up':
      checkSession(ctx, caller, ceremony.session);
      return {
        purpose: 'step-up',
        holder: ceremony.session.id,
        session: ceremony.session,
        over: await namedBy(ctx, caller, ceremony.over ?? null),
      };
    default:
      return ceremony satisfies never;
  }
}

/** The account that was named before the ceremony; null: nobody's, or, at `start`, not named. */
export function namedAccount(standing: Standing): string | null {
  if (standing.purpose === 'second') return standing.pending.accountId;
  return standing.purpose === 'step-up' ? standing.session.accountId : null;
}

/** What is proven once the passkey is. */
export function proofsWith(standing: Standing, proof: Proof): Proof[] {
  if (standing.purpose === 'second') return [...standing.pending.proofs, proof];
  return standing.purpose === 'step-up' ? withProof(standing.session.proofs, proof) : [proof];
}

/**
 * Whether the authenticator must verify the person: wherever presence alone would not open the session, or would leave
 * the one that is open weaker than it was.
 */
export function verificationOf(standing: Standing, source: RealmSource): 'required' | 'preferred' {
  const present: Proof = { kind: 'passkey', at: 0, userVerified: false };
  const { opensSession, amr } = strengthOf(proofsWith(standing, present), source);
  const held = standing.purpose === 'step-up' ? standing.session.strength.amr : [];
  return opensSession && (amr.includes('mfa') || !held.includes('mfa')) ? 'preferred' : 'required';
}

/**
 * The passkeys that are named to the browser. None before anything is proven: the list would tell who has what, so there
 * the authenticator finds its own.
 */
async function allowed(
  ctx: LoginContext,
  rp: RelyingParty,
  source: RealmSource,
  standing: Standing,
): Promise<CredentialRow[]> {
  const accountId = namedAccount(standing);
  if (accountId === null || (standing.purpose === 'second' && !sourceOf(source).asksPassword)) return [];
  const { authenticators } = ctx.store;
  const passkeys = await enabledPasskeys(authenticators, await authenticators.ofAccount(accountId), accountId);
  return passkeys.filter(({ rpId }) => rpId === rp.id);
}

/** The ceremony cookie that the browser has, or a new one. */
function ceremonyCookie(ctx: LoginContext, cookie: string | null): string {
  return cookie !== null && /^[A-Za-z0-9_-]{43}$/.test(cookie) ? cookie : randomToken(ctx.random, 32);
}

/** Starts a ceremony; nothing of it is kept. Errors and answer as in types.ts. A session names no passkey elsewhere. */
export async function passkeyOptions(ctx: LoginContext, caller: Caller, ceremony: Ceremony): Promise<CeremonyStarted> {
  const rp = relyingPartyOf(caller);
  await checkSource(ctx.store.throttles, caller.source, ctx.clock.now());
  const cookie = ceremony.purpose === 'start' ? ceremonyCookie(ctx, ceremony.cookie) : null;
  const asked: Ceremony = ceremony.purpose === 'start' ? { purpose: 'start', cookie } : ceremony;
  const standing = await standingOf(ctx, caller, asked);
  if (standing.purpose === 'step-up') needNetwork(standing.session, caller.source);
  const { source } = caller.app.realm;
  const options = await requestOptions(rp, {
    challenge: newChallengeFor(ctx, caller, standing),
    allow: await allowed(ctx, rp, source, standing),
    verification: verificationOf(standing, source),
  });
  return { options, cookie };
}
