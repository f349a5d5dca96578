import { createHash } from 'node:crypto';
import type { Store } from '../../src/store/types.ts';
import { signCheckpoint } from '../../src/tlog/checkpoint.ts';
import { ED25519, privateKeyOf, type Signer, signer } from '../../src/tlog/key.ts';
import { leafHashOf } from '../../src/tlog/leaf.ts';
import { Frontier } from '../../src/tlog/tree.ts';

const SEED = createHash('sha256').update('the key of a log in tests').digest();
/** What a log in tests is named after, and its key. */
export const LOG_ID = '0123456789abcdef';
export const LOG_KEY: Signer = signer(`sallyport.record/${LOG_ID}`, ED25519, privateKeyOf(SEED));

/** Gives the log of a store the key of tests, unless it has one. */
export async function withLogKey(store: Store): Promise<void> {
  const publicKey = Buffer.from(LOG_KEY.publicKey).toString('base64');
  await store.log.putKey({ id: LOG_ID, publicKey, privateKey: '', createdAt: 1 });
}

/** Entries that nobody needs to look at: the number of each stands in its detail. */
export async function written(store: Store, count: number, from = 0, at = 1_764_460_800_000): Promise<void> {
  for (let n = from; n < from + count; n += 1)
    await store.audit.append({
      ...{ at: at + n, kind: n % 3 === 0 ? 'session.open' : 'account.set', outcome: 'ok', actor: 'system' },
      ...{ accountId: `acc-${n}`, sessionId: null, appId: 'portal', source: '192.0.2.7' },
      detail: JSON.stringify({ n }),
    });
}

/** Seals everything that is written, as the sealer does, and signs the head; `keep`: for good. */
export async function sealAll(store: Store, { keep = false, at = 1_764_460_900_000 } = {}): Promise<number> {
  return store.transaction(async (tx) => {
    const tree = await tx.log.forSealing();
    const rows = await tx.log.unsealed({ after: 0, limit: 10_000 });
    const frontier = Frontier.parse(tree.size, tree.frontier);
    const leaves = rows.map((entry) => {
      const hash = leafHashOf(entry);
      const leaf = { idx: frontier.size, seq: entry.seq, hash: hash.toString('base64'), sealedAt: at };
      frontier.append(hash);
      return leaf;
    });
    const to = { size: frontier.size, frontier: frontier.serialise() };
    if (leaves.length > 0) await tx.log.append(leaves, tree.size, to);
    const note = signCheckpoint({ origin: LOG_KEY.name, size: to.size, root: frontier.root() }, LOG_KEY);
    await tx.log.putHead(to.size, note);
    if (keep) await tx.log.keepCheckpoint({ size: to.size, at, note });
    return to.size;
  });
}
