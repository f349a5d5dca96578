import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { AccountRow } from '../store/types.ts';
import { type Administration, warranted } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount, needRealm } from './find.ts';
import { needOrganisation } from './organisations.ts';
import type { Reading } from './query.ts';
import { needsSecond } from './second.ts';
import { issuedTicket, issueOneOfMany } from './tickets.ts';

/** Tickets of one act. */
export const MOST_TICKETS = 5000;

const form = z.strictObject({
  /** By id or name; absent: all of the organisation, or of the asker's reach. */
  accounts: z.array(z.string().max(256)).min(1).max(MOST_TICKETS).readonly().optional(),
  realm: z.string().optional(),
  /** By id or name: of this one alone. */
  organisation: z.string().optional(),
  /** Only those without an authenticator that works. */
  withoutFactor: z.boolean().optional(),
  /** Only those without a link that can be used now. */
  withoutTicket: z.boolean().optional(),
  ttlMs: z.number().optional(),
});
export type ManyWish = Readonly<z.infer<typeof form>>;

const many = z.strictObject({
  /** Each with its secret, which is in this answer and nowhere else. */
  issued: z.array(issuedTicket.extend({ organisationId: z.string(), email: z.string().nullable() })).readonly(),
  /** Accounts that got none, and why. */
  refused: z.array(z.strictObject({ account: z.string(), message: z.string() })).readonly(),
});
export type ManyTickets = Readonly<z.infer<typeof many>>;

/** For how many, and for how many it is done. */
export type Progress = (done: number, of: number) => void;

interface Found {
  readonly rows: readonly AccountRow[];
  readonly refused: ManyTickets['refused'];
}

async function named(ctx: Reading, accounts: readonly string[], realm: string | undefined): Promise<Found> {
  const rows = new Map<string, AccountRow>();
  const refused: { account: string; message: string }[] = [];
  for (const account of accounts) {
    try {
      const row = await needAccount(ctx, account, realm);
      rows.set(row.id, row);
    } catch (error) {
      refused.push({ account, message: refusal(error) });
    }
  }
  return { rows: [...rows.values()], refused };
}

/** Why one of many has none, as a sentence; throws what concerns all of them. */
function refusal(error: unknown): string {
  if (error instanceof SallyportError && ['not-found', 'conflict', 'forbidden', 'usage'].includes(error.code))
    return error.message;
  throw error;
}

async function wanted(ctx: Reading, wish: ManyWish): Promise<Found> {
  const { store, clock, reach } = ctx;
  const realm = wish.realm === undefined ? undefined : needRealm(ctx, wish.realm).id;
  const only = wish.organisation === undefined ? undefined : await needOrganisation(ctx, wish.organisation, realm);
  const all: Found =
    wish.accounts === undefined
      ? { rows: await store.accounts.list(realm, only === undefined ? reach : new Set([only.id])), refused: [] }
      : await named(ctx, wish.accounts, realm);
  const factors = wish.withoutFactor === true ? await store.authenticators.standings() : new Map();
  const open = wish.withoutTicket === true ? await store.tickets.listOpen(clock.now(), { reach }) : [];
  const has = new Set(open.map(({ accountId }) => accountId));
  const rows = all.rows
    .filter(({ organisationId }) => only === undefined || organisationId === only.id)
    .filter(({ disabledAt }) => wish.accounts !== undefined || disabledAt === null)
    .filter(({ id }) => (factors.get(id)?.factors ?? 0) === 0 && !has.has(id));
  return { ...all, rows };
}

/** `ticket.issue-many`, told after each how many are done. */
export async function issueMany(whole: ManageContext, asked: ManyWish, onProgress?: Progress): Promise<ManyTickets> {
  // What is done alongside is of one transaction, and here there are many.
  const { alongside: _alongside, ...asking } = whole;
  return warranted(asking, issueManyTickets, async (ctx) => {
    const wish = form.safeParse(asked);
    if (!wish.success) throw new SallyportError('usage', `ticket.issue-many: ${z.prettifyError(wish.error)}`);
    const { accounts, organisation, withoutFactor, ttlMs } = wish.data;
    if (accounts === undefined && organisation === undefined && withoutFactor !== true)
      throw new SallyportError('usage', 'say for whom: accounts, an organisation, or all that have no factor');
    if (needsSecond(ctx, 'ticket.issue'))
      throw new SallyportError(
        'forbidden',
        'links want a second person here: each is proposed and confirmed by itself',
      );
    const { rows, refused } = await wanted(ctx, wish.data);
    if (rows.length > MOST_TICKETS)
      throw new SallyportError(
        'usage',
        `these are ${rows.length} accounts, and at most ${MOST_TICKETS} are done at once`,
      );
    const issued: ManyTickets['issued'][number][] = [];
    const without = [...refused];
    for (const [i, { id, name, organisationId, email }] of rows.entries()) {
      try {
        const ticket = await issueOneOfMany(asking, { account: id, ttlMs });
        issued.push({ ...ticket, organisationId, email });
      } catch (error) {
        without.push({ account: name, message: refusal(error) });
      }
      onProgress?.(i + 1, rows.length);
    }
    return { issued, refused: without };
  });
}

/**
 * Issues a ticket for each of many accounts, as `ticket.issue` does it for one: under its lock, with its entry and its message. Of at most
 * 5,000; those that cannot have one are told with the reason, and the others have theirs. Throws `usage`, `not-found`.
 */
export const issueManyTickets: Administration<ManyWish, ManyTickets> = {
  name: 'ticket.issue-many',
  does: 'issues one-time links for many accounts; older ones of theirs end',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'reach', fresh: true },
  http: 'POST /tickets',
  apart: true,
  input: form,
  output: many,
  lock: { none: 'each ticket is issued under the lock of its account' },
  records: ['ticket.issue'],
  notices: ['ticket-issued'],
  perform: issueMany,
};
