import { sha256 } from '../lib/bytes.ts';
import type { OpenParts, PendingRow } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import type { Caller } from './types.ts';

/** Time between the first proof and the last, ms. */
export const PENDING_LIFE = 10 * 60_000;

/** The sign-in of this app that the cookie names and that still waits; else undefined. `from`: a transaction under way. */
export async function loadPending(
  ctx: LoginContext,
  caller: Caller,
  cookie: string | null,
  from: Pick<OpenParts, 'pendings'> = ctx.store,
): Promise<PendingRow | undefined> {
  if (cookie === null) return undefined;
  const row = await from.pendings.byHash(sha256(cookie));
  if (row === undefined || row.purpose !== 'sign-in' || row.appId !== caller.app.id) return undefined;
  return ctx.clock.now() < row.expiresAt ? row : undefined;
}
