import { isFactor } from '../factors/usable.ts';
import type { AccountRow, AuthenticatorStore } from '../store/types.ts';
import { TooManyAuthenticators } from './refusals.ts';

/** By kind. A passkey cannot be guessed; its bound is for the list that a ceremony is sent and a person looks through. */
const MOST = { totp: 5, passkey: 10 } as const;

/** Throws TooManyAuthenticators when the account has as many of the kind as it may have. */
export async function needRoom(
  tx: { readonly authenticators: Pick<AuthenticatorStore, 'ofAccount'> },
  account: AccountRow,
  kind: keyof typeof MOST,
): Promise<void> {
  const rows = await tx.authenticators.ofAccount(account.id);
  if (rows.filter((row) => row.kind === kind && isFactor(row)).length >= MOST[kind])
    throw new TooManyAuthenticators(kind);
}
