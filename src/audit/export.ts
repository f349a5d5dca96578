import type { LogStore, SaltedRow, SealedRow } from '../store/log-types.ts';
import { Covering, type Node } from '../tlog/cover.ts';
import { formatVerifierKey, type VerifierKey } from '../tlog/key.ts';
import { disclose } from '../tlog/leaf.ts';

const PAGE = 1_000;

/** The first line of an export that can be verified. */
export const EXPORT_FORMAT = 'sallyport record v1';

/** Entries that are exported: by their moment, ms, from the one and before the other. */
export interface Span {
  readonly from: number;
  readonly before: number;
}

/** An entry with its leaf, as every form of an export has it. */
export type Exported = SealedRow & { readonly entry: SaltedRow };

export const isWithin = ({ from, before }: Span, { entry }: SealedRow): boolean =>
  entry !== null && entry.at >= from && entry.at < before;

/** The leaves of a log from the first, in pages; so many of them. */
export async function* leavesOf(log: Pick<LogStore, 'leaves'>, size: number): AsyncGenerator<SealedRow> {
  for (let from = 0; from < size; ) {
    const rows = await log.leaves({ from, limit: Math.min(PAGE, size - from) });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    from = last.idx + 1;
  }
}

/** A head, and the key that signed it. */
export interface Head {
  readonly key: VerifierKey;
  readonly size: number;
  readonly note: string;
}

const nodeLine = ({ level, index, hash }: Node) =>
  JSON.stringify({ node: { level, index, hash: hash.toString('base64') } });

/**
 * Lines of JSON by which entries can be verified without the store: the form and the key; then, from left to right, each entry by its
 * index with its fields and their salts, and the largest subtrees of what is not shown; last the head. What is gone, and what is
 * outside of the span, is seen to be there, and nothing else.
 */
export async function* exportLines(
  log: Pick<LogStore, 'leaves'>,
  { key, size, note }: Head,
  span: Span,
): AsyncGenerator<string> {
  const [from, before] = [span.from, span.before].map((ms) =>
    Number.isFinite(ms) ? new Date(ms).toISOString() : null,
  );
  yield JSON.stringify({ format: EXPORT_FORMAT, key: formatVerifierKey(key), size, from, before });
  const covering = new Covering();
  let entries = 0;
  for await (const row of leavesOf(log, size)) {
    const isShown = isWithin(span, row);
    for (const node of covering.leaf(Buffer.from(row.hash, 'base64'), isShown)) yield nodeLine(node);
    if (!isShown || row.entry === null) continue;
    entries += 1;
    yield JSON.stringify({ index: row.idx, fields: disclose(row.entry, () => true) });
  }
  for (const node of covering.end()) yield nodeLine(node);
  yield JSON.stringify({ checkpoint: note, entries });
}
