import { checkSource, failSource } from '../accounts/throttle.ts';
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
import { sourceOf } from '../sources/table.ts';
import type { AccountParts, AuthenticatorRow, CredentialRow } from '../store/types.ts';
import { labelOr } from './labels.ts';
import { type EnrolContext, type Live, moveOn, needLive, underLive } from './live.ts';
import { needPassword } from './password.ts';
import { recordChange, tell } from './record.ts';
import { PasskeyKnown, TooManyAuthenticators } from './refusals.ts';
import { needRoom } from './room.ts';
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
  rp: RelyingParty,
  response: string,
): Promise<RegisteredPasskey> {
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

async function insertCredential(tx: AccountParts, row: CredentialRow): Promise<void> {
  try {
    await tx.authenticators.insertCredential(row);
  } catch (error) {
    if (error instanceof SallyportError && error.code === 'conflict') throw new PasskeyKnown();
    throw error;
  }
}

async function store(
  ctx: EnrolContext,
  caller: EnrolCaller,
  before: Live,
  key: RegisteredPasskey,
  label: string,
): Promise<{ cookie: string }> {
  const row = newRow(ctx, before.account.id, label);
  const marks = { userVerified: key.userVerified, deviceBound: !key.backupEligible };
  return underLive(ctx, caller, before, async (tx, live) => {
    const { account } = live;
    const proof: Proof = { kind: 'passkey', at: row.createdAt, authenticatorId: row.id, ...marks };
    const cookie = await moveOn(ctx, tx, live, { proof, progress: { secret: null } });
    await needRoom(tx, account, 'passkey');
    await tx.authenticators.insert(row);
    await insertCredential(tx, { ...key, authenticatorId: row.id });
    const detail = { authenticator: row.id, kind: 'passkey', label, ...marks, model: key.aaguid };
    await recordChange(ctx, tx, caller, account, 'enrol.authenticator', detail);
    await tell(ctx, tx, caller, account, 'authenticator-added', label);
    return { cookie };
  });
}

/** Cause of a refusal that is put on record; undefined: not one of the answer. */
function causeOf(error: unknown): string | undefined {
  if (error instanceof PasskeyRefused) return error.reason;
  if (error instanceof PasskeyKnown) return 'registered-already';
  return error instanceof TooManyAuthenticators ? 'too-many' : undefined;
}

/** Adds a passkey. A refused answer is on record and counted; the enrolment stays as it was. */
export async function passkey(
  ctx: EnrolContext,
  caller: EnrolCaller,
  cookie: string | null,
  response: string,
  typedLabel: string | undefined,
): Promise<{ cookie: string }> {
  const rp = needRelyingParty(caller);
  const live = await needLive(ctx, caller, cookie);
  needPassword(live, caller);
  // Before the ceremony is used up: the person can change the name and send the same answer.
  labelOr(typedLabel, '');
  await checkSource(ctx.store.throttles, caller.source, ctx.clock.now());
  try {
    const key = await verified(ctx, caller, live, rp, response);
    return await store(ctx, caller, live, key, labelOr(typedLabel, defaultLabel(key)));
  } catch (error) {
    const cause = causeOf(error);
    if (cause === undefined) throw error;
    await ctx.store.transaction(async (tx) => {
      await failSource(tx.throttles, caller.source, ctx.clock.now());
      const detail = { kind: 'passkey', cause };
      await recordChange(ctx, tx, caller, live.account, 'enrol.authenticator', detail, 'refused');
    });
    throw error;
  }
}
