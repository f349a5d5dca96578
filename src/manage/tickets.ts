import { z } from 'zod';
import type { AppConfig } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { formatDuration } from '../lib/duration.ts';
import { randomToken } from '../lib/random.ts';
import { INVITATION, secretPlace } from '../notices/invitation.ts';
import { isPlainAddress } from '../notices/queue.ts';
import type { Parts } from '../operations/types.ts';
import { ROLES } from '../roles.ts';
import { sourceOf } from '../sources/table.ts';
import type { AccountRow, AuthenticatorRow, TicketRow } from '../store/types.ts';
import { accountForm, administration, findAccount, type Http, toOwner } from './administration.ts';
import type { ManageContext } from './context.ts';
import { needAccount } from './find.ts';
import { query } from './query.ts';

/** Bounds and default of a ticket's life, ms. */
export const TICKET_LIFE = {
  min: 5 * 60_000,
  default: 24 * 3_600_000,
  /** In a letter, where nothing else is said: the post takes days. */
  paper: 7 * 86_400_000,
  max: 7 * 86_400_000,
} as const;
/** 160 bits; 800-63B-4 §4.1.2.2 asks for 112 where nothing else is typed with it. */
const TICKET_BYTES = 20;

const wish = accountForm.extend({
  ttlMs: z.number().optional(),
  /** The person chooses a new password although one is set. */
  resetPassword: z.boolean().optional(),
});
/** Of one that goes out by e-mail: with which others, and in whose language where a list said so. */
const mailForm = z.strictObject({ batch: z.string(), language: z.enum(['en', 'cy', 'ar']).optional() });
const manyWish = wish.extend({ mail: mailForm.optional() });
type TicketWish = z.infer<typeof manyWish>;

export const issuedTicket = z.strictObject({
  id: z.string(),
  /** Known here and now only; the store has its hash. */
  secret: z.string(),
  accountId: z.string(),
  accountName: z.string(),
  realm: z.string(),
  expiresAt: z.number(),
  /** Enrolment links, one for each app of the account's realm, and the console's first for an account with a role. Any of them uses it up. */
  links: z.array(z.strictObject({ appId: z.string(), url: z.string() })).readonly(),
  /** Open tickets of the account that this one replaced. */
  replaced: z.number(),
});
export type IssuedTicket = Readonly<z.infer<typeof issuedTicket>>;

/** One of many, with whom its link is for. */
export interface ManyIssued extends IssuedTicket {
  readonly organisationId: string;
  readonly email: string | null;
}

/** An open ticket as it is shown: nothing of its secret. Moments in ms. */
export const ticketView = z.strictObject({
  id: z.string(),
  accountId: z.string(),
  issuedBy: z.string(),
  resetPassword: z.boolean(),
  createdAt: z.number(),
  expiresAt: z.number(),
});
export type TicketView = Readonly<z.infer<typeof ticketView>>;

export function ticketViewOf({ hash: _hash, usedAt: _usedAt, ...shown }: TicketRow): TicketView {
  return shown;
}

function lifeOf(asked: TicketWish): number {
  const ttl = asked.ttlMs ?? TICKET_LIFE.default;
  if (Number.isFinite(ttl) && ttl >= TICKET_LIFE.min && ttl <= TICKET_LIFE.max) return ttl;
  const bounds = `${formatDuration(TICKET_LIFE.min)} to ${formatDuration(TICKET_LIFE.max)}`;
  throw new SallyportError('usage', `a ticket lives ${bounds}: say so with --ttl`);
}

/**
 * The apps where an account enrols; whoever has a role is led to the console first, where it is of the same realm. Throws `usage`
 * when there is none, or no password to choose anew.
 */
function appsOf(
  ctx: ManageContext,
  { realm, roles }: Pick<AccountRow, 'realm' | 'roles'>,
  resetPassword: boolean,
): readonly AppConfig[] {
  const own = ctx.config.console !== null && roles.length > 0 ? [ctx.config.console.app] : [];
  const apps = [...own, ...ctx.config.apps].filter((app) => app.realm.id === realm);
  const [first] = apps;
  if (first === undefined) throw new SallyportError('usage', `no app uses realm ${realm}: there is nowhere to enrol`);
  if (resetPassword && !sourceOf(first.realm.source).keepsPasswords)
    throw new SallyportError('usage', `accounts of realm ${realm} have no password here`);
  return apps;
}

/** Why an account can have no link by e-mail; undefined: it can. */
function unmailable({ email }: Pick<AccountRow, 'email'>, factors: readonly AuthenticatorRow[]): string | undefined {
  if (email === null || !isPlainAddress(email)) return NO_ADDRESS;
  const works = factors.some(({ kind, disabledAt }) => kind !== 'recovery' && disabledAt === null);
  // Else a letter-box alone would add a way to sign in to an account that has one.
  return works ? 'can sign in already: a link by e-mail is for the first time alone, hand this one over' : undefined;
}

/** As it is told of those that have no address to write to. */
export const NO_ADDRESS = 'has no e-mail address: hand the link over as a letter or a list';

/** Keeps the link for its message, sealed, until that is sent or the link ends. Throws `conflict`, `usage`. */
async function queueLink(
  { tx, ctx, account, now }: { tx: Parts<'account'>; ctx: ManageContext; account: AccountRow; now: number },
  { id, secret, batch, expiresAt }: { id: string; secret: string; batch: string; expiresAt: number },
): Promise<void> {
  const why = unmailable(account, await tx.authenticators.ofAccount(account.id));
  if (why !== undefined) throw new SallyportError('conflict', why);
  if (ctx.seal === undefined)
    throw new SallyportError('usage', 'there is no key by which a link could wait for its e-mail');
  const sealed = ctx.seal.seal(secret, secretPlace(id));
  const moments = { createdAt: now, changedAt: now, expiresAt };
  await tx.invitations.insert({
    id,
    accountId: account.id,
    batch,
    state: 'queued',
    secret: sealed,
    reason: '',
    ...moments,
  });
}

/** What the owner is told: the link itself, or that there is one. */
function told(ctx: ManageContext, account: AccountRow, ticket: { id: string; app: string }, asked: TicketWish) {
  const { mail, resetPassword = false } = asked;
  if (mail === undefined) return toOwner(ctx, account, 'ticket-issued', resetPassword ? { reset: 'yes' } : undefined);
  const language = mail.language === undefined ? {} : { language: mail.language };
  const notice = toOwner(ctx, account, INVITATION, { ticket: ticket.id, ...language });
  // The first of its links: of the console, for whoever has a role.
  return { ...notice, detail: { ...notice.detail, app: ticket.app } };
}

/** A ticket that is not yet on record: what its answer says of it, and how long it lives, ms. */
async function newTicket(ctx: ManageContext, asked: TicketWish) {
  const ttl = lifeOf(asked);
  const found = await needAccount(ctx, asked.account, asked.realm);
  const { id: accountId, realm, name } = found;
  const apps = appsOf(ctx, found, asked.resetPassword ?? false);
  const secret = randomToken(ctx.random, TICKET_BYTES);
  const links = apps.map((app) => ({ appId: app.id, url: `${app.origin}/.sallyport/enrol/${secret}` }));
  return { accountId, ttl, shown: { id: randomToken(ctx.random, 16), secret, accountName: name, realm, links } };
}

/** Issues one ticket, as the act of that name does it. */
function ticketing(
  name: 'ticket.issue' | 'ticket.issue-many',
  http: Http | null,
  input: typeof wish | typeof manyWish,
) {
  return administration({
    name,
    does: 'issues a one-time link by which an account enrols; older ones end',
    who: 'administrator',
    needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'account', fresh: true },
    http,
    input: input as typeof manyWish, // the narrower reads no `mail`
    output: issuedTicket,
    lock: 'account',
    records: ['ticket.issue'],
    notices: ['ticket-issued', INVITATION],
    find: ({ ctx, input }) => newTicket(ctx, input),
    async run({ tx, ctx, account, input: asked, given: { accountId, ttl, shown }, now }) {
      if (account === undefined || account.disabledAt !== null)
        throw new SallyportError('conflict', 'the account is disabled: enable it first');
      const { id, secret } = shown;
      const { resetPassword = false, mail } = asked;
      const expiresAt = now + ttl;
      const replaced = await tx.tickets.revokeOfAccount(accountId, now);
      const made = { id, hash: sha256(secret), accountId, issuedBy: ctx.actor, resetPassword };
      await tx.tickets.insert({ ...made, createdAt: now, expiresAt, usedAt: null });
      if (mail !== undefined) await queueLink({ tx, ctx, account, now }, { id, secret, batch: mail.batch, expiresAt });
      const by = mail === undefined ? {} : { by: 'e-mail', batch: mail.batch };
      const detail = { ticket: id, ttl: formatDuration(ttl), until: expiresAt, resetPassword, replaced, ...by };
      return {
        value: { ...shown, accountId, expiresAt, replaced },
        record: [{ kind: 'ticket.issue', accountId, detail }],
        notices: [told(ctx, account, { id, app: shown.links[0]?.appId ?? '' }, asked)],
      };
    },
  });
}

/**
 * Issues a ticket by which an account enrols an authenticator; older open ones end. The secret is in the answer and nowhere
 * else. Throws `not-found`, `usage` (life out of bounds, no app for the realm, a password reset where there is no
 * password), `conflict` for a disabled account.
 */
export const issueTicket = ticketing('ticket.issue', 'POST /accounts/{account}/tickets', wish);

const oneOfMany = ticketing('ticket.issue-many', null, manyWish);

/** The same for one of many (tickets-many.ts): whoever may issue many may issue each of them. */
export function issueOneOfMany(ctx: ManageContext, one: TicketWish): Promise<IssuedTicket> {
  return oneOfMany.perform(ctx, one);
}

/** Tickets that can still be used, oldest first. Throws `usage`, `not-found` for an account that there is not. */
export const listTickets = query({
  name: 'ticket.list',
  does: 'links by which people can enrol now',
  needs: { roles: ROLES, of: 'reach' },
  http: 'GET /tickets',
  input: accountForm.partial(),
  output: z.array(ticketView).readonly(),
  async read(ctx, { account, realm }) {
    const { reach } = ctx;
    const accountId = account === undefined ? undefined : (await needAccount(ctx, account, realm)).id;
    const rows = await ctx.store.tickets.listOpen(ctx.clock.now(), {
      reach,
      ...(accountId === undefined ? {} : { accountId }),
    });
    return rows.map(ticketViewOf);
  },
});

/** Makes every open ticket of an account unusable; answers how many. Throws `not-found`, `usage`. */
export const revokeTickets = administration({
  name: 'ticket.revoke',
  does: 'ends every open link of an account',
  who: 'administrator',
  needs: { roles: ['owner', 'administrator', 'help-desk'], of: 'account' },
  http: 'DELETE /accounts/{account}/tickets',
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
