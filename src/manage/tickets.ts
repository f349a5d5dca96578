import { z } from 'zod';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { formatDuration } from '../lib/duration.ts';
import { randomToken } from '../lib/random.ts';
import { sourceOf } from '../sources/table.ts';
import type { TicketRow } from '../store/types.ts';
import { accountForm, administration, findAccount, toOwner } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount } from './find.ts';

/** Bounds and default of a ticket's life, ms. */
export const TICKET_LIFE = { min: 5 * 60_000, default: 24 * 3_600_000, max: 7 * 86_400_000 } as const;
/** 160 bits; 800-63B-4 §4.1.2.2 asks for 112 where nothing else is typed with it. */
const TICKET_BYTES = 20;

const wish = accountForm.extend({
  ttlMs: z.number().optional(),
  /** The person chooses a new password although one is set. */
  resetPassword: z.boolean().optional(),
});
type TicketWish = z.infer<typeof wish>;

const issuedTicket = z.strictObject({
  id: z.string(),
  /** Known here and now only; the store has its hash. */
  secret: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  realm: z.string(),
  expiresAt: z.number(),
  /** Enrolment links, one for each app of the account's realm. Any one of them uses the ticket up. */
  links: z.array(z.strictObject({ appId: z.string(), url: z.string() })).readonly(),
  /** Open tickets of the account that this one replaced. */
  replaced: z.number(),
});
export type IssuedTicket = Readonly<z.infer<typeof issuedTicket>>;

/** An open ticket as it is shown. */
export type TicketView = Omit<TicketRow, 'hash' | 'usedAt'>;

function lifeOf(asked: TicketWish): number {
  const ttl = asked.ttlMs ?? TICKET_LIFE.default;
  if (Number.isFinite(ttl) && ttl >= TICKET_LIFE.min && ttl <= TICKET_LIFE.max) return ttl;
  const bounds = `${formatDuration(TICKET_LIFE.min)} to ${formatDuration(TICKET_LIFE.max)}`;
  throw new SallyportError('usage', `a ticket lives ${bounds}: say so with --ttl`);
}

/** The apps where an account of the realm enrols. Throws `usage` when there is none, or no password to choose anew. */
function appsOf(ctx: ManageContext, realm: string, resetPassword: boolean): readonly AppConfig[] {
  const apps = ctx.config.apps.filter((app) => app.realm.id === realm);
  const [first] = apps;
  if (first === undefined) throw new SallyportError('usage', `no app uses realm ${realm}: there is nowhere to enrol`);
  if (resetPassword && !sourceOf(first.realm.source).keepsPasswords)
    throw new SallyportError('usage', `accounts of realm ${realm} have no password here`);
  return apps;
}

/**
 * Issues a ticket by which an account enrols an authenticator; older open ones end. The secret is in the answer and nowhere
 * else. Throws `not-found`, `usage` (life out of bounds, no app for the realm, a password reset where there is no
 * password), `conflict` for a disabled account.
 */
export const issueTicket = administration({
  name: 'ticket.issue',
  does: 'issues a one-time link by which an account enrols; older ones end',
  who: 'administrator',
  input: wish,
  output: issuedTicket,
  lock: 'account',
  records: ['ticket.issue'],
  notices: ['ticket-issued'],
  async find({ ctx, input }) {
    const ttl = lifeOf(input);
    const { id: accountId, realm, name } = await needAccount(ctx, input.account, input.realm);
    const apps = appsOf(ctx, realm, input.resetPassword ?? false);
    const secret = randomToken(ctx.random, TICKET_BYTES);
    const links = apps.map((app) => ({ appId: app.id, url: `${app.origin}/.sallyport/enrol/${secret}` }));
    return { accountId, ttl, shown: { id: randomToken(ctx.random, 16), secret, accountName: name, realm, links } };
  },
  async run({ tx, ctx, account, input: { resetPassword = false }, given: { accountId, ttl, shown }, now }) {
    if (account === undefined || account.disabledAt !== null)
      throw new SallyportError('conflict', 'the account is disabled: enable it first');
    const { id, secret } = shown;
    const expiresAt = now + ttl;
    const replaced = await tx.tickets.revokeOfAccount(accountId, now);
    const made = { id, hash: sha256(secret), accountId, issuedBy: ctx.actor, resetPassword };
    await tx.tickets.insert({ ...made, createdAt: now, expiresAt, usedAt: null });
    const detail = { ticket: id, ttl: formatDuration(ttl), resetPassword, replaced };
    const reset = resetPassword ? { reset: 'yes' } : undefined;
    return {
      value: { ...shown, accountId, expiresAt, replaced },
      record: [{ kind: 'ticket.issue', accountId, detail }],
      notices: [toOwner(ctx, account, 'ticket-issued', reset)],
    };
  },
});

/** Tickets that can still be used, oldest first. */
export async function listTickets(ctx: ManageContext): Promise<TicketView[]> {
  const rows = await ctx.store.tickets.listOpen(ctx.clock.now());
  return rows.map(({ hash: _hash, usedAt: _usedAt, ...shown }) => shown);
}

/** Makes every open ticket of an account unusable; answers how many. Throws `not-found`, `usage`. */
export const revokeTickets = administration({
  name: 'ticket.revoke',
  does: 'ends every open link of an account',
  who: 'administrator',
  input: accountForm,
  output: z.number(),
  lock: 'account',
  records: ['ticket.revoke'],
  find: findAccount,
  async run({ tx, given: { accountId }, now }) {
    const tickets = await tx.tickets.revokeOfAccount(accountId, now);
    return { value: tickets, record: [{ kind: 'ticket.revoke', accountId, detail: { tickets } }] };
  },
});
