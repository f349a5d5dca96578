import { type Range, readRanges } from '../lib/ranges.ts';
import type { AuditRow, AuditStore } from '../store/types.ts';

/** Kinds of entries that name others which are gone. */
export const NAMING = ['audit.dropped', 'audit.erased'] as const;
export type Naming = (typeof NAMING)[number];

const PAGE = 500;

interface Named {
  readonly range: Range;
  readonly by: { readonly seq: number; readonly kind: Naming };
}

/** The numbers that an entry names which are gone: `seqs` of its detail. */
export function seqsOf(detail: string): readonly Range[] {
  try {
    const { seqs } = JSON.parse(detail) as { readonly seqs?: unknown };
    return (typeof seqs === 'string' ? readRanges(seqs) : undefined) ?? [];
  } catch {
    return [];
  }
}

/** Which entries are gone, and by which entry that is said; in memory by ranges, of which each day has a few. */
export class Accounted {
  readonly #audit: Pick<AuditStore, 'list'>;
  #named: readonly Named[] = [];
  #upTo = new Map<Naming, number>();

  constructor(audit: Pick<AuditStore, 'list'>) {
    this.#audit = audit;
  }

  /** Reads what has been named since it was last read; whether that was anything. */
  async load(): Promise<boolean> {
    const found: Named[] = [];
    for (const kind of NAMING) {
      for (;;) {
        const rows: readonly AuditRow[] = await this.#audit.list({
          after: this.#upTo.get(kind) ?? 0,
          limit: PAGE,
          kind,
        });
        for (const { seq, detail } of rows)
          for (const range of seqsOf(detail)) found.push({ range, by: { seq, kind } });
        this.#upTo.set(kind, rows.at(-1)?.seq ?? this.#upTo.get(kind) ?? 0);
        if (rows.length < PAGE) break;
      }
    }
    if (found.length > 0) this.#named = [...this.#named, ...found].sort((a, b) => a.range[0] - b.range[0]);
    return found.length > 0;
  }

  /** The entry that names a number; undefined: none does. */
  by(seq: number): Named['by'] | undefined {
    let [low, high] = [0, this.#named.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#named[middle]?.range[0] ?? 0) <= seq) low = middle + 1;
      else high = middle;
    }
    const named = this.#named[low - 1];
    return named !== undefined && named.range[1] >= seq ? named.by : undefined;
  }
}
