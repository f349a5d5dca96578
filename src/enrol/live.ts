import { SallyportError } from '../errors.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import type { Parts, Under } from '../operations/types.ts';
import { elsewhere, fromElsewhere } from '../sessions/networks.ts';
import type { Session } from '../sessions/session.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountRow, PendingRow } from '../store/types.ts';
import type { Enrolling, Owner, Visitor } from './askers.ts';
import type { EnrolContext } from './context.ts';
import type { EnrolCaller } from './types.ts';

type Readable = Pick<Parts, 'sessions' | 'organisations'>;

/** Time for the next step, ms; a secret that is not confirmed by then is gone. Each step, and asking for more, renews it. */
const STEP_LIFE = 15 * 60_000;
/** An enrolment ends this long after it was opened, ms, whatever was asked for. */
const ENROLMENT_LIFE = 60 * 60_000;

/** What an enrolment remembers between its steps; sealed as a whole. */
export interface Progress {
  /** Not yet confirmed TOTP secret; it cannot authenticate. */
  readonly secret: string | null;
  readonly resetPassword: boolean;
  /** The session that adds a factor; the enrolment ends with it. null: opened by a ticket. */
  readonly sessionId: string | null;
}

/** An enrolment that may go on: not expired, of this app, its account enabled, its session (if any) still live. */
export interface Live {
  readonly pending: PendingRow;
  readonly account: AccountRow;
  readonly progress: Progress;
}

function sealProgress(ctx: EnrolContext, pendingId: string, progress: Progress): string {
  return ctx.seal.seal(JSON.stringify(progress), { table: 'pendings', column: 'state', row: pendingId });
}

function openProgress(ctx: EnrolContext, pending: PendingRow): Progress {
  const text = ctx.seal.open(pending.state ?? '', { table: 'pendings', column: 'state', row: pending.id });
  // Only sealProgress writes there, and the seal proves it.
  return JSON.parse(text) as Progress;
}

/**
 * The account of a session that is about to change its factors. Judged under the lock of the account, as the session may
 * have ended since it was looked up. Throws `sign-in-required`, `wrong-network`.
 */
export async function needOwner(
  tx: Readable,
  caller: EnrolCaller,
  session: Session,
  account: AccountRow | undefined,
): Promise<AccountRow> {
  const row = await tx.sessions.byId(session.id);
  const live = row !== undefined && row.endedAt === null && row.hash === session.hash;
  if (!live || !standsIn(account, caller.app.realm))
    throw new SallyportError('sign-in-required', 'the session ended meanwhile');
  if (await fromElsewhere(tx, account, caller.source)) throw elsewhere();
  return account;
}

/** Where an enrolment is read: the store, or a transaction under way. */
interface From {
  readonly ctx: EnrolContext;
  readonly tx: Readable;
}

async function sessionLives({ ctx, tx }: From, sessionId: string, accountId: string): Promise<boolean> {
  const session = await tx.sessions.byId(sessionId);
  const now = ctx.clock.now();
  return (
    session !== undefined && session.accountId === accountId && session.endedAt === null && now < session.expiresAt
  );
}

/** The live enrolment that the cookie names at this app, or undefined. Throws `wrong-network`. */
export async function findLive(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
): Promise<Live | undefined> {
  if (cookie === null) return undefined;
  const pending = await ctx.store.pendings.byHash(sha256(cookie));
  if (pending === undefined || pending.accountId === null) return undefined;
  return judge({ ctx, tx: ctx.store }, caller, pending, await ctx.store.accounts.byId(pending.accountId));
}

async function judge(
  from: From,
  caller: EnrolCaller,
  pending: PendingRow,
  account: AccountRow | undefined,
): Promise<Live | undefined> {
  if (pending.purpose !== 'enrol' || pending.appId !== caller.app.id) return undefined;
  const { ctx } = from;
  if (ctx.clock.now() >= pending.expiresAt || !standsIn(account, caller.app.realm)) return undefined;
  const progress = openProgress(ctx, pending);
  const { sessionId } = progress;
  if (sessionId !== null && !(await sessionLives(from, sessionId, account.id))) return undefined;
  // What a session began goes where the session may go; back there it can be finished. A ticket is for wherever its holder is.
  if (sessionId !== null && (await fromElsewhere(from.tx, account, caller.source))) throw elsewhere();
  // Opened by a ticket or by a session: an enrolment that can name neither is nobody's.
  if (sessionId === null && pending.ticketId === null) return undefined;
  return { pending, account, progress };
}

/** As findLive, or throws `pending-expired`. */
export async function needLive(ctx: EnrolContext, caller: EnrolCaller, cookie: string | null): Promise<Live> {
  const live = await findLive(ctx, caller, cookie);
  if (live === undefined) throw new SallyportError('pending-expired');
  return live;
}

/**
 * The enrolment as it is now, under the lock of its account. Throws `conflict` when another request was first, and
 * `pending-expired` when it may not go on any more.
 */
export async function stillLive(
  { tx, ctx, by, account }: Under<'account', EnrolContext, Enrolling, unknown, unknown>,
  before: Live,
): Promise<Live> {
  const pending = await tx.pendings.byHash(before.pending.hash);
  if (pending === undefined) throw new SallyportError('conflict', 'the enrolment moved on meanwhile');
  const live = await judge({ ctx, tx }, by.caller, pending, account);
  if (live === undefined) throw new SallyportError('pending-expired');
  return live;
}

/** Opens an enrolment; returns the value of its cookie. */
export async function openLive(
  { tx, ctx, by: { caller } }: Under<'account', EnrolContext, Visitor | Owner, unknown, unknown>,
  account: AccountRow,
  opened: Pick<PendingRow, 'ticketId' | 'proofs' | 'next'> & { progress: Progress },
): Promise<string> {
  const now = ctx.clock.now();
  const cookie = randomToken(ctx.random, 32);
  const id = randomToken(ctx.random, 16);
  await tx.pendings.insert({
    id,
    hash: sha256(cookie),
    purpose: 'enrol',
    appId: caller.app.id,
    accountId: account.id,
    claimedName: account.name,
    proofs: opened.proofs,
    state: sealProgress(ctx, id, opened.progress),
    ticketId: opened.ticketId,
    next: opened.next,
    createdAt: now,
    expiresAt: now + STEP_LIFE,
  });
  return cookie;
}

/** The moment at which an enrolment ends when something is done in it now; never sooner than it did. */
function extended(ctx: EnrolContext, { createdAt, expiresAt }: PendingRow): number {
  return Math.max(expiresAt, Math.min(ctx.clock.now() + STEP_LIFE, createdAt + ENROLMENT_LIFE));
}

async function update(
  tx: Parts<'account'>,
  { id, hash }: PendingRow,
  set: Parameters<Parts<'account'>['pendings']['update']>[2],
): Promise<void> {
  if (!(await tx.pendings.update(id, hash, set))) {
    throw new SallyportError('conflict', 'the enrolment moved on meanwhile');
  }
}

/** What an operation of an enrolment has to move it on. */
type Moving = Pick<Under<'account', EnrolContext, Enrolling, unknown, unknown>, 'tx' | 'ctx'> & { readonly live: Live };

/** Moves an enrolment on under a new cookie; throws `conflict` when another request was first. */
export async function moveOn(
  { tx, ctx, live }: Moving,
  set: { proof?: PendingRow['proofs'][number]; progress?: Partial<Progress> },
): Promise<string> {
  const { pending } = live;
  const cookie = randomToken(ctx.random, 32);
  const proofs = set.proof === undefined ? pending.proofs : [...pending.proofs, set.proof];
  const state = sealProgress(ctx, pending.id, { ...live.progress, ...set.progress });
  await update(tx, pending, { hash: sha256(cookie), proofs, state, expiresAt: extended(ctx, pending) });
  return cookie;
}

/** Changes what an enrolment remembers, under the same cookie: nothing was proven. Throws `conflict` as moveOn. */
export async function remember({ tx, ctx, live }: Moving, progress: Partial<Progress>): Promise<void> {
  const { pending } = live;
  const state = sealProgress(ctx, pending.id, { ...live.progress, ...progress });
  await update(tx, pending, { state, expiresAt: extended(ctx, pending) });
}

/** Fifteen minutes from now, an hour from the start at most: past that it changes nothing. */
export async function prolong({ tx, ctx, live: { pending } }: Moving): Promise<void> {
  await update(tx, pending, { expiresAt: extended(ctx, pending) });
}
