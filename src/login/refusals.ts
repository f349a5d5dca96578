import { z } from 'zod';
import type { Place } from '../accounts/throttle.ts';
import { among } from '../operations/entries.ts';
import { act } from '../operations/perform.ts';
import type { Entry, Parts, Throttle, Told, Under, Unlocked } from '../operations/types.ts';
import type { AuthenticatorRow } from '../store/types.ts';
import type { Visitor } from './askers.ts';
import type { LoginContext } from './context.ts';
import { MAX_FAILURES } from './steps.ts';

/** Steps of a sign-in, as the record has them. */
export const STEP_KINDS = ['sign-in.begin', 'sign-in.second', 'sign-in.step-up'] as const;
export type StepKind = (typeof STEP_KINDS)[number];

const word = z.string().exactOptional();

/** A step that was refused. `accountId` null: nobody's. */
export const refusalForm = z.strictObject({
  kind: z.enum(STEP_KINDS),
  accountId: z.string().nullable(),
  /** Words of ours, ids, and when and where a sign-in was begun that has no entry of its own. */
  detail: z.strictObject({
    step: word,
    way: word,
    cause: z.string(),
    authenticator: word,
    begun: word,
    begunFrom: word,
  }),
});
export type Refusal = z.infer<typeof refusalForm>;

/** The entry of a refused step. Strangers can cause it as often as they like. */
export function refused({ kind, accountId, detail }: Refusal): Entry<StepKind> {
  return { kind, outcome: 'refused', accountId, detail, rationed: true };
}

const NO_LOCK = { none: 'counts, and puts on record: the same before and after whatever else is done' };

function refusing(said: { readonly name: `${string}.${string}`; readonly does: string; readonly throttle: Throttle }) {
  return act<Unlocked, LoginContext, Visitor, Refusal, void, object, StepKind, never>({
    ...said,
    who: 'anybody',
    input: refusalForm,
    output: z.void(),
    lock: NO_LOCK,
    records: STEP_KINDS,
    find: () => ({}),
    run: ({ input }) => ({ value: undefined, record: [refused(input)] }),
  });
}

/** A step that was judged wrong, where no guess at an account was made: it counts against its source. */
export const refuseStep = refusing({
  name: 'sign-in.refuse',
  does: 'counts a step that was judged wrong, and puts it on record',
  throttle: { source: 'counted' },
});

/** What came between was no guess of anybody's: on record, and counted against nobody. */
export const interruptStep = refusing({
  name: 'sign-in.interrupt',
  does: 'puts on record that something came between a step and what it was for',
  throttle: {},
});

/** Whose guess was judged wrong. */
interface Guesser extends Visitor {
  readonly place: Place;
  /** What the guess was tried on, and counts against. */
  readonly tried: readonly Pick<AuthenticatorRow, 'id' | 'accountId'>[];
  /** Throws when what was typed was for nothing any more: then it was no guess. */
  readonly stands?: (tx: Parts<'account'>) => Promise<void>;
}

interface Ended {
  readonly record: Entry<'authenticator.disabled'>[];
  readonly notices: Told<'authenticator-disabled'>[];
}

/** Counts a wrong code against every authenticator that it was tried on; tells of those that it has ended. */
async function countFailures({
  tx,
  by: { caller, tried },
  account,
  now,
}: Under<'account', LoginContext, Guesser, unknown, unknown>): Promise<Ended> {
  const ended: Ended = { record: [], notices: [] };
  for (const { id, accountId } of tried) {
    const row = await tx.authenticators.byId(id);
    // Removed meanwhile: nobody can guess it any more.
    if (row === undefined) continue;
    const failures = await tx.authenticators.addFailure(id, MAX_FAILURES, now);
    if (failures !== MAX_FAILURES) continue;
    const entry = { kind: 'authenticator.disabled', actor: 'system', accountId } as const;
    ended.record.push({ ...entry, detail: { authenticator: id, failures } });
    const detail = { label: row.label, source: caller.source, app: caller.app.id };
    if (account !== undefined) ended.notices.push({ account, kind: 'authenticator-disabled', detail });
  }
  return ended;
}

/** A guess that was judged: it counts against account and source and is on record, all in one, or it is not told. */
export const refuseGuess = act<
  'account',
  LoginContext,
  Guesser,
  Refusal,
  void,
  { accountId: string },
  StepKind | 'authenticator.disabled',
  'authenticator-disabled'
>({
  name: 'sign-in.refuse-guess',
  does: 'counts a wrong guess at an account, and puts it on record',
  who: 'anybody',
  input: refusalForm,
  output: z.void(),
  lock: 'account',
  throttle: { guess: 'wrong', source: 'counted' },
  records: [...STEP_KINDS, 'authenticator.disabled'],
  notices: ['authenticator-disabled'],
  find: ({ input }) => ({ accountId: input.accountId ?? '' }),
  async run(on) {
    await on.by.stands?.(on.tx);
    const { record, notices } = await countFailures(on);
    return { value: undefined, record: among(record, refused(on.input), []), notices };
  },
});
