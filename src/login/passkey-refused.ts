import { z } from 'zod';
import type { SallyportError } from '../errors.ts';
import { PasskeyRefused } from '../factors/passkey.ts';
import { act } from '../operations/perform.ts';
import type { Throttle, Told, Under, Unlocked } from '../operations/types.ts';
import type { Invocation, Visitor } from './askers.ts';
import type { Standing } from './ceremony.ts';
import type { LoginContext } from './context.ts';
import type { Trace } from './passkey-verify.ts';
import { begunOf } from './pending.ts';
import { refusalForm, refused, STEP_KINDS, type StepKind } from './refusals.ts';

/** A sign that a key was copied, or is not what it was; it goes on record under its owner. */
export function signal(
  outcome: 'ok' | 'refused',
  accountId: string | null,
  detail: { authenticator: string; cause: string },
) {
  return { kind: 'authenticator.signal', outcome, actor: 'system', accountId, detail } as const;
}
export type Signal = ReturnType<typeof signal>;

/** One message a day is enough: whoever holds a copy must not be able to flood its owner. */
const TOLD_AGAIN = 24 * 3_600_000;

type Refusing = Under<Unlocked, LoginContext, Visitor, unknown, unknown>;

/** Tells the owner of a key that was refused as a copy, unless the last sign of it was lately. */
async function toOwner(
  { tx, by: { caller }, now }: Refusing,
  accountId: string,
  authenticatorId: string,
): Promise<Told<'passkey-copied'>[]> {
  // Before this sign stands on record itself.
  const signs = await tx.audit.list({ accountId, kind: 'authenticator.signal', limit: 20 });
  const last = signs.findLast(({ outcome }) => outcome === 'refused');
  if (last !== undefined && now - last.at < TOLD_AGAIN) return [];
  const account = await tx.accounts.byId(accountId);
  const label = (await tx.authenticators.byId(authenticatorId))?.label ?? '';
  const detail = { source: caller.source, app: caller.app.id, label };
  return account === undefined ? [] : [{ account, kind: 'passkey-copied', detail }];
}

/** `signed`: the key itself has signed it, so that it is a sign of a copy. */
const refusedForm = refusalForm.extend({ signed: z.boolean() });
type Refused = z.infer<typeof refusedForm>;

function refusing(said: { readonly name: `${string}.${string}`; readonly does: string; readonly throttle: Throttle }) {
  return act<
    Unlocked,
    LoginContext,
    Visitor,
    Refused,
    void,
    object,
    StepKind | 'authenticator.signal',
    'passkey-copied'
  >({
    ...said,
    who: 'anybody',
    input: refusedForm,
    output: z.void(),
    lock: { none: 'counts, and puts on record: the same before and after whatever else is done' },
    records: [...STEP_KINDS, 'authenticator.signal'],
    notices: ['passkey-copied'],
    find: () => ({}),
    async run(on) {
      const { signed, ...refusal } = on.input;
      const { accountId, detail } = refusal;
      const { authenticator, cause } = detail;
      if (!signed || authenticator === undefined) return { value: undefined, record: [refused(refusal)] };
      return {
        value: undefined,
        record: [refused(refusal), signal('refused', accountId, { authenticator, cause })],
        notices: accountId === null ? [] : await toOwner(on, accountId, authenticator),
      };
    },
  });
}

/** Guesses of codes are another matter: none was made. */
export const refuseAnswer = refusing({
  name: 'sign-in.refuse-passkey',
  does: 'counts a wrong answer of a passkey, and puts it on record',
  throttle: { source: 'counted' },
});

/** What came between (the sign-in was over, the account changed) was no answer that is wrong. */
export const interruptAnswer = refusing({
  name: 'sign-in.interrupt-passkey',
  does: 'puts on record that something came between a passkey and what it was for',
  throttle: {},
});

/** Every refusal is on record, and one of a wrong answer counts against its source. */
export async function recordRefused(
  { ctx, by }: Invocation<Visitor>,
  standing: Standing,
  trace: Trace,
  error: SallyportError,
) {
  const { accountId, authenticatorId } = trace;
  const { purpose } = standing;
  const cause = error instanceof PasskeyRefused ? error.reason : error.code;
  const known = authenticatorId === undefined ? {} : { authenticator: authenticatorId };
  const begun = standing.purpose === 'second' ? begunOf(standing.pending, by.caller) : {};
  const detail = { step: 'passkey', way: purpose, cause, ...known, ...begun };
  const kind = purpose === 'step-up' ? 'sign-in.step-up' : 'sign-in.second';
  const judged = error instanceof PasskeyRefused || error.code === 'bad-body';
  const signed = error instanceof PasskeyRefused && error.signed;
  await (judged ? refuseAnswer : interruptAnswer).perform({ ctx, by }, { kind, accountId, detail, signed });
}
