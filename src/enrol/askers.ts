import type { Place } from '../accounts/throttle.ts';
import type { AuditEvent, AuditKind } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import type { NoticeKind } from '../notices/types.ts';
import type { Asker, Entry, Told } from '../operations/types.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow } from '../store/types.ts';
import type { EnrolContext } from './context.ts';
import type { EnrolCaller, OpensSession } from './types.ts';

/** Somebody at an app. */
interface AtApp extends Asker {
  readonly caller: EnrolCaller;
}

/** Whoever comes with a ticket. */
export interface Visitor extends AtApp {
  readonly as: 'anybody';
}

/** Whoever holds the cookie of an enrolment. */
export interface Enrolling extends AtApp {
  readonly as: 'enrolling';
  readonly cookie: string | null;
  /** What to open at the end of it. */
  readonly opens?: OpensSession<unknown>;
}

/** Whose code, or password, was judged. */
export interface Guessing extends AtApp {
  readonly as: 'enrolling' | 'owner';
  readonly place: Place | null;
  readonly account: Pick<AccountRow, 'id'>;
}

/** Signed in, about their own account. */
export interface Owner extends AtApp {
  readonly as: 'owner';
  readonly session: Session;
}

/** What every operation of this room is asked with. */
export interface Invocation<B extends Asker> {
  readonly ctx: EnrolContext;
  readonly by: B;
}

const at = (caller: EnrolCaller) => ({ caller, actor: 'anonymous', appId: caller.app.id, source: caller.source });

export function visitor(ctx: EnrolContext, caller: EnrolCaller): Invocation<Visitor> {
  return { ctx, by: { as: 'anybody', ...at(caller) } };
}

export function enrolling(ctx: EnrolContext, caller: EnrolCaller, cookie: string | null): Invocation<Enrolling> {
  return { ctx, by: { as: 'enrolling', ...at(caller), cookie } };
}

export function owner(ctx: EnrolContext, caller: EnrolCaller, session: Session): Invocation<Owner> {
  return { ctx, by: { as: 'owner', ...at(caller), session } };
}

/** The asker with what of theirs was judged wrong. `place` null: it was no guess. */
export function guessing<A extends 'enrolling' | 'owner'>(
  { ctx, by }: Invocation<AtApp & { readonly as: A }>,
  account: Pick<AccountRow, 'id'>,
  place: Place | null,
): Invocation<Guessing & { readonly as: A }> {
  return { ctx, by: { ...by, account, place } };
}

/** An entry of what the owner of an account did. */
export function did<K extends AuditKind>(
  { id }: Pick<AccountRow, 'id'>,
  kind: K,
  detail: NonNullable<AuditEvent['detail']> = {},
): Entry<K> {
  return { kind, actor: id, accountId: id, detail };
}

/** A message to the owner, of a change that was made here. */
export function toOwner<N extends NoticeKind>(
  { app, source }: EnrolCaller,
  account: Pick<AccountRow, 'id' | 'email'>,
  kind: N,
  label?: string,
): Told<N> {
  const detail = { app: app.id, source, by: 'owner' };
  return { account, kind, detail: label === undefined ? detail : { ...detail, label } };
}

/** The factor that permits a change of factors must have been used within this time, ms (design: 5 minutes). */
const FRESH = 5 * 60_000;

/**
 * Throws `step-up-required` unless an authenticator was used within the last five minutes of a live session of this app
 * (800-63B-4 §4.1.2.1: a session that was opened long ago, or stolen, cannot change factors).
 */
export function needFreshFactor({ clock }: EnrolContext, caller: EnrolCaller, session: Session): void {
  const now = clock.now();
  if (session.appId !== caller.app.id || !session.liveAt(now)) throw new SallyportError('sign-in-required');
  const age = now - session.strength.lastFactorAt;
  if (!(age >= -60_000 && age <= FRESH)) throw new SallyportError('step-up-required');
}
