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

/** The domains that passkeys of an account are bound to, of those that are not disabled. */
async function domainsOf(ctx: LoginContext, rows: readonly AuthenticatorRow[], accountId: string) {
  const enabled = new Set(rows.filter((row) => row.disabledAt === null).map((row) => row.id));
  const credentials = await ctx.store.authenticators.credentialsOf(accountId);
  return new Set(credentials.filter(({ authenticatorId }) => enabled.has(authenticatorId)).map(({ rpId }) => rpId));
}

async function hasPasskey(ctx: LoginContext, app: AppConfig, rows: readonly AuthenticatorRow[], accountId: string) {
  return app.relyingParty !== null && (await domainsOf(ctx, rows, accountId)).has(app.relyingParty.id);
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

/** The account of which something is proven: by the sign-in that waits, which comes first, or by the session. */
function provenBy(row: PendingRow | undefined, session: Session | null): string | null {
  if (row !== undefined) return row.proofs.length === 0 ? null : row.accountId;
  return session === null ? null : session.accountId;
}

/**
 * The ways to take a second step that waits: those of its account where something of that account is proven, all of them where
 * only a name was typed.
 */
export async function pendingOffers(ctx: LoginContext, app: AppConfig, pending: PendingRow): Promise<readonly Offer[]> {
  const proven = provenBy(pending, null);
  return proven === null ? offersOf(app) : ownOffers(ctx, app, proven);
}

/** As `Login.offers` in types.ts. */
export async function offersHere(
  ctx: LoginContext,
  caller: Caller,
  pending: string | null,
  session: Session | null,
): Promise<readonly Offer[]> {
  const proven = provenBy(await loadPending(ctx, caller, pending), session);
  return proven === null ? offersOf(caller.app) : ownOffers(ctx, caller.app, proven);
}

/** As in types.ts. */
export async function passkeyDomains(
  ctx: LoginContext,
  caller: Caller,
  pending: string | null,
  session: Session | null,
): Promise<readonly string[]> {
  const proven = provenBy(await loadPending(ctx, caller, pending), session);
  if (proven === null) return [];
  return [...(await domainsOf(ctx, await ctx.store.authenticators.ofAccount(proven), proven))];
}
