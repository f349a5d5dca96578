import { checkSource, clearGuesses, failSource, takeGuess } from '../accounts/throttle.ts';
import { record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import { clockSkewSteps, newTotpSecret, otpauthUri, totpStep } from '../factors/totp.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, AuthenticatorRow, StoreParts } from '../store/types.ts';
import { type EnrolContext, findLive, type Live, mayEnrol, moveOn, needLive, openLive, sealProgress } from './live.ts';
import { own, removeOwn, renewCodes, replaceCodes, works } from './own.ts';
import { password, passwordStep } from './password.ts';
import { needFreshFactor, recordChange } from './record.ts';
import { ClockSkew, TooManyAuthenticators } from './refusals.ts';
import type { Enrol, EnrolCaller, EnrolState } from './types.ts';

const MAX_APPS = 5;
const MAX_LABEL = 64;
const TICKET = /^[A-Za-z0-9_-]{20,64}$/;

async function peek(
  ctx: EnrolContext,
  caller: EnrolCaller,
  ticket: string,
): Promise<{ accountName: string } | undefined> {
  if (!TICKET.test(ticket)) return undefined;
  const row = await ctx.store.tickets.byHash(sha256(ticket));
  if (row === undefined || row.usedAt !== null || ctx.clock.now() >= row.expiresAt) return undefined;
  const account = await ctx.store.accounts.byId(row.accountId);
  return mayEnrol(account, caller) ? { accountName: account.name } : undefined;
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
    await record(tx.audit, ctx.clock, { ...event, appId: caller.app.id, source: caller.source });
  });
  throw new SallyportError('ticket-invalid');
}

async function open(ctx: EnrolContext, caller: EnrolCaller, ticket: string): Promise<{ cookie: string }> {
  const now = ctx.clock.now();
  await checkSource(ctx.store.throttles, caller.source, now);
  if (!TICKET.test(ticket)) return refuseTicket(ctx, caller);
  try {
    return await ctx.store.transaction(async (tx) => {
      const row = await tx.tickets.consume(sha256(ticket), now);
      const account = row === undefined ? undefined : await tx.accounts.byId(row.accountId);
      // Thrown, so that a ticket that was shown at the wrong app is not used up there.
      if (row === undefined || !mayEnrol(account, caller)) throw new SallyportError('ticket-invalid');
      const progress = { secret: null, resetPassword: row.resetPassword, sessionId: null };
      const proofs: Proof[] = [{ kind: 'ticket', at: now }];
      const cookie = await openLive(ctx, tx, caller, account, { ticketId: row.id, proofs, progress });
      await recordChange(ctx, tx, caller, account, 'enrol.open', { ticket: row.id });
      return { cookie };
    });
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'ticket-invalid') return refuseTicket(ctx, caller);
    throw error;
  }
}

async function add(ctx: EnrolContext, caller: EnrolCaller, session: Session): Promise<{ cookie: string }> {
  needFreshFactor(ctx, caller, session);
  return ctx.store.transaction(async (tx) => {
    const row = await tx.sessions.byId(session.id);
    const account = await tx.accounts.byId(session.accountId);
    const live = row !== undefined && row.endedAt === null && row.hash === session.hash;
    if (!live || !mayEnrol(account, caller))
      throw new SallyportError('sign-in-required', 'the session ended meanwhile');
    const progress = { secret: null, resetPassword: false, sessionId: session.id };
    const cookie = await openLive(ctx, tx, caller, account, { ticketId: null, proofs: [], progress });
    await recordChange(ctx, tx, caller, account, 'enrol.open', { session: session.id });
    return { cookie };
  });
}

/** The host names the site in the person's list of codes; a port would look like the end of the issuer. */
function uriOf(caller: EnrolCaller, account: AccountRow, secret: string): string {
  return otpauthUri(secret, new URL(caller.app.origin).hostname, account.name);
}

function confirmedIn({ pending }: Live): boolean {
  return pending.proofs.some((proof) => proof.kind === 'totp');
}

async function state(ctx: EnrolContext, caller: EnrolCaller, cookie: string | null): Promise<EnrolState | undefined> {
  const live = await findLive(ctx, caller, cookie);
  if (live === undefined) return undefined;
  const { account, progress } = live;
  const { secret } = progress;
  return {
    accountName: account.name,
    password: passwordStep(live, caller),
    totp: secret === null ? null : { secret, uri: uriOf(caller, account, secret) },
    confirmed: confirmedIn(live),
    adding: progress.sessionId !== null,
  };
}

/** Password first: whoever holds the link alone must not bind a phone to an account whose password somebody else has. */
function needPassword(live: Live, caller: EnrolCaller): void {
  const step = passwordStep(live, caller);
  if (step !== 'done' && step !== 'none') throw new SallyportError('conflict', 'the password comes first');
}

async function needRoom(tx: StoreParts, account: AccountRow): Promise<void> {
  const rows = await tx.authenticators.ofAccount(account.id);
  if (rows.filter(works).length >= MAX_APPS) throw new TooManyAuthenticators();
}

async function totp(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
): Promise<{ secret: string; uri: string }> {
  const live = await needLive(ctx, caller, cookie);
  const { pending, account } = live;
  needPassword(live, caller);
  await needRoom(ctx.store, account);
  const secret = newTotpSecret(ctx.random);
  const sealed = sealProgress(ctx, pending.id, { ...live.progress, secret });
  if (!(await ctx.store.pendings.update(pending.id, pending.hash, { state: sealed }))) {
    throw new SallyportError('conflict', 'the enrolment moved on meanwhile');
  }
  return { secret, uri: uriOf(caller, account, secret) };
}

/** Printable and short, or the default. */
function labelOf(label: string | undefined): string {
  const text = (label ?? '').normalize('NFC').trim();
  const fits = text.isWellFormed() && [...text].length <= MAX_LABEL && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);
  if (!fits) throw new SallyportError('bad-body', 'the label is not printable or too long');
  return text === '' ? 'Authenticator app' : text;
}

async function refuseCode(
  ctx: EnrolContext,
  caller: EnrolCaller,
  live: Live,
  secret: string,
  code: string,
): Promise<never> {
  const skew = clockSkewSteps(secret, code, ctx.clock.now());
  const detail = skew === undefined ? { cause: 'wrong-code' } : { cause: 'clock-skew', steps: skew };
  await ctx.store.transaction((tx) =>
    recordChange(ctx, tx, caller, live.account, 'enrol.authenticator', detail, 'refused'),
  );
  throw skew === undefined
    ? new SallyportError('wrong-credentials', 'wrong code while enrolling')
    : new ClockSkew(skew);
}

async function confirm(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
  code: string,
  typedLabel: string | undefined,
): Promise<{ cookie: string }> {
  const live = await needLive(ctx, caller, cookie);
  const { account } = live;
  const { secret } = live.progress;
  needPassword(live, caller);
  if (secret === null) throw new SallyportError('conflict', 'there is no secret to confirm');
  const label = labelOf(typedLabel);
  const now = ctx.clock.now();
  const target = { guess: 'enrol', realm: account.realm, name: account.name, known: false } as const;
  await takeGuess(ctx.store.throttles, target, now);
  const step = totpStep(secret, code, now);
  if (step === undefined) return refuseCode(ctx, caller, live, secret, code);
  const id = randomToken(ctx.random, 16);
  const row: AuthenticatorRow = {
    id,
    accountId: account.id,
    kind: 'totp',
    label,
    secret: ctx.seal.seal(secret, { table: 'authenticators', column: 'secret', row: id }),
    // RFC 6238 §5.2: the code that confirms the enrolment is used up by it.
    lastStep: step,
    failures: 0,
    disabledAt: null,
    createdAt: now,
    lastUsedAt: now,
  };
  return ctx.store.transaction(async (tx) => {
    const proof: Proof = { kind: 'totp', at: now, authenticatorId: id };
    const next = await moveOn(ctx, tx, live, { proof, progress: { secret: null } });
    await needRoom(tx, account);
    await tx.authenticators.insert(row);
    await clearGuesses(tx.throttles, target);
    await recordChange(ctx, tx, caller, account, 'enrol.authenticator', { authenticator: id, kind: 'totp', label });
    return { cookie: next };
  });
}

async function finish(ctx: EnrolContext, caller: EnrolCaller, cookie: string | null): ReturnType<Enrol['finish']> {
  const live = await needLive(ctx, caller, cookie);
  const { pending, account } = live;
  const adding = live.progress.sessionId !== null;
  needPassword(live, caller);
  if (!confirmedIn(live)) throw new SallyportError('conflict', 'no authenticator was confirmed yet');
  return ctx.store.transaction(async (tx) => {
    if (!(await tx.pendings.remove(pending.id))) throw new SallyportError('conflict', 'finished meanwhile');
    await tx.pendings.removeOfAccount(account.id);
    const keepCodes = adding && (await tx.authenticators.recoveryLeft(account.id)) > 0;
    const recoveryCodes = keepCodes ? [] : await replaceCodes(ctx, tx, account.id);
    if (!keepCodes) await recordChange(ctx, tx, caller, account, 'recovery.replace', { codes: recoveryCodes.length });
    const ended = adding ? 0 : await endAccess(ctx, tx, caller, account);
    await recordChange(ctx, tx, caller, account, 'enrol.finish', { adding, sessionsEnded: ended });
    return { recoveryCodes, accountId: account.id, proofs: pending.proofs, adding };
  });
}

/** A ticket means that something was lost: sessions that the finder may hold, and other open tickets, end. */
async function endAccess(ctx: EnrolContext, tx: StoreParts, caller: EnrolCaller, account: AccountRow): Promise<number> {
  const now = ctx.clock.now();
  await tx.tickets.revokeOfAccount(account.id, now);
  const ended = await tx.sessions.end({ by: 'account', accountId: account.id }, 'enrolled-by-ticket', now);
  if (ended.length > 0) {
    await recordChange(ctx, tx, caller, account, 'session.revoke', {
      sessions: ended.length,
      cause: 'enrolled-by-ticket',
    });
  }
  return ended.length;
}

/** Enrolment and the owner's changes of factors. Errors and answers as in types.ts. */
export function createEnrol(ctx: EnrolContext): Enrol {
  return {
    peek: (caller, ticket) => peek(ctx, caller, ticket),
    open: (caller, ticket) => open(ctx, caller, ticket),
    add: (caller, session) => add(ctx, caller, session),
    state: (caller, pending) => state(ctx, caller, pending),
    password: (caller, pending, typed) => password(ctx, caller, pending, typed),
    totp: (caller, pending) => totp(ctx, caller, pending),
    confirm: (caller, pending, code, label) => confirm(ctx, caller, pending, code, label),
    finish: (caller, pending) => finish(ctx, caller, pending),
    own: (_caller, session) => own(ctx, session),
    newRecoveryCodes: (caller, session) => renewCodes(ctx, caller, session),
    removeAuthenticator: (caller, session, id) => removeOwn(ctx, caller, session, id),
  };
}
