import { type Place, type Target, withPlace } from '../accounts/throttle.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import { clockSkewSteps, newTotpSecret, otpauthUri, totpStep } from '../factors/totp.ts';
import { randomToken } from '../lib/random.ts';
import type { AccountRow, AuthenticatorRow } from '../store/types.ts';
import { labelOr } from './labels.ts';
import { type EnrolContext, type Live, moveOn, needLive, remember, underLive } from './live.ts';
import { needPassword } from './password.ts';
import { recordChange, tell } from './record.ts';
import { ClockSkew } from './refusals.ts';
import { needRoom } from './room.ts';
import type { EnrolCaller } from './types.ts';

/** The host names the site in the person's list of codes; a port would look like the end of the issuer. */
export function uriOf(caller: EnrolCaller, account: AccountRow, secret: string): string {
  return otpauthUri(secret, new URL(caller.app.origin).hostname, account.name);
}

/** A fresh secret in the place of one that is not confirmed. */
export async function totp(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
): Promise<{ secret: string; uri: string }> {
  const live = await needLive(ctx, caller, cookie);
  const { account } = live;
  needPassword(live, caller);
  await needRoom(ctx.store, account, 'totp');
  const secret = newTotpSecret(ctx.random);
  await remember(ctx, caller, live, { secret });
  return { secret, uri: uriOf(caller, account, secret) };
}

/** Forgets the secret that is not confirmed. */
export async function chooseAgain(ctx: EnrolContext, caller: EnrolCaller, cookie: string | null): Promise<void> {
  const live = await needLive(ctx, caller, cookie);
  if (live.progress.secret !== null) await remember(ctx, caller, live, { secret: null });
}

async function refuseCode(
  ctx: EnrolContext,
  caller: EnrolCaller,
  live: Live,
  { secret, code, place }: { readonly secret: string; readonly code: string; readonly place: Place },
): Promise<never> {
  const skew = clockSkewSteps(secret, code, ctx.clock.now());
  const detail = skew === undefined ? { cause: 'wrong-code' } : { cause: 'clock-skew', steps: skew };
  await ctx.store.transaction(async (tx) => {
    await place.failed(tx.throttles, ctx.clock.now());
    await recordChange(ctx, tx, caller, live.account, 'enrol.authenticator', detail, 'refused');
  });
  throw skew === undefined
    ? new SallyportError('wrong-credentials', 'wrong code while enrolling')
    : new ClockSkew(skew);
}

function newRow(ctx: EnrolContext, account: AccountRow, secret: string, step: number, label: string): AuthenticatorRow {
  const id = randomToken(ctx.random, 16);
  const now = ctx.clock.now();
  return {
    id,
    accountId: account.id,
    kind: 'totp',
    label,
    secret: ctx.seal.seal(secret, { table: 'authenticators', column: 'secret', row: id }),
    // RFC 6238 §5.2: the code that confirms the enrolment is used up by it.
    lastStep: step,
    failures: 0,
    disabledAt: null,
    createdAt: now,
    lastUsedAt: now,
  };
}

async function store(
  ctx: EnrolContext,
  caller: EnrolCaller,
  before: Live,
  row: AuthenticatorRow,
  place: Place,
): Promise<{ cookie: string }> {
  const { label } = row;
  return underLive(ctx, caller, before, async (tx, live) => {
    const { account, progress } = live;
    if (progress.secret !== before.progress.secret)
      throw new SallyportError('conflict', 'the secret was replaced meanwhile');
    const proof: Proof = { kind: 'totp', at: row.createdAt, authenticatorId: row.id };
    const next = await moveOn(ctx, tx, live, { proof, progress: { secret: null } });
    await needRoom(tx, account, 'totp');
    await tx.authenticators.insert(row);
    await place.passed(tx.throttles, row.createdAt);
    const detail = { authenticator: row.id, kind: 'totp', label };
    await recordChange(ctx, tx, caller, account, 'enrol.authenticator', detail);
    await tell(ctx, tx, caller, account, 'authenticator-added', label);
    return { cookie: next };
  });
}

/** Adds the app whose code proves that it has the secret. */
export async function confirm(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
  code: string,
  typedLabel: string | undefined,
): Promise<{ cookie: string }> {
  const live = await needLive(ctx, caller, cookie);
  const { account } = live;
  const { secret } = live.progress;
  needPassword(live, caller);
  if (secret === null) throw new SallyportError('conflict', 'there is no secret to confirm');
  const label = labelOr(typedLabel, 'Authenticator app');
  const now = ctx.clock.now();
  const target: Target = { guess: 'enrol', realm: account.realm, name: account.name, from: 'elsewhere' };
  return withPlace(ctx.store, target, now, async (place) => {
    const step = totpStep(secret, code, now);
    if (step === undefined) return refuseCode(ctx, caller, live, { secret, code, place });
    return store(ctx, caller, live, newRow(ctx, account, secret, step, label), place);
  });
}
