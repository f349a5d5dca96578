import { z } from 'zod';
import { type Target, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import { clockSkewSteps, newTotpSecret, otpauthUri, totpStep } from '../factors/totp.ts';
import { randomToken } from '../lib/random.ts';
import { type Before, UNCHANGED } from '../operations/types.ts';
import type { AccountRow, AuthenticatorRow } from '../store/types.ts';
import { did, type Enrolling, guessing, type Invocation, toOwner } from './askers.ts';
import type { EnrolContext } from './context.ts';
import { labelOr } from './labels.ts';
import { moveOn, needLive, prolong, remember } from './live.ts';
import { needPassword } from './password.ts';
import { ClockSkew } from './refusals.ts';
import { needRoom } from './room.ts';
import { refusal, step } from './steps.ts';
import type { EnrolCaller } from './types.ts';

/** The host names the site in the person's list of codes; a port would look like the end of the issuer. */
export function uriOf(caller: EnrolCaller, account: AccountRow, secret: string): string {
  return otpauthUri(secret, new URL(caller.app.origin).hostname, account.name);
}

const NOTHING_PROVEN = { none: 'nothing is proven by it, and nothing opened' };

/** A fresh secret in the place of one that is not confirmed. */
export const totp = step({
  name: 'enrol.make-secret',
  does: 'makes a secret for an authenticator app, in the place of one that is not confirmed',
  input: z.strictObject({}),
  output: z.strictObject({ secret: z.string(), uri: z.string() }),
  records: NOTHING_PROVEN,
  async prepare({ ctx, by }, before) {
    needPassword(before, by.caller);
    await needRoom(ctx.store, before.account, 'totp');
    return newTotpSecret(ctx.random);
  },
  async run(on) {
    const { given: secret, by, before } = on;
    await remember(on, { secret });
    return { value: { secret, uri: uriOf(by.caller, before.account, secret) }, record: UNCHANGED };
  },
});

/** Forgets the secret that is not confirmed. */
export const chooseAgain = step({
  name: 'enrol.choose-again',
  does: 'forgets a secret that is not confirmed',
  input: z.strictObject({}),
  output: z.void(),
  records: NOTHING_PROVEN,
  prepare: () => null,
  async run(on) {
    if (on.live.progress.secret !== null) await remember(on, { secret: null });
    return { value: undefined, record: UNCHANGED };
  },
});

/**
 * More time for a person who needs it (WCAG 2.2.1): 15 minutes from now, an hour from the start at most. Past that it
 * changes nothing, so that an enrolment left open on a shared computer ends. Throws `pending-expired`, `conflict`.
 */
export const extend = step({
  name: 'enrol.extend',
  does: 'gives more time to a person who needs it, an hour at most',
  input: z.strictObject({}),
  output: z.void(),
  records: NOTHING_PROVEN,
  prepare: () => null,
  async run(on) {
    await prolong(on);
    return { value: undefined, record: UNCHANGED };
  },
});

export const refuseCode = refusal({
  name: 'enrol.refuse-code',
  does: 'counts a wrong code of an enrolment, and puts it on record',
  who: 'enrolling',
  throttle: { guess: 'wrong' },
  kind: 'enrol.authenticator',
});

function newRow(
  ctx: EnrolContext,
  account: AccountRow,
  { secret, label, step: lastStep }: { readonly secret: string; readonly label: string; readonly step: number },
): AuthenticatorRow {
  const id = randomToken(ctx.random, 16);
  const now = ctx.clock.now();
  return {
    id,
    accountId: account.id,
    kind: 'totp',
    label,
    secret: ctx.seal.seal(secret, { table: 'authenticators', column: 'secret', row: id }),
    // RFC 6238 §5.2: the code that confirms the enrolment is used up by it.
    lastStep,
    failures: 0,
    disabledAt: null,
    createdAt: now,
    lastUsedAt: now,
  };
}

const codeForm = z.strictObject({ code: z.string(), label: z.string().optional() });
type Code = z.infer<typeof codeForm>;

/** The step at which the code fits the secret; throws, with the guess counted and on record, when it fits at none. */
async function needStep({ ctx, by, input: { code } }: On, account: AccountRow, secret: string): Promise<number> {
  const now = ctx.clock.now();
  const fits = totpStep(secret, code, now);
  if (fits !== undefined) return fits;
  const steps = clockSkewSteps(secret, code, now);
  const why = steps === undefined ? { cause: 'wrong-code' } : { cause: 'clock-skew', steps };
  await refuseCode.perform(guessing({ ctx, by }, account, by.place ?? null), why);
  throw steps === undefined
    ? new SallyportError('wrong-credentials', 'wrong code while enrolling')
    : new ClockSkew(steps);
}

type On = Before<EnrolContext, Enrolling, Code>;

/** Adds the app whose code proves that it has the secret; its asker has the place of the guess. */
export const addApp = step({
  name: 'enrol.confirm-code',
  does: 'adds the authenticator app whose code proves that it has the secret',
  input: codeForm,
  output: z.strictObject({ cookie: z.string() }),
  throttle: { guess: 'right' },
  records: ['enrol.authenticator'],
  notices: ['authenticator-added'],
  async prepare(on, before) {
    const { account, progress } = before;
    const { secret } = progress;
    needPassword(before, on.by.caller);
    if (secret === null) throw new SallyportError('conflict', 'there is no secret to confirm');
    const label = labelOr(on.input.label, 'Authenticator app');
    return newRow(on.ctx, account, { secret, label, step: await needStep(on, account, secret) });
  },
  async run(on) {
    const { tx, live, before, given: row } = on;
    const { account } = live;
    if (live.progress.secret !== before.progress.secret)
      throw new SallyportError('conflict', 'the secret was replaced meanwhile');
    const proof: Proof = { kind: 'totp', at: row.createdAt, authenticatorId: row.id };
    const cookie = await moveOn(on, { proof, progress: { secret: null } });
    await needRoom(tx, account, 'totp');
    await tx.authenticators.insert(row);
    const { label } = row;
    return {
      value: { cookie },
      record: [did(account, 'enrol.authenticator', { authenticator: row.id, kind: 'totp', label })],
      notices: [toOwner(on.by.caller, account, 'authenticator-added', label)],
    };
  },
});

/** As in types.ts. */
export async function confirm(asked: Invocation<Enrolling>, typed: Code): Promise<{ cookie: string }> {
  const { ctx, by } = asked;
  const { account } = await needLive(ctx, by.caller, by.cookie);
  const target: Target = { guess: 'enrol', realm: account.realm, name: account.name, from: 'elsewhere' };
  return withPlace(ctx.store, target, ctx.clock.now(), (place) => addApp.perform({ ctx, by: { ...by, place } }, typed));
}
