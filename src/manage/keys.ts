import { addSigningKey, type Keyring, LEAD_MS } from '../assertions/keyring.ts';
import { record } from '../audit/audit.ts';
import type { Clock } from '../lib/clock.ts';
import type { Seal } from '../store/seal.ts';
import type { KeyRow, Store } from '../store/types.ts';

export interface KeyContext {
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: Clock;
  readonly actor: string;
}

/**
 * Adds a signing key and lets the older ones retire. With `now` it signs at once and every older key is withdrawn, which
 * apps that cache keys notice; else it is published first and signs when every cache can have it.
 */
export async function rotateKey(ctx: KeyContext, now: boolean): Promise<KeyRow> {
  return ctx.store.transaction(async (tx) => {
    const first = (await tx.keys.list()).length === 0;
    const row = await addSigningKey(tx, ctx.seal, ctx.clock, now || first ? 0 : LEAD_MS);
    const kind = first ? 'key.create' : 'key.rotate';
    await record(tx.audit, ctx.clock, { kind, outcome: 'ok', actor: ctx.actor, detail: { kid: row.id, now } });
    return row;
  });
}

/** Keeps a running server's ring of keys: loaded anew on every change and after a failure, rotated when it is time. */
export class KeyDuty {
  readonly #ctx: KeyContext;
  readonly #ring: Keyring;
  readonly #changed: () => void;

  /** `changed` is called around each reading of the ring: what was signed before, or meanwhile, is not handed out any more. */
  constructor(ctx: KeyContext, ring: Keyring, changed: () => void) {
    this.#ctx = ctx;
    this.#ring = ring;
    this.#changed = changed;
  }

  async reload(): Promise<void> {
    this.#changed();
    try {
      await this.#ring.load(this.#ctx.store);
    } finally {
      this.#changed();
    }
  }

  /** Adds a key when the newest is older than `everyMs`, or when there is none. */
  async rotateWhenDue(everyMs: number): Promise<void> {
    if (this.#ring.newestAge() < everyMs) return;
    await rotateKey(this.#ctx, false);
    await this.reload();
  }
}
