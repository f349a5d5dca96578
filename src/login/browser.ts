import { equalSecret } from '../lib/bytes.ts';
import { type Random, randomToken } from '../lib/random.ts';
import type { Seal } from '../store/seal.ts';

/** 180 days, ms. */
export const BROWSER_LIFE = 180 * 86_400_000;

function macOf(seal: Seal, accountId: string, nonce: string, expires: string): string {
  return seal.mac('browser', `${accountId}|${nonce}|${expires}`);
}

/**
 * Value of the known-browser cookie: this browser has signed this account in. It stands for no factor and opens nothing
 * (800-63B-4 §5.1); it only has its guesses counted apart from strangers'. Stateless: `v1.<nonce>.<expires>.<mac>`.
 */
export function newBrowser(seal: Seal, random: Random, accountId: string, now: number): string {
  const nonce = randomToken(random, 16);
  const expires = String(now + BROWSER_LIFE);
  return `v1.${nonce}.${expires}.${macOf(seal, accountId, nonce, expires)}`;
}

/** Whether the cookie was given to a browser of this account and has not expired. An unknown account costs the same. */
export function knowsBrowser(seal: Seal, value: string | null, accountId: string | null, now: number): boolean {
  const [version, nonce, expires, mac, ...rest] = (value ?? '').split('.');
  if (version !== 'v1' || nonce === undefined || expires === undefined || mac === undefined || rest.length > 0)
    return false;
  const genuine = equalSecret(mac, macOf(seal, accountId ?? '', nonce, expires));
  return genuine && accountId !== null && /^[0-9]{1,15}$/.test(expires) && now < Number(expires);
}
