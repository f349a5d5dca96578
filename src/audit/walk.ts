import type { SealedRow } from '../store/log-types.ts';
import { fromBase64 } from '../tlog/base64.ts';
import { leafHashOf } from '../tlog/leaf.ts';
import { Frontier, HASH_BYTES } from '../tlog/tree.ts';
import type { Naming } from './accounted.ts';
import type { Findings } from './findings.ts';
import { Seen } from './seen.ts';

/** Who says that an entry is gone. */
export type NamedBy = (seq: number) => { readonly seq: number; readonly kind: Naming } | undefined;

/**
 * Goes through the leaves of a log in the order of their indexes: each is reckoned anew from its entry, and the tree from them.
 * Flat memory: the subtrees of the tree, and a bit for each number.
 */
export class Walk {
  readonly tree = new Frontier();
  /** Entries that are gone and accounted for. */
  readonly gone: Record<Naming, number> = { 'audit.dropped': 0, 'audit.erased': 0 };
  readonly #findings: Findings;
  readonly #ordered: boolean;
  readonly #seen = new Seen();
  /** Entries that name others, of which it is known that they are as they were sealed. */
  readonly #sound = new Set<number>();
  readonly #relied = new Set<number>();
  #next = 0;
  #last = -1;
  #broken = false;
  #hint: number | null = null;
  #before: SealedRow | null = null;

  /** `ordered`: numbers are sealed in their order, which is so where commits are. */
  constructor(findings: Findings, ordered: boolean) {
    this.#findings = findings;
    this.#ordered = ordered;
  }

  /** The index that comes next. */
  get next(): number {
    return this.#next;
  }

  /** Whether leaves are missing or doubled, so that no root can be that of any head. */
  get broken(): boolean {
    return this.#broken;
  }

  /**
   * The first index at which the order is not that of a sealer, which goes by numbers within a batch and by time from one to the
   * next; no proof of anything (clocks are set back), but the place to look at when a root is wrong.
   */
  get hint(): number | null {
    return this.#hint;
  }

  /** Entries that were relied on to name others, and were not met among the leaves so far. */
  unmet(): number[] {
    return [...this.#relied].filter((seq) => !this.#sound.has(seq));
  }

  leaf(row: SealedRow, namedBy: NamedBy): void {
    this.#place(row);
    this.#order(row);
    const hash = fromBase64(row.hash, HASH_BYTES);
    if (row.entry === null) this.#gone(row, namedBy);
    else if (hash === undefined || !leafHashOf(row.entry).equals(hash)) this.#altered(row);
    else if (row.entry.kind in this.gone) this.#sound.add(row.seq);
    if (hash === undefined) this.#broken = true;
    else this.tree.append(hash);
  }

  #place({ idx, seq }: SealedRow): void {
    if (idx > this.#next) {
      const to = idx - 1;
      const which = to === this.#next ? `The leaf ${to} is` : `The leaves ${this.#next} to ${to} are`;
      this.#findings.add('removed', `${which} missing, before entry ${seq} (index ${idx}).`, { index: this.#next, to });
    } else if (idx < this.#next)
      this.#findings.add('doubled', `There are two leaves ${idx}; the second is of entry ${seq}.`, { index: idx, seq });
    if (idx !== this.#next) this.#broken = true;
    this.#next = Math.max(this.#next, idx) + (idx < this.#next ? 0 : 1);
  }

  #order(row: SealedRow): void {
    const { idx, seq } = row;
    if (this.#seen.add(seq))
      this.#findings.add('doubled', `Entry ${seq} is there twice, the second time at index ${idx}.`, {
        index: idx,
        seq,
      });
    else if (this.#ordered && seq < this.#last)
      this.#findings.add(
        'out-of-order',
        `Entry ${seq} (index ${idx}) stands after entry ${this.#last}: it was moved, or put there afterwards.`,
        { index: idx, seq },
      );
    this.#last = Math.max(this.#last, seq);
    const { seq: left = seq - 1, sealedAt = 0 } = this.#before ?? {};
    if (row.sealedAt < sealedAt || (row.sealedAt === sealedAt && seq < left)) this.#hint ??= idx - 1;
    this.#before = row;
  }

  #gone({ idx, seq }: SealedRow, namedBy: NamedBy): void {
    const by = namedBy(seq);
    if (by === undefined)
      this.#findings.add('removed', `Entry ${seq} (index ${idx}) is gone, and no entry says why.`, { index: idx, seq });
    else {
      this.gone[by.kind] += 1;
      this.#relied.add(by.seq);
    }
  }

  #altered({ idx, seq }: SealedRow): void {
    this.#findings.add('altered', `Entry ${seq} (index ${idx}) is not what was sealed: it or its leaf was altered.`, {
      index: idx,
      seq,
    });
  }
}
