import { SallyportError } from '../errors.ts';
import { newRecoveryCodes, parseRecoveryCode, recoveryHash } from '../factors/recovery.ts';
import { randomToken } from '../lib/random.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, AuthenticatorRow, StoreParts } from '../store/types.ts';
import { type EnrolContext, mayEnrol } from './live.ts';
import { needFreshFactor, recordChange } from './record.ts';
import { LastAuthenticator } from './refusals.ts';
import type { EnrolCaller, OwnAccount } from './types.ts';

/** An authenticator that signs in by itself; recovery codes stand in for one, they do not replace it. */
export function works(row: AuthenticatorRow): boolean {
  return row.kind !== 'recovery' && row.disabledAt === null;
}

/** What the account page shows. */
export async function own(ctx: EnrolContext, session: Session): Promise<OwnAccount> {
  const { accountId } = session;
  const rows = await ctx.store.authenticators.ofAccount(accountId);
  const sessions = await ctx.store.sessions.listLive(ctx.clock.now(), { accountId });
  return {
    authenticators: rows
      .filter((row) => row.kind !== 'recovery')
      .map(({ id, kind, label, createdAt, lastUsedAt, disabledAt }) => ({
        id,
        kind,
        label,
        createdAt,
        lastUsedAt,
        disabled: disabledAt !== null,
      })),
    recoveryLeft: await ctx.store.authenticators.recoveryLeft(accountId),
    sessions: sessions.map(({ id, appId, createdAt, lastSeenAt, source, userAgent }) => ({
      id,
      appId,
      createdAt,
      lastSeenAt,
      source,
      userAgent,
      current: id === session.id,
    })),
  };
}

/** Ten new codes in the place of all older ones; only their keyed hashes are stored. */
export async function replaceCodes(ctx: EnrolContext, tx: StoreParts, accountId: string): Promise<string[]> {
  const codes = newRecoveryCodes(ctx.random);
  const id = randomToken(ctx.random, 16);
  const row: AuthenticatorRow = {
    id,
    accountId,
    kind: 'recovery',
    label: 'Recovery codes',
    secret: null,
    lastStep: 0,
    failures: 0,
    disabledAt: null,
    createdAt: ctx.clock.now(),
    lastUsedAt: null,
  };
  const hashes = codes.map((code) => recoveryHash(ctx.seal, id, parseRecoveryCode(code) ?? ''));
  await tx.authenticators.replaceRecovery(row, hashes);
  return codes;
}

/**
 * The account of a session that is about to change its factors, its row locked: of two changes at once the second sees
 * the first. Judged by the store, as the session may have ended since it was looked up.
 */
async function lockOwner(tx: StoreParts, caller: EnrolCaller, session: Session): Promise<AccountRow> {
  const row = await tx.sessions.byId(session.id);
  const account = await tx.accounts.byId(session.accountId);
  const live = row !== undefined && row.endedAt === null && row.hash === session.hash;
  if (!live || !mayEnrol(account, caller)) throw new SallyportError('sign-in-required', 'the session ended meanwhile');
  await tx.accounts.update(account.id, { email: account.email });
  return account;
}

export async function renewCodes(ctx: EnrolContext, caller: EnrolCaller, session: Session): Promise<readonly string[]> {
  needFreshFactor(ctx, caller, session);
  return ctx.store.transaction(async (tx) => {
    const account = await lockOwner(tx, caller, session);
    const codes = await replaceCodes(ctx, tx, account.id);
    await recordChange(ctx, tx, caller, account, 'recovery.replace', { codes: codes.length });
    return codes;
  });
}

export async function removeOwn(ctx: EnrolContext, caller: EnrolCaller, session: Session, id: string): Promise<void> {
  needFreshFactor(ctx, caller, session);
  await ctx.store.transaction(async (tx) => {
    const account = await lockOwner(tx, caller, session);
    const rows = await tx.authenticators.ofAccount(account.id);
    const row = rows.find((each) => each.id === id && each.kind !== 'recovery');
    if (row === undefined) throw new SallyportError('not-found', 'no such authenticator of this account');
    if (!rows.some((each) => each.id !== id && works(each))) throw new LastAuthenticator();
    if (!(await tx.authenticators.remove(id))) throw new SallyportError('conflict', 'removed meanwhile');
    await recordChange(ctx, tx, caller, account, 'authenticator.remove', { authenticator: id, label: row.label });
  });
}
