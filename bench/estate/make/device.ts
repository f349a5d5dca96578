import { currentCode } from '../../../src/factors/totp.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { Authenticator } from '../../../test/support/authenticator.ts';
import type { Device } from '../plan/types.ts';

/** What somebody holds in their hand: an authenticator app with its secret, or keys of their own. */
export type Held =
  | { readonly kind: 'totp'; readonly secret: string }
  | { readonly kind: 'passkey'; readonly keys: Authenticator };

export const newKeys = ({ synced }: Device): Authenticator => new Authenticator({ synced });

/** The code that the app shows now. */
export const codeOf = (secret: string, clock: Clock): string => currentCode(secret, clock.now());

/** A code that it shows at no moment near this one. */
export function wrongCode(secret: string, clock: Clock): string {
  const near = new Set([-2, -1, 0, 1, 2].map((steps) => currentCode(secret, clock.now() + steps * 30_000)));
  for (let n = 0; ; n += 1) {
    const code = String(n).padStart(6, '0');
    if (!near.has(code)) return code;
  }
}
