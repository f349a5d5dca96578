import { logSigner, newLogKey } from '../../src/audit/log-key.ts';
import { Sealer } from '../../src/audit/sealer.ts';
import { type Clock, systemClock } from '../../src/lib/clock.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { createSeal } from '../../src/store/seal.ts';
import type { Store } from '../../src/store/types.ts';
import type { Signer } from '../../src/tlog/key.ts';

const SEAL = createSeal(Buffer.alloc(32, 7), systemRandom);

/** The key of the log of a store that no server has opened; made at first use, as it would be. */
export async function logKey(store: Pick<Store, 'log'>, clock: Clock = systemClock): Promise<Signer> {
  await store.log.putKey(newLogKey(SEAL, systemRandom, clock.now()));
  const [row] = await store.log.keys();
  if (row === undefined) throw new Error('no key');
  return logSigner(row, SEAL);
}

/** A sealer on such a store, which begins nothing by itself. */
export function sealerOn(store: Pick<Store, 'log'>, clock: Clock = systemClock, ordered = false): Sealer {
  return new Sealer({ store, clock, key: () => logKey(store, clock), ordered });
}

/** Gives everything that is on record its place. */
export async function sealAll(store: Pick<Store, 'log'>, clock: Clock = systemClock): Promise<number> {
  return sealerOn(store, clock).turn();
}
