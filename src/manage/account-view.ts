import { z } from 'zod';
import type { AuditKind } from '../audit/audit.ts';
import { isFactor } from '../factors/usable.ts';
import { type Reach, ROLES, within } from '../roles.ts';
import type { AccountRow, AuditStore, AuthenticatorStore, Standing } from '../store/types.ts';

/** A role as it is given and shown; without an organisation (null), for everything. */
export const grantForm = z.strictObject({ role: z.enum(ROLES), organisation: z.string().nullable() });

/** An account as it is shown: no password hash. Moments in ms. */
export const accountView = z.strictObject({
  id: z.string(),
  realm: z.string(),
  name: z.string(),
  email: z.string().nullable(),
  groups: z.array(z.string()).readonly(),
  /** Holds a role. */
  admin: z.boolean(),
  roles: z.array(grantForm).readonly(),
  organisationId: z.string(),
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

/** What it holds, but for organisations that the asker may not know of. */
export function knownRoles({ roles }: Pick<AccountRow, 'roles'>, reach: Reach): AccountRow['roles'] {
  return roles.filter(({ organisation }) => organisation === null || within(reach, organisation));
}

/** Of roles for organisations that the asker may not know of only this is said: that it holds some (`admin`). */
export function view(account: AccountRow, reach: Reach, { standing, lastSignIn }: AccountFacts = {}): AccountView {
  const { passwordHash, ...rest } = account;
  return {
    ...rest,
    roles: knownRoles(account, reach),
    admin: rest.roles.length > 0,
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
export async function viewOf({ authenticators, audit }: Readable, row: AccountRow, reach: Reach): Promise<AccountView> {
  const owned = await authenticators.ofAccount(row.id);
  const factors = owned.filter(isFactor).length;
  const recoveryCodes = await authenticators.recoveryLeft(row.id);
  const [last] = await audit.list({ kind: SIGN_IN, accountId: row.id, limit: 1 });
  return view(row, reach, { standing: { factors, recoveryCodes }, lastSignIn: last?.at });
}
