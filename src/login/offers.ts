import type { AppConfig } from '../config/types.ts';
import { enabledPasskeys } from '../factors/usable.ts';
import { needNetwork } from '../sessions/networks.ts';
import type { Session } from '../sessions/session.ts';
import type { PendingRow, Store } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import { loadPending } from './pending.ts';
import { STEPS } from './steps.ts';
import type { Caller, Offer } from './types.ts';

/** The same for everybody at an app, so that it does not tell who has what. */
export function offersOf(app: AppConfig): readonly Offer[] {
  return app.relyingParty === null ? ['totp', 'recovery'] : ['passkey', 'totp', 'recovery'];
}

/** What the account can use at this app now; nothing when it cannot get in. For reports too. */
export async function usableWays(
  { authenticators }: Pick<Store, 'authenticators'>,
  app: AppConfig,
  accountId: string,
): Promise<readonly Offer[]> {
  const rows = await authenticators.ofAccount(accountId);
  const passkeys = await enabledPasskeys(authenticators, rows, accountId);
  const has: Readonly<Record<Offer, boolean>> = {
    passkey: passkeys.some(({ rpId }) => rpId === app.relyingParty?.id),
    totp: rows.some(STEPS.totp.concerns),
    recovery: rows.some(STEPS.recovery.concerns) && (await authenticators.recoveryLeft(accountId)) > 0,
  };
  return offersOf(app).filter((offer) => has[offer]);
}

/** All ways when the account has none: who has nothing is told as little as who is unknown. */
async function ownOffers({ store }: LoginContext, app: AppConfig, accountId: string): Promise<readonly Offer[]> {
  const own = await usableWays(store, app, accountId);
  return own.length === 0 ? offersOf(app) : own;
}

const provenIn = ({ proofs, accountId }: PendingRow): string | null => (proofs.length === 0 ? null : accountId);

/**
 * The account of which something is proven: by the sign-in that waits, which comes first, or by the session. Throws `wrong-network`
 * where it is the session's, which says nothing of its account there.
 */
async function provenBy(
  ctx: LoginContext,
  caller: Caller,
  pending: string | null,
  session: Session | null,
): Promise<string | null> {
  const row = await loadPending(ctx, caller, pending);
  if (row !== undefined) return provenIn(row);
  if (session === null) return null;
  needNetwork(session, caller.source);
  return session.accountId;
}

/**
 * The ways to take a second step that waits: those of its account where something of that account is proven, all of them where
 * only a name was typed.
 */
export async function pendingOffers(ctx: LoginContext, app: AppConfig, pending: PendingRow): Promise<readonly Offer[]> {
  const proven = provenIn(pending);
  return proven === null ? offersOf(app) : ownOffers(ctx, app, proven);
}

/** As `Login.offers` in types.ts. */
export async function offersHere(
  ctx: LoginContext,
  caller: Caller,
  pending: string | null,
  session: Session | null,
): Promise<readonly Offer[]> {
  const proven = await provenBy(ctx, caller, pending, session);
  return proven === null ? offersOf(caller.app) : ownOffers(ctx, caller.app, proven);
}

/** As in types.ts. */
export async function passkeyDomains(
  ctx: LoginContext,
  caller: Caller,
  pending: string | null,
  session: Session | null,
): Promise<readonly string[]> {
  const proven = await provenBy(ctx, caller, pending, session);
  if (proven === null) return [];
  const { authenticators } = ctx.store;
  const passkeys = await enabledPasskeys(authenticators, await authenticators.ofAccount(proven), proven);
  return [...new Set(passkeys.map(({ rpId }) => rpId))];
}
