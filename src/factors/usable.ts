import type { AuthenticatorRow, AuthenticatorStore, CredentialRow } from '../store/types.ts';

/** An authenticator that signs in by itself; recovery codes stand in for one, they do not replace it. */
export function isFactor(row: AuthenticatorRow): boolean {
  return row.kind !== 'recovery' && row.disabledAt === null;
}

/** The passkeys of an account that are not disabled, of every relying party. `rows`: its authenticators. */
export async function enabledPasskeys(
  authenticators: Pick<AuthenticatorStore, 'credentialsOf'>,
  rows: readonly AuthenticatorRow[],
  accountId: string,
): Promise<CredentialRow[]> {
  const enabled = new Set(rows.filter(isFactor).map((row) => row.id));
  const credentials = await authenticators.credentialsOf(accountId);
  return credentials.filter((each) => enabled.has(each.authenticatorId));
}
