import type { Config } from '../config/types.ts';
import type { Random } from '../lib/random.ts';
import { loadMasterKey } from './master-key.ts';
import { openStore, type StoreDeps } from './open.ts';
import { createSeal, KEY_CHECK, type Seal, verifyMasterKey } from './seal.ts';
import type { WholeStore } from './types.ts';

/**
 * Opens and migrates the store, loads the master key (creating it only for a database that was never sealed) and checks
 * that the two belong together. Throws `store-unavailable` or `keys-unavailable`; nothing stays open then.
 */
export async function openSealedStore(
  config: Pick<Config, 'store' | 'masterKeyFile'> & Partial<Pick<Config, 'nodes'>>,
  deps: StoreDeps & { readonly random: Random },
): Promise<{ store: WholeStore; seal: Seal }> {
  const store = await openStore(config.store, config.nodes === undefined ? deps : { ...deps, nodes: config.nodes });
  try {
    const create = (await store.meta.get(KEY_CHECK)) === undefined;
    const seal = createSeal(loadMasterKey(config.masterKeyFile, { create, random: deps.random }), deps.random);
    await verifyMasterKey(store, seal);
    return { store, seal };
  } catch (error) {
    await store.close();
    throw error;
  }
}
