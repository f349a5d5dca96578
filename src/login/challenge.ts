import { PasskeyRefused } from '../factors/passkey.ts';
import { equalSecret, sha256 } from '../lib/bytes.ts';
import { Remembered } from '../lib/remembered.ts';
import type { Seal } from '../store/seal.ts';
import type { AccountParts, ChallengeRow } from '../store/types.ts';
import type { LoginContext } from './context.ts';
import type { Caller } from './types.ts';

/** Life of a challenge, ms: the time that the options give the browser. */
const CHALLENGE_LIFE = 300_000;
/** A row that stands against an answer is there for longer, whatever the clocks of the nodes say. */
const USED_LIFE = 2 * CHALLENGE_LIFE;

/** WebAuthn L3 §13.4.3 asks for 16 random bytes at least. */
const NONCE_BYTES = 16;
const MOMENT_BYTES = 6;
const MAC_BYTES = 32;

/** What a ceremony is for, and who may answer it. */
type ChallengeScope = Pick<ChallengeRow, 'purpose' | 'holder'>;

/**
 * A challenge that was answered. Its text says itself until when it is good and, by its MAC, for which purpose, holder and
 * app it was made: so none is kept for those who ask and prove nothing.
 */
export interface AnsweredChallenge {
  readonly text: string;
  readonly hash: string;
  readonly expiresAt: number;
}

function macOf({ seal }: LoginContext, caller: Caller, { purpose, holder }: ChallengeScope, head: Buffer): string {
  return seal.mac('challenge', JSON.stringify([purpose, holder, caller.app.id, head.toString('base64url')]));
}

/** A new challenge, good for five minutes and one answer, which its authenticator signs with all that is in it. */
export function newChallengeFor(ctx: LoginContext, caller: Caller, scope: ChallengeScope): string {
  const moment = Buffer.alloc(MOMENT_BYTES);
  moment.writeUIntBE(ctx.clock.now() + CHALLENGE_LIFE, 0, MOMENT_BYTES);
  const head = Buffer.concat([ctx.random(NONCE_BYTES), moment]);
  return Buffer.concat([head, Buffer.from(macOf(ctx, caller, scope, head), 'base64url')]).toString('base64url');
}

/** What comes before the MAC, when that is of this very purpose, holder and app. */
function headOf(ctx: LoginContext, caller: Caller, scope: ChallengeScope, text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  const right = bytes.length === NONCE_BYTES + MOMENT_BYTES + MAC_BYTES && bytes.toString('base64url') === text;
  const head = bytes.subarray(0, NONCE_BYTES + MOMENT_BYTES);
  const mac = bytes.subarray(head.length).toString('base64url');
  return right && equalSecret(mac, macOf(ctx, caller, scope, head)) ? head : undefined;
}

/** Whether this text was made for this very purpose, holder and app; over or not. */
export function madeFor(ctx: LoginContext, caller: Caller, scope: ChallengeScope, text: string): boolean {
  return headOf(ctx, caller, scope, text) !== undefined;
}

/** Throws PasskeyRefused `challenge` unless this text was made for this very purpose, holder and app, and is not over. */
export function genuine(ctx: LoginContext, caller: Caller, scope: ChallengeScope, text: string): AnsweredChallenge {
  const head = headOf(ctx, caller, scope, text);
  if (head === undefined) throw new PasskeyRefused('challenge', 'not given to this holder');
  const expiresAt = head.readUIntBE(NONCE_BYTES, MOMENT_BYTES);
  if (ctx.clock.now() >= expiresAt) throw new PasskeyRefused('challenge', 'expired');
  return { text, hash: sha256(text), expiresAt };
}

/**
 * Uses the challenge up in the transaction that relies on its answer, or throws: of two answers, on whichever nodes, one
 * counts (WebAuthn L3 §13.4.3).
 */
export async function useChallenge(
  tx: Pick<AccountParts, 'challenges'>,
  caller: Caller,
  scope: ChallengeScope,
  answered: AnsweredChallenge,
): Promise<void> {
  const { purpose, holder } = scope;
  const { hash, expiresAt } = answered;
  const times = { createdAt: expiresAt - CHALLENGE_LIFE, expiresAt: expiresAt + USED_LIFE };
  if (!(await tx.challenges.use({ hash, purpose, holder, appId: caller.app.id, ...times })))
    throw new PasskeyRefused('challenge', 'used');
}

/** Challenges under each key that had a wrong answer; of those that a flood brings, the last thousand. */
const spoilt = new WeakMap<Seal, Remembered<true>>();

/** After a wrong answer no other is taken here. It has proven nothing, so it leaves nothing in the store. */
export function spoil({ seal }: LoginContext, { hash }: AnsweredChallenge): void {
  const known = spoilt.get(seal) ?? new Remembered<true>();
  spoilt.set(seal, known);
  known.set(hash, true);
}

export function isSpoilt({ seal }: LoginContext, { hash }: AnsweredChallenge): boolean {
  return spoilt.get(seal)?.get(hash) === true;
}
