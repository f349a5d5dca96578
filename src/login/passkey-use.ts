import { z } from 'zod';
import type { Proof } from '../evidence.ts';
import { PasskeyRefused } from '../factors/passkey.ts';
import { among } from '../operations/entries.ts';
import { act } from '../operations/perform.ts';
import type { Under } from '../operations/types.ts';
import { standsIn } from '../sources/table.ts';
import type { AccountRow } from '../store/types.ts';
import type { Owner, Visitor } from './askers.ts';
import { proofsWith, type Standing } from './ceremony.ts';
import { useChallenge } from './challenge.ts';
import type { LoginContext } from './context.ts';
import { completeSignIn, renewSession, type StepDetail, signedIn } from './open.ts';
import { type Signal, signal } from './passkey-refused.ts';
import type { VerifiedPasskey } from './passkey-verify.ts';
import { begunOf, takePending } from './pending.ts';
import type { SignedIn } from './types.ts';

/** Who answered with which passkey. */
interface Answering {
  readonly verified: VerifiedPasskey;
}
interface SigningIn extends Visitor, Answering {
  readonly standing: Exclude<Standing, { purpose: 'step-up' }>;
}
interface Confirming extends Owner, Answering {
  readonly standing: Extract<Standing, { purpose: 'step-up' }>;
}

interface Used {
  readonly account: AccountRow;
  readonly proof: Proof & { readonly kind: 'passkey' };
  readonly signals: readonly Signal[];
  readonly detail: StepDetail;
}

/**
 * Relies on the passkey: its challenge and its use, the sign-in that waited, the record and the session are one, or nothing. Of
 * two answers of one key the one with the older count is refused.
 */
async function useUp({
  tx,
  by,
  account,
  now,
}: Under<'account', LoginContext, SigningIn | Confirming, unknown, unknown>): Promise<Used> {
  const { caller, standing, verified } = by;
  await useChallenge(tx, caller, standing, verified.answered);
  if (!standsIn(account, caller.app.realm)) throw new PasskeyRefused('wrong-account', 'disabled meanwhile');
  const { signCount, backedUp, counterWentBack, userVerified, deviceBound } = verified.assertion;
  const { id } = verified.credential.authenticator;
  if (!(await tx.authenticators.acceptAssertion(id, { signCount, backedUp }, now))) {
    const enabled = (await tx.authenticators.byId(id))?.disabledAt === null;
    throw enabled ? new PasskeyRefused('counter', 'overtaken', true) : new PasskeyRefused('unknown-credential', 'gone');
  }
  const begun = standing.purpose === 'second' ? begunOf(standing.pending, caller) : {};
  return {
    account,
    proof: { kind: 'passkey', at: now, authenticatorId: id, userVerified, deviceBound },
    signals: counterWentBack ? [signal('ok', account.id, { authenticator: id, cause: 'counter' })] : [],
    detail: { step: 'passkey', authenticator: id, verified: userVerified, ...begun },
  };
}

const nextForm = z.strictObject({ next: z.string() });
const accountOf = ({ by }: { readonly by: Answering }) => ({
  accountId: by.verified.credential.authenticator.accountId,
});

export const signInByPasskey = act<
  'account',
  LoginContext,
  SigningIn,
  z.infer<typeof nextForm>,
  SignedIn,
  { accountId: string },
  'authenticator.signal' | 'sign-in.second' | 'session.open',
  never
>({
  name: 'sign-in.by-passkey',
  does: 'signs in by a passkey, alone or as the second step, and opens a session',
  who: 'anybody',
  input: nextForm,
  output: signedIn,
  lock: 'account',
  records: ['authenticator.signal', 'sign-in.second', 'session.open'],
  find: accountOf,
  async run(on) {
    const { tx, by, input } = on;
    const { standing } = by;
    const { account, proof, signals, detail } = await useUp(on);
    const pending = standing.purpose === 'second' ? standing.pending : undefined;
    if (pending !== undefined) await takePending(tx, pending);
    const way = pending === undefined ? { way: 'start' } : {};
    const admitted = { account, proofs: proofsWith(standing, proof), next: pending?.next ?? input.next };
    const { value, record } = await completeSignIn(on, admitted, { ...detail, ...way }, pending);
    const [step, ...opened] = record;
    return { value, record: among<(typeof record)[number]['kind'] | Signal['kind']>(signals, step, opened) };
  },
});

export const confirmByPasskey = act<
  'account',
  LoginContext,
  Confirming,
  Record<string, never>,
  SignedIn,
  { accountId: string },
  'authenticator.signal' | 'sign-in.step-up',
  never
>({
  name: 'step-up.by-passkey',
  does: 'confirms by a passkey who is signed in',
  who: 'owner',
  input: z.strictObject({}),
  output: signedIn,
  lock: 'account',
  records: ['authenticator.signal', 'sign-in.step-up'],
  find: accountOf,
  async run(on) {
    const { proof, signals, detail } = await useUp(on);
    const { value, record } = await renewSession(on, proof, detail);
    const [step] = record;
    return { value, record: among<'sign-in.step-up' | Signal['kind']>(signals, step, []) };
  },
});
