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

/** The same data, written again: each CBOR item in the only shortest form, no member twice, nothing between or behind. */
function written(data: AuthenticatorData): Buffer {
  const { rpIdHash, flagsBuf, counterBuf, aaguid, credentialID, credentialPublicKey } = data;
  const parts = [rpIdHash, flagsBuf, counterBuf];
  if (aaguid !== undefined && credentialID !== undefined && credentialPublicKey !== undefined) {
    const length = Buffer.from([credentialID.length >> 8, credentialID.length & 0xff]);
    parts.push(aaguid, length, credentialID, credentialPublicKey);
  }
  return Buffer.concat([...parts, data.extensionsDataBuffer ?? Buffer.alloc(0)]);
}

const CBOR_MAP = 5;

/** Authenticator data (WebAuthn L3 §6.1), when they are written in the one way that there is. */
export function readAuthenticatorData(bytes: Uint8Array): AuthenticatorData {
  let data: AuthenticatorData;
  try {
    // A copy of its own buffer: the library reads by offsets into the whole buffer below a view.
    data = helpers().parseAuthenticatorData(Uint8Array.from(bytes));
  } catch (error) {
    throw new PasskeyRefused('malformed', detailOf(error));
  }
  if (!written(data).equals(bytes)) throw new PasskeyRefused('malformed', 'authenticator data in another form');
  const [first] = data.extensionsDataBuffer ?? [];
  if (first !== undefined && first >> 5 !== CBOR_MAP) throw new PasskeyRefused('malformed', 'extensions are no map');
  return data;
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
