import { z } from 'zod';
import type { AuditEvent, AuditKind } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import type { Done, Entry, Parts, Under } from '../operations/types.ts';
import { elsewhere, fromElsewhere, needNetwork } from '../sessions/networks.ts';
import { openSession, rotateSession } from '../sessions/open.ts';
import { Session } from '../sessions/session.ts';
import type { AccountRow, PendingRow } from '../store/types.ts';
import type { Owner, Visitor } from './askers.ts';
import { newBrowser } from './browser.ts';
import type { LoginContext } from './context.ts';
import { keptOut, LockedDown } from './lock-down.ts';
import type { Caller, SignedIn } from './types.ts';

/** The form of `SignedIn`. */
export const signedIn = z.strictObject({
  cookie: z.string(),
  session: z.custom<Session>((value) => value instanceof Session),
  next: z.string(),
  held: z.boolean().exactOptional(),
  browser: z.string(),
});

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

/** Opens the session, in the caller's transaction; what is not on record did not happen. Throws LockedDown, `wrong-network`. */
export async function admitPerson(
  { clock, random, seal }: LoginContext,
  tx: Pick<Parts<'account'>, 'sessions' | 'lockDown' | 'organisations'>,
  caller: Caller,
  { account, proofs, next }: Admitted,
): Promise<Opened> {
  const { app, source, userAgent } = caller;
  const lockDown = await keptOut(tx, account, clock.now());
  if (lockDown !== null) throw new LockedDown(lockDown, clock.now());
  if (await fromElsewhere(tx, account, source)) throw elsewhere();
  const { cookie, session } = await openSession(tx, clock, random, { account, app, proofs, source, userAgent });
  const detail = { factors: proofs.map((proof) => proof.kind).join(' '), acr: session.strength.acr };
  const { id } = account;
  return {
    value: { cookie, session, next, browser: newBrowser(seal, random, id, clock.now()) },
    record: { kind: 'session.open', actor: id, accountId: id, sessionId: session.id, detail },
  };
}

type On<B extends Visitor | Owner> = Pick<
  Under<'account', LoginContext, B, unknown, unknown>,
  'tx' | 'ctx' | 'by' | 'now'
>;

/** What a step that went well answers, and what goes on record for it. */
type Stepped<K extends AuditKind> = Done<SignedIn, K, never> & { readonly record: readonly [Entry<K>, ...Entry<K>[]] };

/** The last step of a sign-in, in the caller's transaction: opens the session. */
export async function completeSignIn(
  { tx, ctx, by: { caller }, now }: On<Visitor>,
  admitted: Admitted,
  detail: StepDetail,
  pending?: PendingRow,
): Promise<Stepped<'sign-in.second' | 'session.open'>> {
  const { id } = admitted.account;
  const { value, record } = await admitPerson(ctx, tx, caller, admitted);
  // What the app answered to the password is this session's from now on, if it waited for this sign-in.
  const held = pending !== undefined && (await tx.holds.adopt(pending.id, value.session.id, now));
  const step = { kind: 'sign-in.second', actor: id, accountId: id, detail } as const;
  return { value: { ...value, held }, record: [step, record] };
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
export async function needStanding(tx: Pick<Parts, 'sessions'>, session: Session): Promise<void> {
  const row = await tx.sessions.byId(session.id);
  if (row === undefined || row.endedAt !== null || row.hash !== session.hash)
    throw new SallyportError('sign-in-required', 'the session ended meanwhile');
}

/** The same session under a new secret and with a new proof, in the caller's transaction. Throws `conflict`, `wrong-network`. */
export async function renewSession(
  { tx, ctx, by: { caller, session } }: On<Owner>,
  proof: Proof,
  detail: StepDetail,
): Promise<Stepped<'sign-in.step-up'>> {
  const { clock, random, seal } = ctx;
  needNetwork(session, caller.source);
  const { accountId, id: sessionId } = session;
  const renewed = await rotateSession(tx, { clock, random }, session, {
    app: caller.app,
    proofs: withProof(session.proofs, proof),
  });
  return {
    value: { ...renewed, next: '/', browser: newBrowser(seal, random, accountId, clock.now()) },
    record: [{ kind: 'sign-in.step-up', accountId, sessionId, detail }],
  };
}
