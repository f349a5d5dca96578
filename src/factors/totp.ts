import { generateSync, ScureBase32Plugin } from 'otplib';
import { equalSecret } from '../lib/bytes.ts';
import type { Random } from '../lib/random.ts';
import { withoutEnd } from '../lib/trim.ts';

/**
 * otplib behind one door. Its own verifier answers with an object that is truthy for a wrong code and throws for some
 * input; here the answer is a time step or undefined, and nothing throws.
 */

/** Seconds; RFC 6238 §5.2. With SHA-1 and 6 digits the only values that every authenticator app honours. */
export const PERIOD = 30;
const DIGITS = 6;
/** Steps accepted on either side: a phone's clock may be off by one step, and typing takes time (800-63B-4 §3.1.5.2). */
const WINDOW = 1;
/** RFC 4226 §4 R6: 128 bits at least, 160 recommended. */
const MIN_SECRET_BYTES = 16;
const SECRET_BYTES = 20;
const SKEW_STEPS = 20;

const base32 = new ScureBase32Plugin();

/** A new secret: 160 bits as unpadded upper-case base32. */
export function newTotpSecret(random: Random): string {
  return withoutEnd(base32.encode(Uint8Array.from(random(SECRET_BYTES))), '=');
}

function secretBytes(secret: string): Uint8Array | undefined {
  try {
    const bytes = base32.decode(secret);
    return bytes.length >= MIN_SECRET_BYTES ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** Six ASCII digits, once the blanks between groups are gone; undefined for anything else. */
export function parseCode(typed: unknown): string | undefined {
  if (typeof typed !== 'string' || typed.length > 32) return undefined;
  const code = typed.replace(/[ \u00a0]/g, '');
  return /^[0-9]{6}$/.test(code) ? code : undefined;
}

/** The code of one time step (RFC 4226 §5.3). Exported for the RFCs' vectors and for tests that play the phone. */
export function hotp(secret: Uint8Array, step: number, digits: 6 | 8 = DIGITS): string {
  return generateSync({ strategy: 'hotp', secret, counter: step, digits, algorithm: 'sha1' });
}

/** The code that an authenticator app shows at this moment (ms). `secret` in base32. Throws for what is no secret. */
export function currentCode(secret: string, nowMs: number): string {
  const bytes = secretBytes(secret);
  if (bytes === undefined) throw new TypeError('not a secret');
  return hotp(bytes, Math.floor(nowMs / 1000 / PERIOD));
}

function stepAt(nowMs: number): number | undefined {
  const step = Math.floor(nowMs / 1000 / PERIOD);
  return Number.isSafeInteger(step) && step > 0 ? step : undefined;
}

/** Every step of the window is computed and compared, whichever matches; the step nearest to now wins. */
function match(secret: string, typed: unknown, nowMs: number, window: number): number | undefined {
  const code = parseCode(typed);
  const bytes = secretBytes(secret);
  const now = stepAt(nowMs);
  if (code === undefined || bytes === undefined || now === undefined) return undefined;
  let found: number | undefined;
  for (let distance = window; distance >= 0; distance--) {
    for (const step of [now - distance, now + distance]) {
      if (step > 0 && equalSecret(hotp(bytes, step), code)) found = step;
    }
  }
  return found;
}

/**
 * The time step that a typed code belongs to, within one step of `nowMs`, or undefined when it is wrong in any way.
 * The caller accepts a step once only, by compare-and-set on the last accepted one (RFC 6238 §5.2).
 */
export function totpStep(secret: string, typed: unknown, nowMs: number): number | undefined {
  return match(secret, typed, nowMs, WINDOW);
}

/**
 * By how many steps the phone's clock is off (positive: ahead), when the code belongs to a moment within ten minutes.
 * Only to tell the person what is wrong while enrolling; it accepts nothing.
 */
export function clockSkewSteps(secret: string, typed: unknown, nowMs: number): number | undefined {
  const step = match(secret, typed, nowMs, SKEW_STEPS);
  const now = stepAt(nowMs);
  return step === undefined || now === undefined ? undefined : step - now;
}

/** For the QR code: the key URI format, label `issuer:account`, percent-encoded (a colon in either would end the issuer). */
export function otpauthUri(secret: string, issuer: string, account: string): string {
  const query = `secret=${secret}&issuer=${encodeURIComponent(issuer)}&algorithm=SHA1&digits=${DIGITS}&period=${PERIOD}`;
  return `otpauth://totp/${encodeURIComponent(issuer)}:${encodeURIComponent(account)}?${query}`;
}
