import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { formatDuration } from '../lib/duration.ts';
import { randomToken } from '../lib/random.ts';
import { sourceOf } from '../sources/table.ts';
import type { TicketRow } from '../store/types.ts';
import { type ManageContext, recordManaged, tellOwner } from './context.ts';
import { needAccount } from './find.ts';

/** Bounds and default of a ticket's life, ms. */
export const TICKET_LIFE = { min: 5 * 60_000, default: 24 * 3_600_000, max: 7 * 86_400_000 } as const;
/** 160 bits; 800-63B-4 §4.1.2.2 asks for 112 where nothing else is typed with it. */
const TICKET_BYTES = 20;

export interface TicketWish {
  readonly ttlMs?: number | undefined;
  /** The person chooses a new password although one is set. */
  readonly resetPassword?: boolean | undefined;
}

export interface IssuedTicket {
  readonly id: string;
  /** Known here and now only; the store has its hash. */
  readonly secret: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly realm: string;
  readonly expiresAt: number;
  /** Enrolment links, one for each app of the account's realm. Any one of them uses the ticket up. */
  readonly links: readonly { readonly appId: string; readonly url: string }[];
  /** Open tickets of the account that this one replaced. */
  readonly replaced: number;
}

/** An open ticket as it is shown. */
export type TicketView = Omit<TicketRow, 'hash' | 'usedAt'>;

function lifeOf(wish: TicketWish): number {
  const ttl = wish.ttlMs ?? TICKET_LIFE.default;
  if (Number.isFinite(ttl) && ttl >= TICKET_LIFE.min && ttl <= TICKET_LIFE.max) return ttl;
  const bounds = `${formatDuration(TICKET_LIFE.min)} to ${formatDuration(TICKET_LIFE.max)}`;
  throw new SallyportError('usage', `a ticket lives ${bounds}`);
}

/**
 * Issues a ticket by which an account enrols an authenticator; older open ones end. The secret is in the answer and nowhere
 * else. Throws `not-found`, `usage` (life out of bounds, no app for the realm, a password reset where there is no
 * password), `conflict` for a disabled account.
 */
export async function issueTicket(
  ctx: ManageContext,
  account: string,
  wish: TicketWish = {},
  realm?: string,
): Promise<IssuedTicket> {
  const ttl = lifeOf(wish);
  const found = await needAccount(ctx, account, realm);
  const apps = ctx.config.apps.filter((app) => app.realm.id === found.realm);
  const [first] = apps;
  if (first === undefined)
    throw new SallyportError('usage', `no app uses realm ${found.realm}: there is nowhere to enrol`);
  const resetPassword = wish.resetPassword ?? false;
  if (resetPassword && !sourceOf(first.realm.source).keepsPasswords) {
    throw new SallyportError('usage', `accounts of realm ${found.realm} have no password here`);
  }
  const secret = randomToken(ctx.random, TICKET_BYTES);
  const now = ctx.clock.now();
  const ticket: TicketRow = {
    id: randomToken(ctx.random, 16),
    hash: sha256(secret),
    accountId: found.id,
    issuedBy: ctx.actor,
    resetPassword,
    createdAt: now,
    expiresAt: now + ttl,
    usedAt: null,
  };
  const replaced = await ctx.store.underAccount(found.id, async (tx, current) => {
    if (current === undefined || current.disabledAt !== null)
      throw new SallyportError('conflict', 'the account is disabled: enable it first');
    const older = await tx.tickets.revokeOfAccount(found.id, now);
    await tx.tickets.insert(ticket);
    const detail = { ticket: ticket.id, ttl: formatDuration(ttl), resetPassword, replaced: older };
    await recordManaged(ctx, tx, 'ticket.issue', { accountId: found.id, detail });
    await tellOwner(ctx, tx, current, 'ticket-issued', resetPassword ? { reset: 'yes' } : {});
    return older;
  });
  const links = apps.map((app) => ({ appId: app.id, url: `${app.origin}/.sallyport/enrol/${secret}` }));
  const { id, name, realm: realmId } = found;
  return {
    id: ticket.id,
    secret,
    accountId: id,
    accountName: name,
    realm: realmId,
    expiresAt: ticket.expiresAt,
    links,
    replaced,
  };
}

/** Tickets that can still be used, oldest first. */
export async function listTickets(ctx: ManageContext): Promise<TicketView[]> {
  const rows = await ctx.store.tickets.listOpen(ctx.clock.now());
  return rows.map(({ hash: _hash, usedAt: _usedAt, ...shown }) => shown);
}

/** Makes every open ticket of an account unusable; returns how many. */
export async function revokeTickets(ctx: ManageContext, account: string, realm?: string): Promise<number> {
  const { id } = await needAccount(ctx, account, realm);
  return ctx.store.underAccount(id, async (tx) => {
    const revoked = await tx.tickets.revokeOfAccount(id, ctx.clock.now());
    await recordManaged(ctx, tx, 'ticket.revoke', { accountId: id, detail: { tickets: revoked } });
    return revoked;
  });
}
