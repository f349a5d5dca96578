import { z } from 'zod';
import { checkSource } from '../accounts/throttle.ts';
import type { RelyingParty } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import type { Proof } from '../evidence.ts';
import {
  challengeOf,
  creationOptions,
  newChallenge,
  PasskeyRefused,
  parseRegistration,
  type RegisteredPasskey,
  verifyRegistration,
} from '../factors/passkey.ts';
import { sha256 } from '../lib/bytes.ts';
import { randomToken } from '../lib/random.ts';
import type { Parts } from '../operations/types.ts';
import { sourceOf } from '../sources/table.ts';
import type { AuthenticatorRow, CredentialRow } from '../store/types.ts';
import { did, type Enrolling, guessing, type Invocation, toOwner } from './askers.ts';
import type { EnrolContext } from './context.ts';
import { labelOr } from './labels.ts';
import { type Live, moveOn, needLive } from './live.ts';
import { needPassword } from './password.ts';
import { PasskeyKnown, TooManyAuthenticators } from './refusals.ts';
import { needRoom } from './room.ts';
import { refusal, step } from './steps.ts';
import type { EnrolCaller } from './types.ts';

/** A person needs time to find the key; an answer that comes later is not taken (WebAuthn L3 §13.4.3), ms. */
const CHALLENGE_LIFE = 5 * 60_000;
/** Ways of reaching an authenticator that is carried from one device to another (WebAuthn L3 §5.8.4). */
const ROAMING: ReadonlySet<string> = new Set(['usb', 'nfc', 'ble', 'smart-card']);

function needRelyingParty({ app }: EnrolCaller): RelyingParty {
  if (app.relyingParty === null) throw new SallyportError('not-found', `app ${app.id} takes no passkeys`);
  return app.relyingParty;
}

/** Begins a registration: its challenge is good for this enrolment, at this app, once. */
export async function passkeyOptions(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
): Promise<Readonly<Record<string, unknown>>> {
  const rp = needRelyingParty(caller);
  const { store, clock, random } = ctx;
  const live = await needLive(ctx, caller, cookie);
  const { account, pending } = live;
  needPassword(live, caller);
  await needRoom(store, account, 'passkey');
  const challenge = newChallenge(random);
  const [createdAt, expiresAt] = [clock.now(), clock.now() + CHALLENGE_LIFE];
  const bound = { purpose: 'enrol', holder: pending.id, appId: caller.app.id } as const;
  await store.challenges.insert({ ...bound, hash: sha256(challenge), createdAt, expiresAt });
  return creationOptions(rp, {
    challenge,
    accountId: account.id,
    accountName: account.name,
    exclude: await store.authenticators.credentialsOf(account.id),
    // Where the app behind us asks for the password, a sign-in names no credentials (it would tell who has what).
    discoverable: sourceOf(caller.app.realm.source).asksPassword ? 'preferred' : 'required',
  });
}

/** Judges an answer. The challenge is used up first, so that a refused answer cannot be mended and sent again. */
async function verified(
  ctx: EnrolContext,
  caller: EnrolCaller,
  { pending }: Live,
  response: string,
): Promise<RegisteredPasskey> {
  const rp = needRelyingParty(caller);
  const answer = parseRegistration(response);
  const challenge = challengeOf(answer);
  const bound = { purpose: 'enrol', holder: pending.id, appId: caller.app.id } as const;
  const row = await ctx.store.challenges.take(sha256(challenge), bound);
  if (row === undefined || ctx.clock.now() >= row.expiresAt) throw new PasskeyRefused('challenge');
  return verifyRegistration(rp, answer, challenge, ctx.clock.now());
}

function defaultLabel({ backupEligible, transports }: RegisteredPasskey): string {
  return !backupEligible && transports.some((way) => ROAMING.has(way)) ? 'Security key' : 'Passkey';
}

function newRow(ctx: EnrolContext, accountId: string, label: string): AuthenticatorRow {
  const now = ctx.clock.now();
  const id = randomToken(ctx.random, 16);
  const blank = { secret: null, lastStep: 0, failures: 0, disabledAt: null };
  return { ...blank, id, accountId, kind: 'passkey', label, createdAt: now, lastUsedAt: now };
}

async function insertCredential(tx: Pick<Parts<'account'>, 'authenticators'>, row: CredentialRow): Promise<void> {
  try {
    await tx.authenticators.insertCredential(row);
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'conflict') throw new PasskeyKnown();
    throw error;
  }
}

export const refusePasskey = refusal({
  name: 'enrol.refuse-passkey',
  does: 'counts a refused answer of a passkey that is added, and puts it on record',
  who: 'enrolling',
  throttle: { source: 'counted' },
  kind: 'enrol.authenticator',
});

const answerForm = z.strictObject({ response: z.string(), label: z.string().optional() });
type Answer = z.infer<typeof answerForm>;

export const addPasskey = step({
  name: 'enrol.add-passkey',
  does: 'adds a passkey, whose answer is good once',
  input: answerForm,
  output: z.strictObject({ cookie: z.string() }),
  records: ['enrol.authenticator'],
  notices: ['authenticator-added'],
  async prepare({ ctx, by: { caller }, input }, before) {
    needPassword(before, caller);
    // Before the ceremony is used up: the person can change the name and send the same answer.
    labelOr(input.label, '');
    await checkSource(ctx.store.throttles, caller.source, ctx.clock.now());
    const key = await verified(ctx, caller, before, input.response);
    return { key, row: newRow(ctx, before.account.id, labelOr(input.label, defaultLabel(key))) };
  },
  async run(on) {
    const { tx, live, given } = on;
    const { account } = live;
    const { key, row } = given;
    const { id, label } = row;
    const marks = { userVerified: key.userVerified, deviceBound: !key.backupEligible };
    const proof: Proof = { kind: 'passkey', at: row.createdAt, authenticatorId: id, ...marks };
    const cookie = await moveOn(on, { proof, progress: { secret: null } });
    await needRoom(tx, account, 'passkey');
    await tx.authenticators.insert(row);
    await insertCredential(tx, { ...key, authenticatorId: id });
    const { rpId: rp, backedUp, aaguid: model } = key;
    const detail = { authenticator: id, kind: 'passkey', label, ...marks, rp, backedUp, model };
    return {
      value: { cookie },
      record: [did(account, 'enrol.authenticator', detail)],
      notices: [toOwner(on.by.caller, account, 'authenticator-added', label)],
    };
  },
});

/** Cause of a refusal that is put on record; undefined: not one of the answer. */
function causeOf(error: unknown): string | undefined {
  if (error instanceof PasskeyRefused) return error.reason;
  if (error instanceof PasskeyKnown) return 'registered-already';
  return error instanceof TooManyAuthenticators ? 'too-many' : undefined;
}

/** Adds a passkey. A refused answer is on record and counted; the enrolment stays as it was. */
export async function passkey(asked: Invocation<Enrolling>, answer: Answer): Promise<{ cookie: string }> {
  const { ctx, by } = asked;
  needRelyingParty(by.caller);
  const { account } = await needLive(ctx, by.caller, by.cookie);
  try {
    return await addPasskey.perform(asked, answer);
  } catch (error) {
    const cause = causeOf(error);
    if (cause !== undefined) await refusePasskey.perform(guessing(asked, account, null), { kind: 'passkey', cause });
    throw error;
  }
}
