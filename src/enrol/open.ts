import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import { sha256 } from '../lib/bytes.ts';
import { act } from '../operations/perform.ts';
import type { Unlocked } from '../operations/types.ts';
import { standsIn } from '../sources/table.ts';
import { did, type Invocation, toOwner, type Visitor, visitor } from './askers.ts';
import type { EnrolContext } from './context.ts';
import { openLive } from './live.ts';
import { ownersChange } from './steps.ts';
import type { EnrolCaller, Invited } from './types.ts';

const TICKET = /^[A-Za-z0-9_-]{20,64}$/;

/** Whose ticket this is; changes nothing. */
export async function peek(ctx: EnrolContext, caller: EnrolCaller, ticket: string): Promise<Invited | undefined> {
  if (!TICKET.test(ticket)) return undefined;
  const row = await ctx.store.tickets.byHash(sha256(ticket));
  if (row === undefined || row.usedAt !== null || ctx.clock.now() >= row.expiresAt) return undefined;
  const account = await ctx.store.accounts.byId(row.accountId);
  return standsIn(account, caller.app.realm)
    ? { accountName: account.name, organisationId: account.organisationId }
    : undefined;
}

const opened = z.strictObject({ cookie: z.string() });
type Opened = z.infer<typeof opened>;
const ticketForm = z.strictObject({ ticket: z.string() });

/** Uses a ticket up and opens its account's enrolment. Throws `ticket-invalid`. */
export const openByTicket = act<
  'account',
  EnrolContext,
  Visitor,
  z.infer<typeof ticketForm>,
  Opened,
  { accountId: string; hash: string },
  'enrol.open',
  'ticket-used'
>({
  name: 'enrol.open',
  does: 'uses a ticket up, and opens the enrolment of its account',
  who: 'anybody',
  input: ticketForm,
  output: opened,
  lock: 'account',
  throttle: { source: 'held off' },
  records: ['enrol.open'],
  notices: ['ticket-used'],
  async find({ ctx, input: { ticket } }) {
    if (!TICKET.test(ticket)) throw new SallyportError('ticket-invalid');
    const hash = sha256(ticket);
    return { hash, accountId: (await ctx.store.tickets.byHash(hash))?.accountId ?? '' };
  },
  async run(on) {
    const { tx, by, account, given, now } = on;
    const row = await tx.tickets.consume(given.hash, now);
    // Thrown, so that a ticket that was shown at the wrong app is not used up there.
    if (row === undefined || !standsIn(account, by.caller.app.realm)) throw new SallyportError('ticket-invalid');
    const progress = { secret: null, resetPassword: row.resetPassword, sessionId: null };
    const proofs: Proof[] = [{ kind: 'ticket', at: now }];
    const cookie = await openLive(on, account, { ticketId: row.id, proofs, progress, next: '/' });
    return {
      value: { cookie },
      record: [did(account, 'enrol.open', { ticket: row.id })],
      notices: [toOwner(by.caller, account, 'ticket-used')],
    };
  },
});

/** A ticket that is none counts against its source, and is on record. */
export const refuseTicket = act<
  Unlocked,
  EnrolContext,
  Visitor,
  Record<string, never>,
  void,
  object,
  'enrol.open',
  never
>({
  name: 'enrol.refuse-ticket',
  does: 'counts a ticket that is none, and puts it on record',
  who: 'anybody',
  input: z.strictObject({}),
  output: z.void(),
  lock: { none: 'counts, and puts on record: the same before and after whatever else is done' },
  throttle: { source: 'counted' },
  records: ['enrol.open'],
  find: () => ({}),
  run() {
    const detail = { cause: 'ticket-invalid' };
    return { value: undefined, record: [{ kind: 'enrol.open', outcome: 'refused', detail, rationed: true }] };
  },
});

/** Uses the ticket up and opens its account's enrolment. Throws `ticket-invalid`, on record. */
export async function open(ctx: EnrolContext, caller: EnrolCaller, ticket: string): Promise<Opened> {
  const asked: Invocation<Visitor> = visitor(ctx, caller);
  try {
    return await openByTicket.perform(asked, { ticket });
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'ticket-invalid') await refuseTicket.perform(asked, {});
    throw error;
  }
}

/** Opens an enrolment of a signed-in account. Throws `step-up-required`, `sign-in-required`. */
export const add = ownersChange({
  name: 'enrol.add',
  does: 'opens an enrolment of somebody who is signed in',
  // Where its owner came from; whoever leads there judges it.
  input: z.strictObject({ next: z.string().max(2048) }),
  output: opened,
  records: ['enrol.open'],
  prepare: () => null,
  async run(on) {
    const { owner, by } = on;
    const { next } = on.input;
    const session = by.session.id;
    const progress = { secret: null, resetPassword: false, sessionId: session };
    const cookie = await openLive(on, owner, { ticketId: null, proofs: [], progress, next });
    return { value: { cookie }, record: [did(owner, 'enrol.open', { session })] };
  },
});
