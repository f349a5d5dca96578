import { lazily } from '../lib/lazy.ts';

/**
 * The WebAuthn library, from the first ceremony on: with its certificate parser it holds 27 MB, which a process without
 * passkeys does not need.
 */
export const webauthn = lazily<typeof import('@simplewebauthn/server')>('@simplewebauthn/server');
export const helpers = lazily<typeof import('@simplewebauthn/server/helpers')>('@simplewebauthn/server/helpers');
