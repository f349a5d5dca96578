import type { AppConfig } from '../config/types.ts';
import type { Session } from '../sessions/session.ts';
import type { AuthenticatorRow, PendingRow } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import { loadPending } from './pending.ts';
import { STEPS } from './steps.ts';
import type { Caller, Offer } from './types.ts';

/** The same for everybody at an app, so that it does not tell who has what. */
export function offersOf(app: AppConfig): readonly Offer[] {
  return app.relyingParty === null ? ['totp', 'recovery'] : ['passkey', 'totp', 'recovery'];
}

async function hasPasskey(ctx: LoginContext, app: AppConfig, rows: readonly AuthenticatorRow[], accountId: string) {
  if (app.relyingParty === null) return false;
  const enabled = new Set(rows.filter((row) => row.disabledAt === null).map((row) => row.id));
  const credentials = await ctx.store.authenticators.credentialsOf(accountId);
  return credentials.some(({ rpId, authenticatorId }) => rpId === app.relyingParty?.id && enabled.has(authenticatorId));
}

/** What the account can use at this app now. All ways when it has none: who has nothing is told as little as who is unknown. */
async function ownOffers(ctx: LoginContext, app: AppConfig, accountId: string): Promise<readonly Offer[]> {
  const { authenticators } = ctx.store;
  const rows = await authenticators.ofAccount(accountId);
  const has: Readonly<Record<Offer, boolean>> = {
    passkey: await hasPasskey(ctx, app, rows, accountId),
    totp: rows.some(STEPS.totp.concerns),
    recovery: rows.some(STEPS.recovery.concerns) && (await authenticators.recoveryLeft(accountId)) > 0,
  };
  const all = offersOf(app);
  const own = all.filter((offer) => has[offer]);
  return own.length === 0 ? all : own;
}

/**
 * The ways to take a second step that waits: those of its account where something of that account is proven, all of them where
 * only a name was typed.
 */
export async function pendingOffers(
  ctx: LoginContext,
  app: AppConfig,
  { accountId, proofs }: Pick<PendingRow, 'accountId' | 'proofs'>,
): Promise<readonly Offer[]> {
  return accountId === null || proofs.length === 0 ? offersOf(app) : ownOffers(ctx, app, accountId);
}

/** As `Login.offers` in types.ts. */
export async function offersHere(
  ctx: LoginContext,
  caller: Caller,
  pending: string | null,
  session: Session | null,
): Promise<readonly Offer[]> {
  const row = await loadPending(ctx, caller, pending);
  if (row !== undefined) return pendingOffers(ctx, caller.app, row);
  return session === null ? offersOf(caller.app) : ownOffers(ctx, caller.app, session.accountId);
}
