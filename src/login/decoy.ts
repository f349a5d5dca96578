import { generateKeyPairSync } from 'node:crypto';
import type { RelyingParty } from '../config/types.ts';
import { type AssertionAnswer, PasskeyRefused, verifyAssertion } from '../factors/passkey.ts';
import type { CredentialRow } from '../store/types.ts';

/** A P-256 public key as COSE (RFC 9052 §7.1), base64url; nobody has the private one. */
function nobodysKey(): string {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  // {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y}
  const parts = [
    Buffer.from('a5010203262001215820', 'hex'),
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ];
  return Buffer.concat(parts).toString('base64url');
}

const NOBODYS_KEY = nobodysKey();

function nobodys(rp: RelyingParty, credentialId: string): CredentialRow {
  return {
    authenticatorId: '',
    credentialId,
    rpId: rp.id,
    publicKey: NOBODYS_KEY,
    signCount: 0,
    transports: [],
    backupEligible: false,
    backedUp: false,
    userVerified: false,
    aaguid: '00000000-0000-0000-0000-000000000000',
  };
}

/**
 * The same work as for a passkey that could sign in, in vain, so that time does not tell which passkeys are known here.
 * Its verdict is thrown away.
 */
export async function verifyInVain(
  rp: RelyingParty,
  answer: AssertionAnswer,
  expected: { challenge: string; verification: 'required' | 'preferred'; named: boolean },
): Promise<void> {
  // As if the passkey were of whomever it says: the user handle is looked at before the signature.
  const accountId = Buffer.from(answer.userHandle ?? 'bm9ib2R5', 'base64url').toString();
  try {
    await verifyAssertion(rp, answer, { ...expected, credential: nobodys(rp, answer.id), accountId });
  } catch (error) {
    if (!(error instanceof PasskeyRefused)) throw error;
  }
}
