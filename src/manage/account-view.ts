import { z } from 'zod';
import type { AuditKind } from '../audit/audit.ts';
import { isFactor } from '../factors/usable.ts';
import type { AccountRow, AuditStore, AuthenticatorStore, Standing } from '../store/types.ts';

/** An account as it is shown: no password hash. Moments in ms. */
export const accountView = z.strictObject({
  id: z.string(),
  realm: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  groups: z.array(z.string()).readonly(),
  admin: z.boolean(),
  disabledAt: z.number().nullable(),
  createdAt: z.number(),
  passwordSet: z.boolean(),
  /** Authenticators that it could sign in with now; recovery codes are none. */
  authenticators: z.number(),
  recoveryCodes: z.number(),
  /** By the record, which outlives sessions. */
  lastSignIn: z.number().nullable(),
});
export type AccountView = Readonly<z.infer<typeof accountView>>;

/** What every sign-in puts on record, an enrolment that ends in one too. */
export const SIGN_IN = 'session.open' satisfies AuditKind;

interface AccountFacts {
  readonly standing?: Standing | undefined;
  readonly lastSignIn?: number | undefined;
}

export function view(account: AccountRow, { standing, lastSignIn }: AccountFacts = {}): AccountView {
  const { passwordHash, ...rest } = account;
  return {
    ...rest,
    passwordSet: passwordHash !== null,
    authenticators: standing?.factors ?? 0,
    recoveryCodes: standing?.recoveryCodes ?? 0,
    lastSignIn: lastSignIn ?? null,
  };
}

interface Readable {
  readonly authenticators: Pick<AuthenticatorStore, 'ofAccount' | 'recoveryLeft'>;
  readonly audit: Pick<AuditStore, 'list'>;
}

/** The account with what it has, read from the store or within a transaction. */
export async function viewOf({ authenticators, audit }: Readable, row: AccountRow): Promise<AccountView> {
  const owned = await authenticators.ofAccount(row.id);
  const factors = owned.filter(isFactor).length;
  const recoveryCodes = await authenticators.recoveryLeft(row.id);
  const [last] = await audit.list({ kind: SIGN_IN, accountId: row.id, limit: 1 });
  return view(row, { standing: { factors, recoveryCodes }, lastSignIn: last?.at });
}
