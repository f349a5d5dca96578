import { type AuditEvent, type AuditKind, record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import type { NoticeKind } from '../notices/types.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, OpenParts } from '../store/types.ts';
import type { EnrolContext } from './live.ts';
import type { EnrolCaller } from './types.ts';

/** The factor that permits a change of factors must have been used within this time, ms (design: 5 minutes). */
const FRESH = 5 * 60_000;

/** Puts a change of an account's factors on record, in the transaction that makes it. */
export async function recordChange(
  ctx: EnrolContext,
  tx: Pick<OpenParts, 'audit'>,
  caller: EnrolCaller,
  account: Pick<AccountRow, 'id'>,
  kind: AuditKind,
  detail: NonNullable<AuditEvent['detail']> = {},
  outcome: AuditEvent['outcome'] = 'ok',
): Promise<void> {
  const event = { kind, outcome, actor: account.id, accountId: account.id };
  await record(tx.audit, ctx.clock, { ...event, appId: caller.app.id, source: caller.source, detail });
}

/** Tells the owner by e-mail of a change that was made here, in the transaction that makes it. */
export async function tell(
  ctx: EnrolContext,
  tx: Pick<OpenParts, 'notices'>,
  caller: EnrolCaller,
  account: Pick<AccountRow, 'id' | 'email'>,
  kind: NoticeKind,
  label?: string,
): Promise<void> {
  const detail = { app: caller.app.id, source: caller.source, by: 'owner' };
  await ctx.notices.tell(tx, account, { kind, detail: label === undefined ? detail : { ...detail, label } });
}

/**
 * Throws `step-up-required` unless an authenticator was used within the last five minutes of a live session of this app
 * (800-63B-4 §4.1.2.1: a session that was opened long ago, or stolen, cannot change factors).
 */
export function needFreshFactor(ctx: EnrolContext, caller: EnrolCaller, session: Session): void {
  const now = ctx.clock.now();
  if (session.appId !== caller.app.id || !session.liveAt(now)) throw new SallyportError('sign-in-required');
  const age = now - session.strength.lastFactorAt;
  if (!(age >= -60_000 && age <= FRESH)) throw new SallyportError('step-up-required');
}
