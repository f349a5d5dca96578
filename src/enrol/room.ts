import type { AccountRow, AuthenticatorRow, AuthenticatorStore } from '../store/types.ts';
import { TooManyAuthenticators } from './refusals.ts';

/** By kind. A passkey cannot be guessed; its bound is for the list that a ceremony is sent and a person looks through. */
const MOST = { totp: 5, passkey: 10 } as const;

/** An authenticator that signs in by itself; recovery codes stand in for one, they do not replace it. */
export function works(row: AuthenticatorRow): boolean {
  return row.kind !== 'recovery' && row.disabledAt === null;
}

/** Throws TooManyAuthenticators when the account has as many of the kind as it may have. */
export async function needRoom(
  tx: { readonly authenticators: Pick<AuthenticatorStore, 'ofAccount'> },
  account: AccountRow,
  kind: keyof typeof MOST,
): Promise<void> {
  const rows = await tx.authenticators.ofAccount(account.id);
  if (rows.filter((row) => row.kind === kind && works(row)).length >= MOST[kind]) throw new TooManyAuthenticators(kind);
}
