import type { AuditRow } from './row-types.ts';

/** An entry with the salt that its leaf is made with: 32 hexadecimal digits. */
export interface SaltedRow extends AuditRow {
  readonly salt: string;
}

/** How far the tree has come: its size, and the roots of its complete subtrees, left to right, base64, a space between. */
export interface TreeState {
  readonly size: number;
  readonly frontier: string;
  /** The newest head, signed; null before the first. */
  readonly note: string | null;
}

export interface LeafRow {
  readonly idx: number;
  readonly seq: number;
  /** Base64. */
  readonly hash: string;
  readonly sealedAt: number;
}

/** A leaf and the entry that it is of; null: dropped since its time was over, or erased. */
export interface SealedRow extends LeafRow {
  readonly entry: SaltedRow | null;
}

export interface CheckpointRow {
  readonly size: number;
  readonly at: number;
  /** A signed note, whole. */
  readonly note: string;
}

export interface CosignatureRow {
  readonly size: number;
  /** Of the witness. */
  readonly name: string;
  readonly line: string;
}

export interface LogKeyRow {
  readonly id: string;
  /** 32 bytes, base64. */
  readonly publicKey: string;
  /** Sealed. */
  readonly privateKey: string;
  readonly createdAt: number;
}

export type DocumentKind = 'configuration' | 'preset' | 'coverage' | 'sbom';

/** A text that entries name by its digest. */
export interface DocumentRow {
  /** SHA-256 of the text in UTF-8, hexadecimal. */
  readonly digest: string;
  readonly kind: DocumentKind;
  readonly text: string;
  readonly at: number;
}

export interface ReceiverRow {
  readonly name: string;
  /** Index of the next entry to be sent. */
  readonly position: number;
  /** JSON of the export's own. */
  readonly state: string;
}

/** Which entries without a leaf: those with a `seq` after the one and up to the other, in order, so many at most. */
export interface UnsealedQuery {
  readonly after: number;
  readonly upTo?: number;
  readonly limit: number;
}

/** What becomes of a tree and some entries: their leaves, the tree with them, and its signed head. */
export interface Placed {
  readonly leaves: readonly LeafRow[];
  readonly tree: Omit<TreeState, 'note'>;
  readonly note: string;
  /** Whether the head is kept for good. */
  readonly keep: boolean;
  readonly at: number;
}

/** How many entries were sealed at once, and the `seq` of the last of them. */
export interface SealedBatch {
  readonly sealed: number;
  readonly last: number;
}

/** The record as a transparency log (docs/decisions/0051). */
export interface LogStore {
  /** The tree, locked until the end of the transaction: whoever asks next waits. In a transaction alone. */
  forSealing(): Promise<TreeState>;
  state(): Promise<TreeState>;
  /**
   * Gives some entries their place, as one: under the lock of the tree `place` makes leaves of them and signs the head. It may be
   * asked several times, and has no other effects; what it throws undoes everything. Nothing is done where there are none.
   */
  seal(query: UnsealedQuery, place: (tree: TreeState, entries: readonly SaltedRow[]) => Placed): Promise<SealedBatch>;
  /** Entries without a leaf. */
  unsealed(query: UnsealedQuery): Promise<SaltedRow[]>;
  /** How many entries have no leaf, and the moment (`at`) of the oldest; reads all numbers of both tables, by and by. */
  waiting(): Promise<{ readonly count: number; readonly oldest: number | null }>;
  /** The largest `seq` that has a leaf; 0 when there is none. */
  sealedUpTo(): Promise<number>;
  /** Appends leaves and moves the tree from `from`, as one; throws `conflict` when the tree is elsewhere. */
  append(leaves: readonly LeafRow[], from: number, to: Omit<TreeState, 'note'>): Promise<void>;
  /** Keeps the signed head of exactly this size; false when the tree has grown meanwhile. */
  putHead(size: number, note: string): Promise<boolean>;
  /** Leaves by index, with their entries. */
  leaves(query: { readonly from: number; readonly limit: number }): Promise<SealedRow[]>;
  /** The same without entries. */
  hashes(query: { readonly from: number; readonly limit: number }): Promise<LeafRow[]>;
  /** Indexes of entries by their `seq`; those without a leaf are not in it. */
  indexesOf(seqs: readonly number[]): Promise<Map<number, number>>;
  /** Keeps a head for good; false when one of that size is kept already. */
  keepCheckpoint(row: CheckpointRow): Promise<boolean>;
  /** Kept heads by size, of those after `after`. */
  checkpoints(query: { readonly after: number; readonly limit: number }): Promise<CheckpointRow[]>;
  newestCheckpoint(): Promise<CheckpointRow | undefined>;
  /** The newest kept head that was signed at the moment or before it. */
  checkpointAt(at: number): Promise<CheckpointRow | undefined>;
  /** Stays as it was when the witness has signed that size before. */
  putCosignature(row: CosignatureRow): Promise<void>;
  cosignatures(size: number): Promise<CosignatureRow[]>;
  keys(): Promise<LogKeyRow[]>;
  /** False when there is a key already, which stays. */
  putKey(row: LogKeyRow): Promise<boolean>;
  /** Stays as it was when there is one of that digest. */
  putDocument(row: DocumentRow): Promise<void>;
  document(digest: string): Promise<DocumentRow | undefined>;
  receiver(name: string): Promise<ReceiverRow | undefined>;
  receivers(): Promise<ReceiverRow[]>;
  /** Inserts it, or puts it in the place of what was read, position and state; false when that is another (another node was quicker). */
  moveReceiver(row: ReceiverRow, from: Pick<ReceiverRow, 'position' | 'state'> | null): Promise<boolean>;
}
