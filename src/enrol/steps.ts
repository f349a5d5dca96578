import { z } from 'zod';
import type { AuditKind } from '../audit/audit.ts';
import type { NoticeKind } from '../notices/types.ts';
import { act } from '../operations/perform.ts';
import type { Act, Before, Done, Operation, Under } from '../operations/types.ts';
import type { AccountRow } from '../store/types.ts';
import { did, type Enrolling, type Guessing, type Invocation, needFreshFactor, type Owner } from './askers.ts';
import type { EnrolContext } from './context.ts';
import { type Live, needLive, needOwner, stillLive } from './live.ts';

/** What an operation leaves to those below: who asks and under which lock is the same for all of them. */
type Rest<B extends Enrolling | Owner | Guessing, I, O, K extends AuditKind, N extends NoticeKind> = Omit<
  Operation<'account', EnrolContext, B, I, O, { accountId: string }, K, N>,
  'who' | 'fresh' | 'lock' | 'find' | 'run'
>;

type Answer<O, K extends AuditKind, N extends NoticeKind> = Promise<Done<NoInfer<O>, NoInfer<K>, NoInfer<N>>>;

interface Step<I, O, G, K extends AuditKind, N extends NoticeKind> extends Rest<Enrolling, I, O, K, N> {
  /** What takes long, with the enrolment as it stood before the lock. */
  prepare(on: Before<EnrolContext, Enrolling, I>, before: Live): Promise<G> | G;
  /** `live`: the enrolment as it is now, judged again. */
  run(
    on: Under<'account', EnrolContext, Enrolling, I, NoInfer<G>> & { readonly live: Live; readonly before: Live },
  ): Answer<O, K, N>;
}

/** An operation of whoever holds an enrolment. Throws `pending-expired`, and `conflict` when another request was first. */
export function step<I, O, G, const K extends AuditKind, const N extends NoticeKind = never>({
  prepare,
  run,
  ...said
}: Step<I, O, G, K, N>): Act<Invocation<Enrolling>, I, O> {
  return act<'account', EnrolContext, Enrolling, I, O, { accountId: string; before: Live; given: G }, K, N>({
    ...said,
    who: 'enrolling',
    lock: 'account',
    async find(on) {
      const before = await needLive(on.ctx, on.by.caller, on.by.cookie);
      return { accountId: before.account.id, before, given: await prepare(on, before) };
    },
    async run(on) {
      const { before, given } = on.given;
      return run({ ...on, given, before, live: await stillLive(on, before) });
    },
  });
}

interface OwnersChange<I, O, G, K extends AuditKind, N extends NoticeKind> extends Rest<Owner, I, O, K, N> {
  prepare(on: Before<EnrolContext, Owner, I>): Promise<G> | G;
  /** `owner`: the account as it is now, whose session stands. */
  run(on: Under<'account', EnrolContext, Owner, I, NoInfer<G>> & { readonly owner: AccountRow }): Answer<O, K, N>;
}

/**
 * An owner's change of their factors: a factor used just now, and one transaction under the lock of the account, so that of two
 * changes at once the second sees the first. Throws `step-up-required`, `sign-in-required`.
 */
export function ownersChange<I, O, G, const K extends AuditKind, const N extends NoticeKind = never>({
  prepare,
  run,
  ...said
}: OwnersChange<I, O, G, K, N>): Act<Invocation<Owner>, I, O> {
  return act<'account', EnrolContext, Owner, I, O, { accountId: string; given: G }, K, N>({
    ...said,
    who: 'owner',
    fresh: true,
    lock: 'account',
    async find(on) {
      const { caller, session } = on.by;
      needFreshFactor(on.ctx, caller, session);
      return { accountId: session.accountId, given: await prepare(on) };
    },
    async run(on) {
      const { caller, session } = on.by;
      return run({ ...on, given: on.given.given, owner: await needOwner(on.tx, caller, session, on.account) });
    },
  });
}

/** Why, in words of ours. `steps`: by how much the clock of a phone is off. */
const causeForm = z.strictObject({
  cause: z.string(),
  kind: z.string().exactOptional(),
  steps: z.number().exactOptional(),
});
type Cause = z.infer<typeof causeForm>;

/** What became of a proof that was judged wrong: it counts, and is on record; nothing else remains of it. */
export function refusal<A extends 'enrolling' | 'owner', const K extends AuditKind>(
  said: Pick<
    Operation<{ none: string }, EnrolContext, Guessing, never, void, object, K, never>,
    'name' | 'does' | 'throttle'
  > & {
    readonly who: A;
    readonly kind: K;
  },
): Act<Invocation<Guessing & { readonly as: A }>, Cause, void> {
  const { kind, ...rest } = said;
  return act<{ none: string }, EnrolContext, Guessing & { readonly as: A }, Cause, void, object, K, never>({
    ...rest,
    input: causeForm,
    output: z.void(),
    lock: { none: 'counts, and puts on record: the same before and after whatever else is done' },
    records: [kind],
    find: () => ({}),
    run: ({ by, input }) => ({ value: undefined, record: [{ ...did(by.account, kind, input), outcome: 'refused' }] }),
  });
}
