import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose';
import { SallyportError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import type { KeyRow, OpenParts } from '../store/types.ts';

/** Apps may keep our public keys this long (Cache-Control of jwks.json), seconds. */
export const JWKS_MAX_AGE_S = 300;
/** A new key is published this long before it signs: the caches' life and a minute for clocks, ms. */
export const LEAD_MS = (JWKS_MAX_AGE_S + 60) * 1000;
/** An old key stays published this long after it last signed: the token's life, caches and a minute, ms. */
export const TAIL_MS = (60 + JWKS_MAX_AGE_S + 60) * 1000;

/** Seals and opens the private half; bound to its row. */
export interface KeySeal {
  seal(plain: string, place: { table: string; column: string; row: string }): string;
  open(sealed: string, place: { table: string; column: string; row: string }): string;
}

interface HeldKey {
  readonly id: string;
  readonly activeAt: number;
  readonly retiredAt: number | null;
  readonly publicJwk: JWK;
  readonly privateKey: CryptoKey;
}

const place = (id: string) => ({ table: 'signing_keys', column: 'private_jwk', row: id });

/**
 * Makes a new ES256 key (RFC 7518 §3.4) that signs from `activeAt` on, named by its RFC 7638 thumbprint, and lets every
 * older key retire once its last token is dead. Without a lead the older ones are withdrawn at once, those too that retire
 * already: that is what is done when a key has leaked.
 */
export async function addSigningKey(
  tx: Pick<OpenParts, 'keys'>,
  seal: KeySeal,
  clock: Clock,
  leadMs: number,
): Promise<KeyRow> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const publicJwk = await exportJWK(pair.publicKey);
  const id = await calculateJwkThumbprint(publicJwk, 'sha256');
  const now = clock.now();
  const older = await tx.keys.list();
  const activeAt = now + leadMs;
  const row: KeyRow = {
    id,
    publicJwk: JSON.stringify({
      kty: publicJwk.kty,
      crv: publicJwk.crv,
      x: publicJwk.x,
      y: publicJwk.y,
      kid: id,
      alg: 'ES256',
      use: 'sig',
    }),
    privateJwk: seal.seal(JSON.stringify(await exportJWK(pair.privateKey)), place(id)),
    createdAt: now,
    activeAt,
    retiredAt: null,
  };
  await tx.keys.insert(row);
  // The store only ever brings an end forward, so that keys which retire already are withdrawn too when this one signs now.
  for (const old of older) await tx.keys.retire(old.id, leadMs === 0 ? now : activeAt + TAIL_MS);
  return row;
}

/** The keys in memory: which one signs now, which are published. Reloaded by push. */
export class Keyring {
  readonly #clock: Clock;
  readonly #seal: KeySeal;
  #keys: readonly HeldKey[] = [];
  #failed: unknown = null;
  /** Of readings at the same time the one that began last counts, whichever ends last. */
  #begun = 0;
  #counted = 0;

  constructor(clock: Clock, seal: KeySeal) {
    this.#clock = clock;
    this.#seal = seal;
  }

  /** Reads all keys anew. When that fails, the ring refuses until a later read succeeds. */
  async load(store: OpenParts): Promise<void> {
    this.#begun += 1;
    const turn = this.#begun;
    const counts = () => {
      if (turn < this.#counted) return false;
      this.#counted = turn;
      return true;
    };
    try {
      const held: HeldKey[] = [];
      for (const row of await store.keys.list()) held.push(await this.#open(row));
      if (!counts()) return;
      this.#keys = held;
      this.#failed = null;
    } catch (error) {
      if (counts()) this.#failed = error;
      throw error;
    }
  }

  get failed(): boolean {
    return this.#failed !== null;
  }

  /** Whether any key has begun by now; half a minute is what a clock may be slewed by. */
  get begun(): boolean {
    const now = this.#clock.now() + 30_000;
    for (const key of this.#keys) if (key.activeAt <= now) return true;
    return false;
  }

  /** The newest key that may sign now. Throws `keys-unavailable` when there is none. */
  signing(): { readonly id: string; readonly privateKey: CryptoKey } {
    const now = this.#clock.now();
    let best: HeldKey | undefined;
    if (this.#failed === null) {
      for (const key of this.#keys) {
        const usable = key.activeAt <= now && (key.retiredAt === null || key.retiredAt > now);
        if (usable && (best === undefined || key.activeAt >= best.activeAt)) best = key;
      }
    }
    if (best === undefined) throw new SallyportError('keys-unavailable', 'no signing key is active');
    return best;
  }

  /** JWK Set (RFC 7517 §5) of every key that is not retired; no private member can be in it. */
  jwks(): { keys: JWK[] } {
    const now = this.#clock.now();
    return {
      keys: this.#keys.filter((key) => key.retiredAt === null || key.retiredAt > now).map((key) => key.publicJwk),
    };
  }

  /** Age in ms of the newest key; infinite when there is none. */
  newestAge(): number {
    return this.#keys.reduce((age, key) => Math.min(age, this.#clock.now() - key.activeAt), Number.POSITIVE_INFINITY);
  }

  async #open(row: KeyRow): Promise<HeldKey> {
    const privateKey = await importJWK(JSON.parse(this.#seal.open(row.privateJwk, place(row.id))) as JWK, 'ES256');
    if (privateKey instanceof Uint8Array) throw new SallyportError('keys-unavailable', 'a signing key is no EC key');
    return {
      id: row.id,
      activeAt: row.activeAt,
      retiredAt: row.retiredAt,
      publicJwk: JSON.parse(row.publicJwk) as JWK,
      privateKey,
    };
  }
}
