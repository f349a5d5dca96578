import { checkSource, failSource } from '../accounts/throttle.ts';
import { recordRefused } from '../audit/ration.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import { sha256 } from '../lib/bytes.ts';
import type { Session } from '../sessions/session.ts';
import { standsIn } from '../sources/table.ts';
import { type EnrolContext, needOwner, openLive } from './live.ts';
import { needFreshFactor, recordChange, tell } from './record.ts';
import type { EnrolCaller } from './types.ts';

const TICKET = /^[A-Za-z0-9_-]{20,64}$/;

/** Whose ticket this is; changes nothing. */
export async function peek(
  ctx: EnrolContext,
  caller: EnrolCaller,
  ticket: string,
): Promise<{ accountName: string } | undefined> {
  if (!TICKET.test(ticket)) return undefined;
  const row = await ctx.store.tickets.byHash(sha256(ticket));
  if (row === undefined || row.usedAt !== null || ctx.clock.now() >= row.expiresAt) return undefined;
  const account = await ctx.store.accounts.byId(row.accountId);
  return standsIn(account, caller.app.realm) ? { accountName: account.name } : undefined;
}

async function refuseTicket(ctx: EnrolContext, caller: EnrolCaller): Promise<never> {
  const event = {
    kind: 'enrol.open',
    outcome: 'refused',
    actor: 'anonymous',
    detail: { cause: 'ticket-invalid' },
  } as const;
  await ctx.store.transaction(async (tx) => {
    await failSource(tx.throttles, caller.source, ctx.clock.now());
    const { store, clock } = ctx;
    await recordRefused({ store, audit: tx.audit, clock }, { ...event, appId: caller.app.id, source: caller.source });
  });
  throw new SallyportError('ticket-invalid');
}

/** Uses the ticket up and opens its account's enrolment. Throws `ticket-invalid`, on record. */
export async function open(ctx: EnrolContext, caller: EnrolCaller, ticket: string): Promise<{ cookie: string }> {
  const now = ctx.clock.now();
  await checkSource(ctx.store.throttles, caller.source, now);
  if (!TICKET.test(ticket)) return refuseTicket(ctx, caller);
  try {
    const known = await ctx.store.tickets.byHash(sha256(ticket));
    return await ctx.store.underAccount(known?.accountId ?? '', async (tx, account) => {
      const row = await tx.tickets.consume(sha256(ticket), now);
      // Thrown, so that a ticket that was shown at the wrong app is not used up there.
      if (row === undefined || !standsIn(account, caller.app.realm)) throw new SallyportError('ticket-invalid');
      const progress = { secret: null, resetPassword: row.resetPassword, sessionId: null };
      const proofs: Proof[] = [{ kind: 'ticket', at: now }];
      const cookie = await openLive(ctx, tx, caller, account, { ticketId: row.id, proofs, progress });
      await recordChange(ctx, tx, caller, account, 'enrol.open', { ticket: row.id });
      await tell(ctx, tx, caller, account, 'ticket-used');
      return { cookie };
    });
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'ticket-invalid') return refuseTicket(ctx, caller);
    throw error;
  }
}

/** Opens an enrolment of a signed-in account. Throws `step-up-required`, `sign-in-required`. */
export async function add(ctx: EnrolContext, caller: EnrolCaller, session: Session): Promise<{ cookie: string }> {
  needFreshFactor(ctx, caller, session);
  return ctx.store.underAccount(session.accountId, async (tx, present) => {
    const account = await needOwner(tx, caller, session, present);
    const progress = { secret: null, resetPassword: false, sessionId: session.id };
    const cookie = await openLive(ctx, tx, caller, account, { ticketId: null, proofs: [], progress });
    await recordChange(ctx, tx, caller, account, 'enrol.open', { session: session.id });
    return { cookie };
  });
}
