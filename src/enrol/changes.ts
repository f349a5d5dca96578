import { SallyportError } from '../errors.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountParts, AccountRow, AuthenticatorRow, OpenParts } from '../store/types.ts';
import { replaceCodes } from './codes.ts';
import { readLabel } from './labels.ts';
import { type EnrolContext, needOwner } from './live.ts';
import { needFreshFactor, recordChange, tell } from './record.ts';
import { LastAuthenticator } from './refusals.ts';
import { works } from './room.ts';
import type { EnrolCaller } from './types.ts';

/**
 * An owner's change of his factors: a factor used just now, one transaction under the lock of the account, so that of two
 * changes at once the second sees the first.
 */
export async function change<T>(
  ctx: EnrolContext,
  caller: EnrolCaller,
  session: Session,
  work: (tx: AccountParts, account: AccountRow) => Promise<T>,
): Promise<T> {
  needFreshFactor(ctx, caller, session);
  return ctx.store.underAccount(session.accountId, async (tx, present) =>
    work(tx, await needOwner(tx, caller, session, present)),
  );
}

/** The authenticator, which must be the account's own; recovery codes are not one by themselves. */
function needOwn(rows: readonly AuthenticatorRow[], id: string): AuthenticatorRow {
  const row = rows.find((each) => each.id === id && each.kind !== 'recovery');
  if (row === undefined) throw new SallyportError('not-found', 'no such authenticator of this account');
  return row;
}

/** Those of an account that sign in at this app: a passkey of another relying party does not. */
async function worksHere(
  tx: OpenParts,
  { app }: EnrolCaller,
  rows: readonly AuthenticatorRow[],
  accountId: string,
): Promise<AuthenticatorRow[]> {
  const keys = await tx.authenticators.credentialsOf(accountId);
  const here = new Set(keys.filter((key) => key.rpId === app.relyingParty?.id).map((key) => key.authenticatorId));
  return rows.filter((row) => works(row) && (row.kind !== 'passkey' || here.has(row.id)));
}

/** Ten new recovery codes. */
export function renewCodes(ctx: EnrolContext, caller: EnrolCaller, session: Session): Promise<readonly string[]> {
  return change(ctx, caller, session, (tx, account) => replaceCodes(ctx, tx, caller, account));
}

/** Gives an authenticator another name. */
export async function renameOwn(
  ctx: EnrolContext,
  caller: EnrolCaller,
  session: Session,
  id: string,
  typed: string,
): Promise<void> {
  await change(ctx, caller, session, async (tx, account) => {
    const label = readLabel(typed);
    if (label === '') throw new SallyportError('bad-body', 'an empty label');
    const row = needOwn(await tx.authenticators.ofAccount(account.id), id);
    if (!(await tx.authenticators.rename(id, account.id, label)))
      throw new SallyportError('conflict', 'gone meanwhile');
    const detail = { authenticator: id, label, was: row.label };
    await recordChange(ctx, tx, caller, account, 'authenticator.rename', detail);
  });
}

/** Whoever removes a lost device means the sessions that it opened too; the one that removes stays. */
async function endOpenedWith(
  ctx: EnrolContext,
  tx: AccountParts,
  caller: EnrolCaller,
  session: Session,
  account: AccountRow,
  authenticatorId: string,
): Promise<void> {
  const now = ctx.clock.now();
  const live = await tx.sessions.listLive(now, { accountId: account.id });
  const opened = live.filter(
    ({ id, proofs }) => id !== session.id && proofs.some((proof) => proof.authenticatorId === authenticatorId),
  );
  for (const { id } of opened) await tx.sessions.end({ by: 'id', id }, 'authenticator-removed', now);
  if (opened.length === 0) return;
  const detail = { sessions: opened.length, cause: 'authenticator-removed' };
  await recordChange(ctx, tx, caller, account, 'session.revoke', detail);
}

/** Removes an authenticator, unless it is the last that works here, and ends the other sessions that it opened. */
export async function removeOwn(ctx: EnrolContext, caller: EnrolCaller, session: Session, id: string): Promise<void> {
  await change(ctx, caller, session, async (tx, account) => {
    const rows = await tx.authenticators.ofAccount(account.id);
    const row = needOwn(rows, id);
    const left = await worksHere(tx, caller, rows, account.id);
    if (!left.some((each) => each.id !== id)) throw new LastAuthenticator();
    if (!(await tx.authenticators.remove(id))) throw new SallyportError('conflict', 'removed meanwhile');
    const detail = { authenticator: id, kind: row.kind, label: row.label };
    await recordChange(ctx, tx, caller, account, 'authenticator.remove', detail);
    await endOpenedWith(ctx, tx, caller, session, account, id);
    await tell(ctx, tx, caller, account, 'authenticator-removed', row.label);
  });
}
