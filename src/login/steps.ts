import { parseRecoveryCode, recoveryHash } from '../factors/recovery.ts';
import { parseCode, totpStep } from '../factors/totp.ts';
import type { Seal } from '../store/seal.ts';
import type { AccountParts, AuthenticatorRow } from '../store/types.ts';
import type { SecondStep } from './types.ts';

/** 800-63B-4 §3.2.2: after so many failures in a row an authenticator is disabled and must be bound anew. */
export const MAX_FAILURES = 100;

/** A code that fits an authenticator. It proves nothing until `claim` has used it up, in the transaction that relies on it. */
export interface Match {
  readonly authenticatorId: string;
  /** What a claim that fails means: a right code used before, or, where only the claim tells, a wrong one. */
  readonly unclaimed: 'code-used' | 'wrong-credentials';
  /** True exactly once per code. */
  claim(tx: Pick<AccountParts, 'authenticators'>, at: number): Promise<boolean>;
}

export interface Step {
  /** Whether the text has the form of a code at all; what has not is refused without being counted. */
  wellFormed(code: unknown): boolean;
  /** Which of an account's authenticators the step is about. */
  concerns(row: AuthenticatorRow): boolean;
  /** With no authenticator (no such account, none enrolled) the same work is done, in vain. */
  match(seal: Seal, rows: readonly AuthenticatorRow[], code: string, now: number): Match | undefined;
}

/** Checked against when there is nothing else to check against, so that time does not tell. Its answer is thrown away. */
const NOBODYS_SECRET = 'A'.repeat(32);

function matchTotp(seal: Seal, rows: readonly AuthenticatorRow[], code: string, now: number): Match | undefined {
  if (rows.length === 0) totpStep(NOBODYS_SECRET, code, now);
  let found: { row: AuthenticatorRow; step: number } | undefined;
  for (const row of rows) {
    const step = totpStep(
      seal.open(row.secret ?? '', { table: 'authenticators', column: 'secret', row: row.id }),
      code,
      now,
    );
    // Of two that fit, the one whose step is still unused.
    if (step !== undefined && (found === undefined || found.row.lastStep >= found.step)) found = { row, step };
  }
  if (found === undefined) return undefined;
  const { row, step } = found;
  const claim: Match['claim'] = (tx, at) => tx.authenticators.acceptStep(row.id, step, at);
  return { authenticatorId: row.id, unclaimed: 'code-used', claim };
}

function matchRecovery(seal: Seal, rows: readonly AuthenticatorRow[], typed: string): Match | undefined {
  const code = parseRecoveryCode(typed);
  const row = rows[0];
  const hash = recoveryHash(seal, row?.id ?? 'nobody', code ?? '');
  if (row === undefined || code === undefined) return undefined;
  return {
    authenticatorId: row.id,
    // The store compares and uses up in one; a code that was used is as wrong as one that never was.
    unclaimed: 'wrong-credentials',
    async claim(tx, at) {
      if (!(await tx.authenticators.useRecoveryCode(row.id, hash, at))) return false;
      await tx.authenticators.clearFailures(row.id, at);
      return true;
    },
  };
}

/** The second steps, one row each. */
export const STEPS: Readonly<Record<SecondStep, Step>> = {
  totp: {
    wellFormed: (code) => parseCode(code) !== undefined,
    concerns: (row) =>
      row.kind === 'totp' && row.secret !== null && row.disabledAt === null && row.failures < MAX_FAILURES,
    match: matchTotp,
  },
  recovery: {
    wellFormed: (code) => parseRecoveryCode(code) !== undefined,
    concerns: (row) => row.kind === 'recovery' && row.disabledAt === null && row.failures < MAX_FAILURES,
    match: matchRecovery,
  },
};
