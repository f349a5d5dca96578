/**
 * What was proven at a sign-in, how and when. The strength of a sign-in is computed here, each time, from the proofs;
 * it is never stored as a flag.
 */
import { type RealmSource, sourceOf } from './sources/table.ts';
import type { ProvenFactors } from './sources/types.ts';

export type ProofKind = 'password' | 'ticket' | 'totp' | 'recovery' | 'passkey';

/** How a person may have signed in; a ticket only lets them enrol. In the order in which people think of them. */
export const WAYS = ['password', 'totp', 'recovery', 'passkey'] as const satisfies readonly ProofKind[];

export type Way = (typeof WAYS)[number];

/** What people are told of each way, by commands and in the English pages alike. */
export const WAY_WORDS: Readonly<Record<Way, string>> = {
  password: 'password',
  totp: 'one-time code',
  recovery: 'recovery code',
  passkey: 'passkey',
};

/** The ways by which a session was signed in to, each once. References of RFC 8176 do not tell them all apart. */
export function waysOf(proofs: readonly Proof[]): readonly Way[] {
  return WAYS.filter((way) => proofs.some(({ kind }) => kind === way));
}

export interface Proof {
  readonly kind: ProofKind;
  /** Milliseconds since the epoch at which it was verified, by our clock. */
  readonly at: number;
  /** The authenticator used, where there is one. */
  readonly authenticatorId?: string;
  /** WebAuthn: the user was verified by the authenticator (UV = 1). */
  readonly userVerified?: boolean;
  /** WebAuthn: the key cannot leave its authenticator (BE = 0). */
  readonly deviceBound?: boolean;
}

/** `passkey` means phishing-resistant; `mfa` is the floor that every session has. */
export type Requirement = 'mfa' | 'passkey';

export interface Strength {
  /** Enough to open a session in a realm of this source. */
  readonly opensSession: boolean;
  readonly phishingResistant: boolean;
  /** RFC 8176 method references, sorted. */
  readonly amr: readonly string[];
  readonly acr: string;
  /** Latest moment at which an authenticator (not a password or ticket) was used, ms; 0 when none was. */
  readonly lastFactorAt: number;
  /** Latest moment at which a passkey was used, ms; 0 when none was. */
  readonly lastPasskeyAt: number;
  /** Moment of the first proof that counts, ms. */
  readonly authTime: number;
}

const FACTORS: ReadonlySet<ProofKind> = new Set(['totp', 'recovery', 'passkey']);

const KNOWN_AMR = new Map<string, readonly string[]>();

/** The one list of its content: there are a handful, and every session holds one. */
function interned(amr: readonly string[]): readonly string[] {
  const key = amr.join(' ');
  const known = KNOWN_AMR.get(key);
  if (known !== undefined) return known;
  KNOWN_AMR.set(key, Object.freeze(amr));
  return amr;
}

function latestOf(proofs: readonly Proof[]): number {
  return proofs.reduce((latest, p) => Math.max(latest, p.at), 0);
}

/** Which of the proofs are factors, and whether there are two of different kind (or one passkey with its person verified). */
function factorsIn(proofs: readonly Proof[]): ProvenFactors & { readonly factors: readonly Proof[] } {
  const factors = proofs.filter((p) => FACTORS.has(p.kind));
  const possession = factors.length > 0;
  const verifiedKey = factors.some((p) => p.kind === 'passkey' && p.userVerified === true);
  return { factors, possession, mfa: (possession && proofs.some((p) => p.kind === 'password')) || verifiedKey };
}

/** RFC 8176 method references of what was proven, sorted. */
export function methodsOf(proofs: readonly Proof[]): readonly string[] {
  const { factors, mfa } = factorsIn(proofs);
  const amr = new Set<string>();
  if (proofs.some((p) => p.kind === 'password')) amr.add('pwd');
  for (const { kind, deviceBound } of factors) {
    if (kind === 'passkey') amr.add('user').add(deviceBound === true ? 'hwk' : 'swk');
    else amr.add('otp');
  }
  if (mfa) amr.add('mfa');
  return interned([...amr].sort());
}

/**
 * Computes the strength of a set of proofs for a realm, whose source says what opens a session. A recovery code stands in for
 * the lost authenticator. A ticket never counts as a factor.
 */
export function strengthOf(proofs: readonly Proof[], source: RealmSource): Strength {
  const { factors, possession, mfa } = factorsIn(proofs);
  const passkeys = factors.filter((p) => p.kind === 'passkey');
  const passkey = passkeys.length > 0;
  return {
    opensSession: sourceOf(source).opens({ mfa, possession }),
    phishingResistant: passkey,
    amr: methodsOf(proofs),
    acr: passkey ? 'phr' : mfa ? 'mfa' : 'possession',
    lastFactorAt: latestOf(factors),
    lastPasskeyAt: latestOf(passkeys),
    authTime: proofs.reduce((first, p) => Math.min(first, p.at), Number.POSITIVE_INFINITY),
  };
}
