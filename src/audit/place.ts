import { SallyportError } from '../errors.ts';
import type { LeafRow, Placed, SaltedRow, TreeState } from '../store/log-types.ts';
import { openCheckpoint, signCheckpoint } from '../tlog/checkpoint.ts';
import type { Signer } from '../tlog/key.ts';
import { leafHashOf } from '../tlog/leaf.ts';
import { Frontier } from '../tlog/tree.ts';

const altered = (cause?: unknown) =>
  new SallyportError(
    'conflict',
    'The tree of the record is not the one that was signed: nothing is placed in it until "sallyport audit verify" says why.',
    { cause },
  );

/** The tree as it stands, if it is the one that was signed last. Throws `conflict`. */
function standing({ size, frontier: text, note }: TreeState, key: Signer): Frontier {
  try {
    const frontier = Frontier.parse(size, text);
    if (note === null && size === 0) return frontier;
    const head = openCheckpoint(note ?? '', key);
    if (head.size === size && head.root.equals(frontier.root())) return frontier;
  } catch (cause) {
    throw altered(cause);
  }
  throw altered();
}

/**
 * Gives entries the next places of a tree, and signs its head. What was not signed before is not built upon: a tree that somebody
 * altered does not get a good signature by growing. `at`: ms.
 */
export function placeEntries(
  tree: TreeState,
  entries: readonly SaltedRow[],
  key: Signer,
  { at, keep }: Pick<Placed, 'at' | 'keep'>,
): Placed {
  const frontier = standing(tree, key);
  const leaves: LeafRow[] = [];
  for (const entry of entries) {
    const hash = leafHashOf(entry);
    leaves.push({ idx: frontier.size, seq: entry.seq, hash: hash.toString('base64'), sealedAt: at });
    frontier.append(hash);
  }
  const head = { origin: key.name, size: frontier.size, root: frontier.root() };
  return {
    leaves,
    tree: { size: head.size, frontier: frontier.serialise() },
    note: signCheckpoint(head, key),
    keep,
    at,
  };
}
