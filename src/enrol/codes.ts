import { newRecoveryCodes, parseRecoveryCode, recoveryHash } from '../factors/recovery.ts';
import { randomToken } from '../lib/random.ts';
import type { Entry, Told, Under } from '../operations/types.ts';
import type { AccountRow, AuthenticatorRow } from '../store/types.ts';
import { did, type Enrolling, type Owner, toOwner } from './askers.ts';
import type { EnrolContext } from './context.ts';

interface Replaced {
  readonly codes: readonly string[];
  readonly record: Entry<'recovery.replace'>;
  readonly notices: readonly Told<'recovery-codes-replaced'>[];
}

/** Ten new codes in the place of all older ones; only their keyed hashes are stored. */
export async function replaceCodes(
  { tx, ctx, by: { caller }, now }: Under<'account', EnrolContext, Enrolling | Owner, unknown, unknown>,
  account: AccountRow,
): Promise<Replaced> {
  const codes = newRecoveryCodes(ctx.random);
  const id = randomToken(ctx.random, 16);
  const row: AuthenticatorRow = {
    id,
    accountId: account.id,
    kind: 'recovery',
    label: 'Recovery codes',
    secret: null,
    lastStep: 0,
    failures: 0,
    disabledAt: null,
    createdAt: now,
    lastUsedAt: null,
  };
  const older = (await tx.authenticators.ofAccount(account.id)).some((each) => each.kind === 'recovery');
  const hashes = codes.map((code) => recoveryHash(ctx.seal, id, parseRecoveryCode(code) ?? ''));
  await tx.authenticators.replaceRecovery(row, hashes);
  return {
    codes,
    record: did(account, 'recovery.replace', { authenticator: id, codes: codes.length }),
    // The first ones replace nothing.
    notices: older ? [toOwner(caller, account, 'recovery-codes-replaced')] : [],
  };
}
