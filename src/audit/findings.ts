/** What can be wrong with a record. */
export type Wrong =
  /** An entry, or its leaf, is not what was sealed. */
  | 'altered'
  /** Leaves are gone, or an entry is and nothing accounts for it. */
  | 'removed'
  /** An entry, or a place, is there twice. */
  | 'doubled'
  /** An entry stands after a later one, where numbers are sealed in their order: put there afterwards, or moved. */
  | 'out-of-order'
  /** Leaves stand beyond the tree. */
  | 'inserted'
  /** All fits together, and has another root than a head that was signed: the past was written anew. */
  | 'rewritten'
  /** The same, of a head that somebody else has kept. */
  | 'fork'
  /** A head was signed of a larger log than there is. */
  | 'shortened'
  /** The tree, its head or its key is not what the leaves, or the signature, say. */
  | 'unsigned';

/** Where something is wrong, and what. */
export interface Finding {
  readonly what: Wrong;
  /** Of the first leaf that it is about; null: of none. */
  readonly index: number | null;
  /** Of the last, where it is known to be one of several. */
  readonly to: number | null;
  /** Number of the entry, where it is one. */
  readonly seq: number | null;
  /** A sentence. */
  readonly says: string;
}

/** Findings that are told; of more than these only the number. */
const TOLD = 20;

/** Gathers findings in the order in which they come, which is that of the log. */
export class Findings {
  readonly told: Finding[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(what: Wrong, says: string, at: { index?: number; to?: number; seq?: number } = {}): void {
    this.#count += 1;
    const { index = null, to = null, seq = null } = at;
    if (this.told.length < TOLD) this.told.push({ what, index, to, seq, says });
  }
}
