import { createHash, timingSafeEqual } from 'node:crypto';
import type { parseAuthenticatorData } from '@simplewebauthn/server/helpers';
import type { RelyingParty } from '../config/types.ts';
import { equalSecret } from '../lib/bytes.ts';
import type { ClientData } from './passkey-answer.ts';
import { helpers } from './passkey-library.ts';
import { detailOf, PasskeyRefused } from './passkey-refused.ts';

/** Checks that both ceremonies share (WebAuthn L3 §7.1 and §7.2), in the order of the standard. */

export type AuthenticatorData = ReturnType<typeof parseAuthenticatorData>;

/**
 * Type, challenge, origin, and not inside another site's page. The library looks at `crossOrigin` only when asserting,
 * and then only beside `topOrigin`; we embed nowhere, so anything but absence or `false` is refused.
 */
export function checkClientData(
  rp: RelyingParty,
  client: ClientData,
  type: 'webauthn.create' | 'webauthn.get',
  challenge: string,
): void {
  if (client.type !== type) throw new PasskeyRefused('type');
  if (challenge === '' || !equalSecret(client.challenge, challenge)) throw new PasskeyRefused('challenge');
  if (typeof client.origin !== 'string' || !rp.origins.includes(client.origin)) throw new PasskeyRefused('origin');
  if (client.hasTopOrigin) throw new PasskeyRefused('cross-origin', 'topOrigin');
  if (client.crossOrigin !== undefined && client.crossOrigin !== false) throw new PasskeyRefused('cross-origin');
}

/** Authenticator data (WebAuthn L3 §6.1); bytes that are left over or missing make it malformed. */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  try {
    // A copy of its own buffer: the library reads by offsets into the whole buffer below a view.
    return helpers().parseAuthenticatorData(Uint8Array.from(bytes));
  } catch (error) {
    throw new PasskeyRefused('malformed', detailOf(error));
  }
}

/** Relying party, presence, verification, and backup flags that can be true together. */
export function checkAuthenticatorData(rp: RelyingParty, data: AuthenticatorData, verify: boolean): void {
  const expected = createHash('sha256').update(rp.id).digest();
  if (data.rpIdHash.length !== expected.length || !timingSafeEqual(data.rpIdHash, expected)) {
    throw new PasskeyRefused('rp');
  }
  if (!data.flags.up) throw new PasskeyRefused('presence');
  if (verify && !data.flags.uv) throw new PasskeyRefused('verification');
  if (data.flags.bs && !data.flags.be) throw new PasskeyRefused('backup-flags', 'backed up but not eligible');
}
