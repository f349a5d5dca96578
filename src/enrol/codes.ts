import { newRecoveryCodes, parseRecoveryCode, recoveryHash } from '../factors/recovery.ts';
import { randomToken } from '../lib/random.ts';
import type { AccountParts, AccountRow, AuthenticatorRow } from '../store/types.ts';
import type { EnrolContext } from './live.ts';
import { recordChange, tell } from './record.ts';
import type { EnrolCaller } from './types.ts';

/** Ten new codes in the place of all older ones, on record; only their keyed hashes are stored. */
export async function replaceCodes(
  ctx: EnrolContext,
  tx: AccountParts,
  caller: EnrolCaller,
  account: AccountRow,
): Promise<string[]> {
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
    createdAt: ctx.clock.now(),
    lastUsedAt: null,
  };
  const older = (await tx.authenticators.ofAccount(account.id)).some((each) => each.kind === 'recovery');
  const hashes = codes.map((code) => recoveryHash(ctx.seal, id, parseRecoveryCode(code) ?? ''));
  await tx.authenticators.replaceRecovery(row, hashes);
  await recordChange(ctx, tx, caller, account, 'recovery.replace', { codes: codes.length });
  // The first ones replace nothing.
  if (older) await tell(ctx, tx, caller, account, 'recovery-codes-replaced');
  return codes;
}
