import { z } from 'zod';
import { SallyportError } from '../errors.ts';
import { among } from '../operations/entries.ts';
import type { Under } from '../operations/types.ts';
import type { AccountRow } from '../store/types.ts';
import { did, type Enrolling, enrolling } from './askers.ts';
import { replaceCodes } from './codes.ts';
import type { EnrolContext } from './context.ts';
import type { Live } from './live.ts';
import { needPassword } from './password.ts';
import { step } from './steps.ts';
import type { EnrolCaller, EnrolState, Finished, OpensSession } from './types.ts';

/** What was added in an enrolment, in order: each is there with the proof that it works. */
export function addedIn({ pending }: Live): EnrolState['added'] {
  return pending.proofs.flatMap(({ kind }) => (kind === 'totp' || kind === 'passkey' ? [kind] : []));
}

type On = Under<'account', EnrolContext, Enrolling, unknown, unknown>;

/** A ticket means that something was lost: sessions that the finder may hold, and other open tickets, end. */
async function endAccess({ tx, now }: On, account: AccountRow): Promise<number> {
  await tx.tickets.revokeOfAccount(account.id, now);
  return (await tx.sessions.end({ by: 'account', accountId: account.id }, 'enrolled-by-ticket', now)).length;
}

const finished = z.strictObject({
  recoveryCodes: z.array(z.string()).readonly(),
  accountId: z.string(),
  accountName: z.string(),
  proofs: z.array(z.custom<Finished<unknown>['proofs'][number]>()).readonly(),
  adding: z.boolean(),
  next: z.string(),
  signedIn: z.unknown(),
});

/** Ends the enrolment, once; what it opens is of the same transaction, so that nothing that ends it comes between. */
export const finishEnrolment = step({
  name: 'enrol.finish',
  does: 'ends an enrolment, and opens a session from what it has proven',
  input: z.strictObject({}),
  output: finished,
  records: ['enrol.finish', 'recovery.replace', 'session.revoke', 'session.open'],
  notices: ['recovery-codes-replaced'],
  prepare: () => null,
  async run(on) {
    const { tx, by, live } = on;
    const { pending, account } = live;
    const { id: accountId, name: accountName } = account;
    const adding = live.progress.sessionId !== null;
    needPassword(live, by.caller);
    if (addedIn(live).length === 0) throw new SallyportError('conflict', 'no authenticator was added yet');
    if (!(await tx.pendings.remove(pending.id))) throw new SallyportError('conflict', 'finished meanwhile');
    await tx.pendings.removeOfAccount(accountId);
    const keepCodes = adding && (await tx.authenticators.recoveryLeft(accountId)) > 0;
    const replaced = keepCodes ? undefined : await replaceCodes(on, account);
    const ended = adding ? 0 : await endAccess(on, account);
    const { proofs } = pending;
    const opened = adding ? undefined : await by.opens?.(tx, account, proofs);
    const revoked = did(account, 'session.revoke', { sessions: ended, cause: 'enrolled-by-ticket' });
    return {
      value: {
        recoveryCodes: replaced?.codes ?? [],
        accountId,
        accountName,
        proofs,
        ...{ adding, next: pending.next },
        signedIn: opened?.value,
      },
      record: among<'enrol.finish' | 'recovery.replace' | 'session.revoke' | 'session.open'>(
        [...(replaced === undefined ? [] : [replaced.record]), ...(ended === 0 ? [] : [revoked])],
        did(account, 'enrol.finish', { adding, sessionsEnded: ended }),
        opened === undefined ? [] : [opened.record],
      ),
      notices: replaced?.notices ?? [],
    };
  },
});

/** As in types.ts. */
export async function finish<S>(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
  opens: OpensSession<S> | undefined,
): Promise<Finished<S>> {
  // What `opens` has opened is what it answers with.
  const { by } = enrolling(ctx, caller, cookie);
  return finishEnrolment.perform({ ctx, by: { ...by, ...(opens && { opens }) } }, {}) as Promise<Finished<S>>;
}
