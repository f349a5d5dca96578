import { SignJWT } from 'jose';
import type { AppConfig } from '../config/types.ts';
import type { Strength } from '../evidence.ts';
import type { Clock } from '../lib/clock.ts';
import { type Random, randomToken } from '../lib/random.ts';
import type { Keyring } from './keyring.ts';

/** Life of an assertion, seconds. */
export const ASSERTION_LIFE_S = 60;
const FRESH_MS = (ASSERTION_LIFE_S * 1000) / 2;
export const ASSERTION_TYPE = 'sallyport-assertion+jwt';

/** What a token says of a session; a live `Session` is one. Held by identity: a rotated session is another subject. */
export interface Subject {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly realm: string;
  readonly groups: readonly string[];
  readonly strength: Strength;
}

interface Cached {
  readonly token: string;
  readonly freshUntil: number;
  readonly app: AppConfig;
}

/**
 * Mints the short-lived signed token that an app receives with every request (RFC 7519; explicit type by RFC 8725 §3.11).
 * One token serves a session until half its life, so most requests cost no signature.
 */
export class Assertions {
  readonly #ring: Keyring;
  readonly #clock: Clock;
  readonly #random: Random;
  #cache = new WeakMap<Subject, Cached>();
  /** The cache before this one. A token is a kilobyte: what a session no longer uses must not stay as long as the session. */
  #older = new WeakMap<Subject, Cached>();
  #turnAt: number;

  constructor(ring: Keyring, clock: Clock, random: Random) {
    this.#ring = ring;
    this.#clock = clock;
    this.#random = random;
    this.#turnAt = clock.monotonic();
  }

  /** Forgets every cached token; after a change of keys. */
  clear(): void {
    this.#cache = new WeakMap();
    this.#older = new WeakMap();
  }

  /** Every half life the older tokens, none of which is fresh any more, are let go. */
  #turn(): void {
    const now = this.#clock.monotonic();
    if (now - this.#turnAt < FRESH_MS) return;
    this.#turnAt = now;
    this.#older = this.#cache;
    this.#cache = new WeakMap();
  }

  /** A token for this session and app with at least half its life left: at once when one is held. Rejects with `keys-unavailable`. */
  for(session: Subject, app: AppConfig): string | Promise<string> {
    this.#turn();
    const held = this.#cache.get(session) ?? this.#older.get(session);
    const now = this.#clock.now();
    if (
      held !== undefined &&
      held.app === app &&
      now < held.freshUntil &&
      now > held.freshUntil - ASSERTION_LIFE_S * 1000
    )
      return held.token;
    return this.#mint(session, app);
  }

  async #mint(session: Subject, app: AppConfig): Promise<string> {
    const key = this.#ring.signing();
    const cache = this.#cache;
    const nowMs = this.#clock.now();
    const now = Math.floor(nowMs / 1000);
    const { strength } = session;
    const token = await new SignJWT({
      name: session.accountName,
      realm: session.realm,
      ...(session.groups.length === 0 ? {} : { groups: [...session.groups] }),
      sid: session.id,
      amr: [...strength.amr],
      acr: strength.acr,
      auth_time: Math.floor(strength.authTime / 1000),
    })
      .setProtectedHeader({ alg: 'ES256', typ: ASSERTION_TYPE, kid: key.id })
      .setIssuer(app.origin)
      .setAudience(app.id)
      .setSubject(session.accountId)
      .setIssuedAt(now)
      .setNotBefore(now)
      .setExpirationTime(now + ASSERTION_LIFE_S)
      .setJti(randomToken(this.#random, 16))
      .sign(key.privateKey);
    cache.set(session, { token, freshUntil: nowMs + FRESH_MS, app });
    return token;
  }
}
