import { record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import type { Session } from '../sessions/session.ts';
import type { OpenParts } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import { at, checkSession, needStanding } from './open.ts';
import type { Caller } from './types.ts';

/** Ends this session, or every one of its account; returns how many ended. */
export async function signOut(
  ctx: LoginContext,
  caller: Caller,
  session: Session,
  everywhere: boolean,
): Promise<number> {
  const { accountId, id } = session;
  return ctx.store.underAccount(accountId, async (tx) => {
    const selector = everywhere ? ({ by: 'account', accountId } as const) : ({ by: 'id', id } as const);
    const ended = await tx.sessions.end(selector, everywhere ? 'sign-out-everywhere' : 'sign-out', ctx.clock.now());
    const event = { kind: 'sign-out', outcome: 'ok', actor: accountId, accountId, sessionId: id } as const;
    await record(tx.audit, ctx.clock, { ...event, ...at(caller), detail: { sessions: ended.length } });
    return ended.length;
  });
}

/** A public id is no secret: it is looked for among the live sessions of the account, and the own one is not another. */
async function otherOf(tx: OpenParts, session: Session, id: string, now: number): Promise<{ by: 'id'; id: string }> {
  const live = await tx.sessions.listLive(now, { accountId: session.accountId });
  if (id === session.id || !live.some((row) => row.id === id))
    throw new SallyportError('not-found', 'no other live session of this account has that id');
  return { by: 'id', id };
}

/** Ends one other session of the account, at whichever app, or all others. Errors as in types.ts. */
export async function endOthers(
  ctx: LoginContext,
  caller: Caller,
  session: Session,
  which: { readonly id: string } | 'all',
): Promise<number> {
  checkSession(ctx, caller, session);
  const { accountId } = session;
  const now = ctx.clock.now();
  return ctx.store.underAccount(accountId, async (tx) => {
    await needStanding(tx, session);
    const all = which === 'all';
    const selector = all
      ? ({ by: 'account', accountId, except: session.id } as const)
      : await otherOf(tx, session, which.id, now);
    const ended = await tx.sessions.end(selector, 'signed-out-elsewhere', now);
    if (!all && ended.length === 0) throw new SallyportError('not-found', 'the session ended meanwhile');
    const event = { kind: 'session.revoke', outcome: 'ok', actor: accountId, accountId } as const;
    const detail = { by: all ? 'others' : 'id', sessions: ended.length };
    await record(tx.audit, ctx.clock, { ...event, sessionId: all ? session.id : which.id, ...at(caller), detail });
    return ended.length;
  });
}
