import { type AuditEvent, record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import type { Entry, Parts } from '../operations/types.ts';
import { openSession, rotateSession } from '../sessions/open.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountParts, AccountRow, OpenParts, PendingRow } from '../store/types.ts';
import { newBrowser } from './browser.ts';
import type { LoginContext } from './context.ts';
import type { Caller, SignedIn } from './types.ts';

/** Where a step happens, for the record. */
export function at(caller: Caller): Pick<AuditEvent, 'appId' | 'source'> {
  return { appId: caller.app.id, source: caller.source };
}

/** What is told on record of a step that went well. */
export type StepDetail = NonNullable<AuditEvent['detail']>;

/** A session that was opened, and the entry that tells of it. */
export interface Opened {
  readonly value: SignedIn;
  readonly record: Entry<'session.open'>;
}

/** What a session is opened from. */
export interface Admitted {
  readonly account: AccountRow;
  readonly proofs: readonly Proof[];
  readonly next: string;
}

/** Opens the session, in the caller's transaction; what is not on record did not happen. */
export async function admitPerson(
  { clock, random, seal }: LoginContext,
  tx: Pick<Parts<'account'>, 'sessions'>,
  caller: Caller,
  { account, proofs, next }: Admitted,
): Promise<Opened> {
  const { app, source, userAgent } = caller;
  const { cookie, session } = await openSession(tx, clock, random, { account, app, proofs, source, userAgent });
  const detail = { factors: proofs.map((proof) => proof.kind).join(' '), acr: session.strength.acr };
  const { id } = account;
  return {
    value: { cookie, session, next, browser: newBrowser(seal, random, id, clock.now()) },
    record: { kind: 'session.open', actor: id, accountId: id, sessionId: session.id, ...at(caller), detail },
  };
}

/** The last step of a sign-in, in the caller's transaction: puts the step on record and opens the session. */
export async function completeSignIn(
  ctx: LoginContext,
  tx: AccountParts,
  caller: Caller,
  account: AccountRow,
  proofs: readonly Proof[],
  next: string,
  detail: StepDetail,
  pending?: PendingRow,
): Promise<SignedIn> {
  const event = { kind: 'sign-in.second', outcome: 'ok', actor: account.id, accountId: account.id } as const;
  await record(tx.audit, ctx.clock, { ...event, ...at(caller), detail });
  const { value: signedIn, record: opened } = await admitPerson(ctx, tx, caller, { account, proofs, next });
  await record(tx.audit, ctx.clock, { outcome: 'ok', actor: account.id, ...opened });
  // What the app answered to the password is this session's from now on, if it waited for this sign-in.
  const held = pending !== undefined && (await tx.holds.adopt(pending.id, signedIn.session.id, ctx.clock.now()));
  return { ...signedIn, held };
}

/** A recent proof replaces an older one of its kind; the others stay as they are. */
export function withProof(proofs: readonly Proof[], proof: Proof): Proof[] {
  return [...proofs.filter((old) => old.kind !== proof.kind), proof];
}

/** Throws `sign-in-required` for a session that has ended or is of another app. */
export function checkSession(ctx: LoginContext, caller: Caller, session: Session): void {
  if (session.appId !== caller.app.id || !session.liveAt(ctx.clock.now()))
    throw new SallyportError('sign-in-required', 'session not live here');
}

/** Throws `sign-in-required` unless the session stands in the store as it does here. */
export async function needStanding(tx: OpenParts, session: Session): Promise<void> {
  const row = await tx.sessions.byId(session.id);
  if (row === undefined || row.endedAt !== null || row.hash !== session.hash)
    throw new SallyportError('sign-in-required', 'the session ended meanwhile');
}

/** The same session under a new secret and with a new proof, in the caller's transaction. Throws `conflict`. */
export async function renewSession(
  ctx: LoginContext,
  tx: AccountParts,
  caller: Caller,
  session: Session,
  proof: Proof,
  detail: StepDetail,
): Promise<SignedIn> {
  const { clock, random, seal } = ctx;
  const { accountId, id } = session;
  const proofs = withProof(session.proofs, proof);
  const renewed = await rotateSession(tx, clock, random, session, caller.app, proofs);
  const event = { kind: 'sign-in.step-up', outcome: 'ok', actor: accountId, accountId, sessionId: id } as const;
  await record(tx.audit, clock, { ...event, ...at(caller), detail });
  return { ...renewed, next: '/', browser: newBrowser(seal, random, accountId, clock.now()) };
}
