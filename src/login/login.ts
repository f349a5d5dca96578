import { strengthOf } from '../evidence.ts';
import type { Parts } from '../operations/types.ts';
import { fromElsewhere } from '../sessions/networks.ts';
import { standsIn } from '../sources/table.ts';
import { begin, knows } from './begin.ts';
import { passkeyOptions } from './ceremony.ts';
import { second, stepUp } from './codes.ts';
import type { LoginContext } from './context.ts';
import { endOthers, signOut } from './ending.ts';
import { hold } from './held.ts';
import { keptOut } from './lock-down.ts';
import { offersHere, passkeyDomains } from './offers.ts';
import { type Admitted, admitPerson, type Opened } from './open.ts';
import { passkey } from './passkey.ts';
import { loadPending } from './pending.ts';
import type { Caller, Login } from './types.ts';

/** An enrolment lasts at most this long; older proofs open nothing. */
const ENROLMENT_LIFE = 60 * 60_000;

async function afterEnrolment(
  ctx: LoginContext,
  caller: Caller,
  tx: Parts<'account'>,
  { account, proofs }: Pick<Admitted, 'account' | 'proofs'>,
): Promise<Opened | undefined> {
  const { realm } = caller.app;
  const now = ctx.clock.now();
  const fresh = proofs.every((proof) => proof.at <= now && now - proof.at <= ENROLMENT_LIFE);
  if (!fresh || !standsIn(account, realm) || !strengthOf(proofs, realm.source).opensSession) return undefined;
  if ((await keptOut(tx, account, now)) !== null) return undefined;
  // What was enrolled stays, by the ticket; what it would open is refused as any sign-in from there.
  if (await fromElsewhere(tx, account, caller.source)) return undefined;
  return admitPerson(ctx, tx, caller, { account, proofs, next: '/' });
}

/** Signing in: the only place where a session begins. Errors and answers as in types.ts. */
export function createLogin(ctx: LoginContext): Login {
  return {
    closed: () => ctx.lockDown.now(),
    begin: (caller, form) => begin(ctx, caller, form),
    knows: (caller, account) => knows(ctx, caller, account),
    hold: (caller, held) => hold(ctx, caller, held),
    waiting: async (caller, pending) => {
      const row = await loadPending(ctx, caller, pending);
      return row === undefined ? null : { next: row.next };
    },
    offers: (caller, pending, session) => offersHere(ctx, caller, pending, session),
    passkeyDomains: (caller, pending, session) => passkeyDomains(ctx, caller, pending, session),
    second: (caller, pending, step, code) => second(ctx, caller, pending, { step, code }),
    stepUp: (caller, session, step, code) => stepUp(ctx, caller, session, { step, code }),
    afterEnrolment: (caller, tx, account, proofs) => afterEnrolment(ctx, caller, tx, { account, proofs }),
    passkeyOptions: (caller, ceremony) => passkeyOptions(ctx, caller, ceremony),
    passkey: (caller, ceremony, response, next) => passkey(ctx, caller, ceremony, { response, next }),
    signOut: async (caller, session) => {
      await signOut(ctx, caller, session, false);
    },
    endOthers: (caller, session, which) => endOthers(ctx, caller, session, which),
    signOutEverywhere: (caller, session) => signOut(ctx, caller, session, true),
  };
}
