import { timingSafeEqual } from 'node:crypto';
import type { Random } from '../lib/random.ts';
import type { Seal } from '../store/seal.ts';

/** The field of a request that asks us to sign the refusal, and of the refusal that is signed. */
export const CANARY = 'Sallyport-Canary';

/** How long a token is good for, ms: a run asks with a new one each time. */
const LIFE_MS = 120_000;
const TOKEN_FORM = /^([0-9a-z]{1,11})\.[A-Za-z0-9_-]{22}\.([A-Za-z0-9_-]{43})$/;

const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

/**
 * By which somebody who holds the master key knows that an answer was made by Sallyport and that nothing of the request left for an app. Who
 * does not hold it can ask for no mark: the token is itself signed, and good for two minutes.
 */
export class CanaryMarks {
  readonly #seal: Pick<Seal, 'mac'>;

  constructor(seal: Pick<Seal, 'mac'>) {
    this.#seal = seal;
  }

  /** A token for one request. `run`: 8 bytes that all requests of a run have in common. */
  token(now: number, random: Random, run: Uint8Array = random(8)): string {
    const open = `${now.toString(36)}.${Buffer.concat([run, random(8)]).toString('base64url')}`;
    return `${open}.${this.#seal.mac('canary token', open)}`;
  }

  /** The mark that answers a token: null for what is none of ours, or is too old. */
  answer(token: string, now: number): string | null {
    const [, at = '', mac = ''] = TOKEN_FORM.exec(token) ?? [];
    if (mac === '' || Math.abs(now - Number.parseInt(at, 36)) > LIFE_MS) return null;
    const open = token.slice(0, -mac.length - 1);
    return sameText(mac, this.#seal.mac('canary token', open)) ? this.mark(token) : null;
  }

  /** By which the requests of one run know each other; of a token that is ours. */
  static runOf(token: string): string {
    const [, random = ''] = token.split('.');
    return Buffer.from(random, 'base64url').subarray(0, 8).toString('hex');
  }

  mark(token: string): string {
    return this.#seal.mac('canary mark', token);
  }
}
