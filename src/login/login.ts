import { canonicalName } from '../accounts/name.ts';
import { checkSource, clearGuesses } from '../accounts/throttle.ts';
import { type AuditEvent, record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import { type Proof, strengthOf } from '../evidence.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import { openSession, rotateSession } from '../sessions/open.ts';
import type { Session } from '../sessions/session.ts';
import type { AccountRow, PendingRow, StoreParts } from '../store/types.ts';
import { newBrowser } from './browser.ts';
import type { LoginContext } from './context.ts';
import { countFailures, type Proven, proveCode, provePassword, recordRefusal, usable } from './prove.ts';
import type { Caller, Login, PendingStarted, SecondStep, SignedIn } from './types.ts';

/** Time between the first proof and the last, ms. */
const PENDING_LIFE = 10 * 60_000;
/** An enrolment lasts at most this long; older proofs open nothing. */
const ENROLMENT_LIFE = 15 * 60_000;

/** The same for everybody, so that it does not tell who has what. */
const OFFER: readonly SecondStep[] = ['totp', 'recovery'];

function at(caller: Caller): Pick<AuditEvent, 'appId' | 'source'> {
  return { appId: caller.app.id, source: caller.source };
}

async function begin(
  ctx: LoginContext,
  caller: Caller,
  form: { account: string; password: string | undefined; next: string },
): Promise<PendingStarted> {
  const { store, clock, random } = ctx;
  const { realm } = caller.app;
  await checkSource(store.throttles, caller.source, clock.now());
  if (realm.source === 'local' && form.password === undefined) throw new SallyportError('bad-body', 'no password');
  const name = canonicalName(form.account, realm);
  if (name === undefined) {
    const refusal = { kind: 'sign-in.begin', accountId: null, detail: { cause: 'name-refused' } } as const;
    await store.transaction((tx) => recordRefusal(ctx, tx, caller, refusal));
    throw new SallyportError('wrong-credentials', 'the account name is not in an accepted form');
  }
  const found = await store.accounts.byName(realm.id, name);
  const account = found !== undefined && usable(found, realm.id) ? found : undefined;
  const proofs: Proof[] = [];
  if (realm.source === 'local') {
    const who = { realm: realm.id, name, accountId: found?.id ?? null };
    await provePassword(ctx, caller, who, account, form.password ?? '');
    proofs.push({ kind: 'password', at: clock.now() });
  }
  const cookie = randomToken(random, 32);
  const now = clock.now();
  const pending: PendingRow = {
    id: randomToken(random, 16),
    hash: sha256(cookie),
    purpose: 'sign-in',
    appId: caller.app.id,
    accountId: account?.id ?? null,
    claimedName: name,
    proofs,
    state: null,
    ticketId: null,
    next: form.next,
    createdAt: now,
    expiresAt: now + PENDING_LIFE,
  };
  await store.transaction(async (tx) => {
    await tx.pendings.insert(pending);
    const event = { kind: 'sign-in.begin', outcome: 'ok', actor: 'anonymous', accountId: found?.id ?? null } as const;
    await record(tx.audit, clock, { ...event, ...at(caller), detail: { usable: account !== undefined } });
  });
  return { cookie, offer: OFFER };
}

async function loadPending(ctx: LoginContext, caller: Caller, cookie: string | null): Promise<PendingRow | undefined> {
  if (cookie === null) return undefined;
  const row = await ctx.store.pendings.byHash(sha256(cookie));
  if (row === undefined || row.purpose !== 'sign-in' || row.appId !== caller.app.id) return undefined;
  return ctx.clock.now() < row.expiresAt ? row : undefined;
}

/** Opens the session and puts it on record, in the caller's transaction: what is not on record did not happen. */
async function admitPerson(
  ctx: LoginContext,
  tx: StoreParts,
  caller: Caller,
  account: AccountRow,
  proofs: readonly Proof[],
  next: string,
): Promise<SignedIn> {
  const { clock, random, seal } = ctx;
  const { app, source, userAgent } = caller;
  const { cookie, session } = await openSession(tx, clock, random, { account, app, proofs, source, userAgent });
  const detail = { factors: proofs.map((proof) => proof.kind).join(' '), acr: session.strength.acr };
  const event = { kind: 'session.open', outcome: 'ok', actor: account.id, accountId: account.id } as const;
  await record(tx.audit, clock, { ...event, sessionId: session.id, ...at(caller), detail });
  return { cookie, session, next, browser: newBrowser(seal, random, account.id, clock.now()) };
}

/** Uses the code up together with what it permits, all or nothing; a refusal is put on record. */
async function withUsedUp<T>(
  ctx: LoginContext,
  caller: Caller,
  kind: 'sign-in.second' | 'sign-in.step-up',
  step: SecondStep,
  proven: Proven,
  then: (tx: StoreParts, proof: Proof) => Promise<T>,
): Promise<T> {
  const { account, match, target } = proven;
  const now = ctx.clock.now();
  const unclaimed = new SallyportError(match.unclaimed);
  try {
    return await ctx.store.transaction(async (tx) => {
      if (!(await match.claim(tx, now))) throw unclaimed;
      await clearGuesses(tx.throttles, target);
      return then(tx, { kind: step, at: now, authenticatorId: match.authenticatorId });
    });
  } catch (error) {
    if (!(error instanceof SallyportError) || error.status >= 500) throw error;
    await ctx.store.transaction(async (tx) => {
      const wrong = error === unclaimed && error.code === 'wrong-credentials';
      if (wrong) await countFailures(ctx, tx, caller, [{ id: match.authenticatorId, accountId: account.id }]);
      const cause = wrong ? 'wrong-code' : error.code;
      await recordRefusal(ctx, tx, caller, { kind, accountId: account.id, detail: { step, cause } });
    });
    throw error;
  }
}

async function second(
  ctx: LoginContext,
  caller: Caller,
  cookie: string | null,
  step: SecondStep,
  code: string,
): Promise<SignedIn> {
  const pending = await loadPending(ctx, caller, cookie);
  if (pending === undefined) throw new SallyportError('pending-expired');
  const { realm } = caller.app;
  const who = { realm: realm.id, name: pending.claimedName, accountId: pending.accountId };
  const proven = await proveCode(ctx, caller, who, step, code, 'sign-in.second');
  return withUsedUp(ctx, caller, 'sign-in.second', step, proven, async (tx, proof) => {
    // Both are asked of the database, not of what was read before: one pending opens one session.
    if (!(await tx.pendings.remove(pending.id))) throw new SallyportError('pending-expired');
    const account = await tx.accounts.byId(proven.account.id);
    if (account === undefined || !usable(account, realm.id))
      throw new SallyportError('wrong-credentials', 'disabled meanwhile');
    const detail = { step, authenticator: proven.match.authenticatorId };
    const event = { kind: 'sign-in.second', outcome: 'ok', actor: account.id, accountId: account.id } as const;
    await record(tx.audit, ctx.clock, { ...event, ...at(caller), detail });
    return admitPerson(ctx, tx, caller, account, [...pending.proofs, proof], pending.next);
  });
}

/** A recent proof replaces an older one of its kind; the others stay as they are. */
function withProof(proofs: readonly Proof[], proof: Proof): Proof[] {
  return [...proofs.filter((old) => old.kind !== proof.kind), proof];
}

async function stepUp(
  ctx: LoginContext,
  caller: Caller,
  session: Session,
  step: SecondStep,
  code: string,
): Promise<SignedIn> {
  const { clock, random, seal } = ctx;
  const { app } = caller;
  if (session.appId !== app.id || !session.liveAt(clock.now()))
    throw new SallyportError('sign-in-required', 'session not live here');
  const who = { realm: session.realm, name: session.accountName, accountId: session.accountId };
  const proven = await proveCode(ctx, caller, who, step, code, 'sign-in.step-up');
  return withUsedUp(ctx, caller, 'sign-in.step-up', step, proven, async (tx, proof) => {
    const { cookie, session: next } = await rotateSession(
      tx,
      clock,
      random,
      session,
      app,
      withProof(session.proofs, proof),
    );
    const detail = { step, authenticator: proven.match.authenticatorId };
    const event = {
      kind: 'sign-in.step-up',
      outcome: 'ok',
      actor: session.accountId,
      accountId: session.accountId,
    } as const;
    await record(tx.audit, clock, { ...event, sessionId: session.id, ...at(caller), detail });
    return { cookie, session: next, next: '/', browser: newBrowser(seal, random, session.accountId, clock.now()) };
  });
}

async function afterEnrolment(
  ctx: LoginContext,
  caller: Caller,
  accountId: string,
  proofs: readonly Proof[],
  next: string,
): Promise<SignedIn | undefined> {
  const { realm } = caller.app;
  const now = ctx.clock.now();
  const fresh = proofs.every((proof) => proof.at <= now && now - proof.at <= ENROLMENT_LIFE);
  if (!fresh || !strengthOf(proofs, realm.source).opensSession) return undefined;
  return ctx.store.transaction(async (tx) => {
    const account = await tx.accounts.byId(accountId);
    if (account === undefined || !usable(account, realm.id)) return undefined;
    return admitPerson(ctx, tx, caller, account, proofs, next);
  });
}

async function signOut(ctx: LoginContext, caller: Caller, session: Session, everywhere: boolean): Promise<number> {
  const { accountId, id } = session;
  return ctx.store.transaction(async (tx) => {
    const selector = everywhere ? ({ by: 'account', accountId } as const) : ({ by: 'id', id } as const);
    const ended = await tx.sessions.end(selector, everywhere ? 'sign-out-everywhere' : 'sign-out', ctx.clock.now());
    const event = { kind: 'sign-out', outcome: 'ok', actor: accountId, accountId, sessionId: id } as const;
    await record(tx.audit, ctx.clock, { ...event, ...at(caller), detail: { sessions: ended.length } });
    return ended.length;
  });
}

/** Signing in: the only place where a session begins. Errors and answers as in types.ts. */
export function createLogin(ctx: LoginContext): Login {
  return {
    begin: (caller, form) => begin(ctx, caller, form),
    waiting: async (caller, pending) => (await loadPending(ctx, caller, pending)) !== undefined,
    second: (caller, pending, step, code) => second(ctx, caller, pending, step, code),
    stepUp: (caller, session, step, code) => stepUp(ctx, caller, session, step, code),
    afterEnrolment: (caller, accountId, proofs, next) => afterEnrolment(ctx, caller, accountId, proofs, next),
    signOut: async (caller, session) => {
      await signOut(ctx, caller, session, false);
    },
    signOutEverywhere: (caller, session) => signOut(ctx, caller, session, true),
  };
}
