import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { LanguageCode } from '../lib/languages.ts';
import { randomToken } from '../lib/random.ts';
import type { AccountRow } from '../store/types.ts';
import { type Administration, warranted } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount, needRealm } from './find.ts';
import { handedOut, MOST_LETTERS } from './handing-out.ts';
import { needOrganisation } from './organisations.ts';
import type { Reading } from './query.ts';
import { needsSecond } from './second.ts';
import { issuedTicket, issueOneOfMany, type ManyIssued, NO_ADDRESS, TICKET_LIFE } from './tickets.ts';

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
  /** Only those that have no e-mail address to which a link could go. */
  withoutEmail: z.boolean().optional(),
  ttlMs: z.number().optional(),
  /** How the links reach their people: by e-mail, or as a document in the answer; absent: each stands in the answer. */
  deliver: z.enum(['csv', 'letters', 'email']).optional(),
});
export type ManyWish = Readonly<z.infer<typeof form>>;

const many = z.strictObject({
  /** Each with its secret, which is in this answer and nowhere else. Empty where they were delivered otherwise. */
  issued: z.array(issuedTicket.extend({ organisationId: z.string(), email: z.string().nullable() })).readonly(),
  /** Those whose links go out by e-mail, by the ids of their tickets: `invitation.list` says what becomes of each. */
  mailed: z.array(z.strictObject({ id: z.string(), accountId: z.string(), account: z.string() })).readonly(),
  /** Of those that go out by e-mail; null: none do. */
  batch: z.string().nullable(),
  /** The letters or the list, as base64; null: neither was asked for, or nobody needs a link. */
  document: z.strictObject({ type: z.string(), name: z.string(), body: z.string() }).nullable(),
  /** Accounts that got none, and why. `noAddress`: a letter or a list reaches them. */
  refused: z
    .array(z.strictObject({ account: z.string(), message: z.string(), noAddress: z.literal(true).exactOptional() }))
    .readonly(),
});
export type ManyTickets = Readonly<z.infer<typeof many>>;
type Refused = ManyTickets['refused'][number];

/** For how many, and for how many it is done. */
export type Progress = (done: number, of: number) => void;

/** What a face knows besides, and wants to know. */
export interface Along {
  readonly onProgress?: Progress;
  /** The language of a person, where a list says so: of an e-mail to them. */
  readonly languageOf?: (realm: string, name: string) => LanguageCode | undefined;
  /** Of those that go out by e-mail, where several are one to whoever asks. */
  readonly batch?: string;
}

interface Found {
  readonly rows: readonly AccountRow[];
  readonly refused: readonly Refused[];
}

async function named(ctx: Reading, accounts: readonly string[], realm: string | undefined): Promise<Found> {
  const rows = new Map<string, AccountRow>();
  const refused: Refused[] = [];
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

/** Whose link somebody has, or may have: not of those whose e-mail has failed. */
async function withTicket({ store, clock, reach }: Reading): Promise<ReadonlySet<string>> {
  const now = clock.now();
  const [open, lost] = [await store.tickets.listOpen(now, { reach }), await store.invitations.lost(now)];
  return new Set(open.filter(({ id }) => !lost.has(id)).map(({ accountId }) => accountId));
}

async function wanted(ctx: Reading, wish: ManyWish): Promise<Found> {
  const { store, reach } = ctx;
  const realm = wish.realm === undefined ? undefined : needRealm(ctx, wish.realm).id;
  const only = wish.organisation === undefined ? undefined : await needOrganisation(ctx, wish.organisation, realm);
  const all: Found =
    wish.accounts === undefined
      ? { rows: await store.accounts.list(realm, only === undefined ? reach : new Set([only.id])), refused: [] }
      : await named(ctx, wish.accounts, realm);
  const factors = wish.withoutFactor === true ? await store.authenticators.standings() : new Map();
  const has = wish.withoutTicket === true ? await withTicket(ctx) : new Set<string>();
  const rows = all.rows
    .filter(({ organisationId }) => only === undefined || organisationId === only.id)
    .filter(({ disabledAt }) => wish.accounts !== undefined || disabledAt === null)
    .filter(({ email }) => wish.withoutEmail !== true || email === null)
    .filter(({ id }) => (factors.get(id)?.factors ?? 0) === 0 && !has.has(id));
  return { ...all, rows };
}

/** Throws `usage`, `forbidden` before the first link is made. */
function check(ctx: ManageContext, { accounts, organisation, withoutFactor, deliver }: ManyWish): void {
  if (accounts === undefined && organisation === undefined && withoutFactor !== true)
    throw new SallyportError('usage', 'say for whom: accounts, an organisation, or all that have no factor');
  if (needsSecond(ctx, 'ticket.issue'))
    throw new SallyportError('forbidden', 'links want a second person here: each is proposed and confirmed by itself');
  if (deliver === 'email' && ctx.config.mail === null)
    throw new SallyportError('usage', 'no mail server is configured (mail): links cannot go out by e-mail');
}

const MOST: Readonly<Record<NonNullable<ManyWish['deliver']> | 'answer', number>> = {
  answer: MOST_TICKETS,
  csv: MOST_TICKETS,
  email: MOST_TICKETS,
  letters: MOST_LETTERS,
};

interface Made {
  readonly issued: readonly ManyIssued[];
  readonly refused: readonly Refused[];
}

/** One after the other, each with its own lock; those that can have none with the reason. */
async function issueEach(
  asking: ManageContext,
  { rows, refused }: Found,
  { ttlMs, batch }: { readonly ttlMs: number | undefined; readonly batch: string | null },
  { onProgress, languageOf }: Along,
): Promise<Made> {
  const issued: ManyIssued[] = [];
  const without = [...refused];
  for (const [i, { id, realm, name, organisationId, email }] of rows.entries()) {
    try {
      const mail = batch === null ? undefined : { batch, language: languageOf?.(realm, name) };
      const ticket = await issueOneOfMany(asking, { account: id, ttlMs, mail });
      issued.push({ ...ticket, organisationId, email });
    } catch (error) {
      const message = refusal(error);
      without.push({ account: name, message, ...(message === NO_ADDRESS ? { noAddress: true } : {}) });
    }
    onProgress?.(i + 1, rows.length);
  }
  return { issued, refused: without };
}

/** `ticket.issue-many`, told after each how many are done. */
export async function issueMany(whole: ManageContext, asked: ManyWish, along: Along = {}): Promise<ManyTickets> {
  // What is done alongside is of one transaction, and here there are many.
  const { alongside: _alongside, ...asking } = whole;
  return warranted(asking, issueManyTickets, async (ctx) => {
    const wish = form.safeParse(asked);
    if (!wish.success) throw new SallyportError('usage', `ticket.issue-many: ${z.prettifyError(wish.error)}`);
    const { deliver } = wish.data;
    const ttlMs = wish.data.ttlMs ?? (deliver === 'letters' ? TICKET_LIFE.paper : undefined);
    check(ctx, wish.data);
    const found = await wanted(ctx, wish.data);
    const [count, most] = [found.rows.length, MOST[deliver ?? 'answer']];
    if (count > most)
      throw new SallyportError('usage', `these are ${count} accounts, and at most ${most} are done at once`);
    const batch = deliver === 'email' ? (along.batch ?? randomToken(ctx.random, 12)) : null;
    const { issued, refused } = await issueEach(asking, found, { ttlMs, batch }, along);
    if (deliver === undefined) return { issued, mailed: [], batch, document: null, refused };
    // What was delivered is in the answer no second time.
    const mailed =
      batch === null ? [] : issued.map(({ id, accountId, accountName: account }) => ({ id, accountId, account }));
    const document = deliver === 'email' ? null : await handedOut(ctx, issued, deliver);
    return { issued: [], mailed, batch, document, refused };
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
  notices: ['ticket-issued', 'invitation'],
  perform: (ctx, wish) => issueMany(ctx, wish),
};
