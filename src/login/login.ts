import { canonicalName } from '../accounts/name.ts';
import { checkSource } from '../accounts/throttle.ts';
import { record } from '../audit/audit.ts';
import { SallyportError } from '../errors.ts';
import { type Proof, strengthOf } from '../evidence.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import type { AccountParts, AccountRow, PendingRow } from '../store/types.ts';
import { passkeyOptions } from './ceremony.ts';
import { second, stepUp } from './codes.ts';
import type { LoginContext } from './context.ts';
import { endOthers, signOut } from './ending.ts';
import { hold } from './held.ts';
import { offersHere, pendingOffers } from './offers.ts';
import { admitPerson, at } from './open.ts';
import { passkey } from './passkey.ts';
import { loadPending, PENDING_LIFE } from './pending.ts';
import { provePassword, recordRefusal, usable } from './prove.ts';
import type { Caller, Login, PendingStarted, SignedIn } from './types.ts';

/** An enrolment lasts at most this long; older proofs open nothing. */
const ENROLMENT_LIFE = 60 * 60_000;

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
    const who = { realm: realm.id, name, accountId: found?.id ?? null, proven: false };
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
  await store.underAccount(found?.id ?? '', async (tx, present) => {
    // What was typed was compared with the password of then.
    if ((present?.passwordHash ?? null) !== (found?.passwordHash ?? null))
      throw new SallyportError('wrong-credentials', 'the password was changed meanwhile');
    const accountId = present !== undefined && usable(present, realm.id) ? present.id : null;
    await tx.pendings.insert({ ...pending, accountId });
    const event = { kind: 'sign-in.begin', outcome: 'ok', actor: 'anonymous', accountId: found?.id ?? null } as const;
    await record(tx.audit, clock, { ...event, ...at(caller), detail: { usable: account !== undefined } });
  });
  return { cookie, offer: await pendingOffers(ctx, caller.app, pending) };
}

async function afterEnrolment(
  ctx: LoginContext,
  caller: Caller,
  tx: AccountParts,
  account: AccountRow,
  proofs: readonly Proof[],
): Promise<SignedIn | undefined> {
  const { realm } = caller.app;
  const now = ctx.clock.now();
  const fresh = proofs.every((proof) => proof.at <= now && now - proof.at <= ENROLMENT_LIFE);
  if (!fresh || !usable(account, realm.id) || !strengthOf(proofs, realm.source).opensSession) return undefined;
  return admitPerson(ctx, tx, caller, account, proofs, '/');
}

/** Signing in: the only place where a session begins. Errors and answers as in types.ts. */
export function createLogin(ctx: LoginContext): Login {
  return {
    begin: (caller, form) => begin(ctx, caller, form),
    hold: (caller, held) => hold(ctx, caller, held),
    waiting: async (caller, pending) => {
      const row = await loadPending(ctx, caller, pending);
      return row === undefined ? null : { next: row.next };
    },
    offers: (caller, pending, session) => offersHere(ctx, caller, pending, session),
    second: (caller, pending, step, code) => second(ctx, caller, pending, step, code),
    stepUp: (caller, session, step, code) => stepUp(ctx, caller, session, step, code),
    afterEnrolment: (caller, tx, account, proofs) => afterEnrolment(ctx, caller, tx, account, proofs),
    passkeyOptions: (caller, ceremony) => passkeyOptions(ctx, caller, ceremony),
    passkey: (caller, ceremony, response, next) => passkey(ctx, caller, ceremony, response, next),
    signOut: async (caller, session) => {
      await signOut(ctx, caller, session, false);
    },
    endOthers: (caller, session, which) => endOthers(ctx, caller, session, which),
    signOutEverywhere: (caller, session) => signOut(ctx, caller, session, true),
  };
}
