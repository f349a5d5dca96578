import type { LogStore, SealedRow, TreeState } from '../store/log-types.ts';
import type { AuditStore } from '../store/types.ts';
import type { VerifierKey } from '../tlog/key.ts';
import { Accounted } from './accounted.ts';
import { type Finding, Findings } from './findings.ts';
import { Heads, type KeptHead, type KnownHead, keptHeads, knownHead } from './heads.ts';
import { Walk } from './walk.ts';

const PAGE = 1_000;

/** What is verified, and by what. */
export interface Verification {
  readonly store: { readonly log: LogStore; readonly audit: Pick<AuditStore, 'list'> };
  readonly key: VerifierKey;
  /** Heads that a reader has kept. */
  readonly kept: readonly KeptHead[];
  /** Whether entries are committed, and so sealed, in the order of their numbers. */
  readonly ordered: boolean;
  /** Hears how far it has come, every some thousand leaves. */
  readonly progress?: (done: number, of: number) => void;
}

/** What was found. Good when there is no finding. */
export interface Verified {
  readonly size: number;
  /** Base64. */
  readonly root: string;
  readonly dropped: number;
  readonly erased: number;
  /** Heads that the log was held against, and that were right. */
  readonly heads: number;
  readonly unsealed: { readonly count: number; readonly oldest: number | null };
  readonly findings: readonly Finding[];
  /** All findings, those that are not told too. */
  readonly found: number;
}

/** Heads that the store has kept, by size, read as they are needed. */
async function* storedHeads({ store }: Verification): AsyncGenerator<{ readonly size: number; readonly note: string }> {
  for (let after = -1; ; ) {
    const rows = await store.log.checkpoints({ after, limit: PAGE });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.size;
  }
}

/** Goes along the leaves and meets every head on the way. */
class Way {
  readonly walk: Walk;
  readonly heads: Heads;
  readonly #asked: Verification;
  readonly #findings: Findings;
  readonly #accounted: Accounted;
  #kept: KnownHead[];
  readonly #stored: AsyncGenerator<{ readonly size: number; readonly note: string }>;
  #next: KnownHead | null | undefined;

  constructor(asked: Verification, findings: Findings) {
    this.#asked = asked;
    this.#findings = findings;
    this.walk = new Walk(findings, asked.ordered);
    this.heads = new Heads(findings);
    this.#accounted = new Accounted(asked.store.audit);
    this.#stored = storedHeads(asked);
    this.#kept = keptHeads(asked.kept, { key: asked.key, findings });
  }

  async go(size: number): Promise<void> {
    await this.#accounted.load();
    await this.#meet();
    for (let from = 0; from < size; ) {
      const rows = await this.#asked.store.log.leaves({ from, limit: Math.min(PAGE, size - from) });
      for (const row of rows) await this.#leaf(row, size);
      const last = rows.at(-1);
      if (last === undefined) break;
      from = last.idx + 1;
      this.#asked.progress?.(from, size);
    }
  }

  /** Heads of a larger log than there is now. */
  async beyond(now: () => Promise<number>): Promise<void> {
    const first = await this.#storedHead();
    const left = [...this.#kept, ...(first === null ? [] : [first])].filter(({ size }) => size > this.walk.next);
    if (left.length === 0) return;
    const there = await now();
    for (const head of left) if (head.size > there) this.heads.beyond(head, there);
  }

  async #leaf(row: SealedRow, size: number): Promise<void> {
    if (row.idx >= size) return;
    // What was dropped while this is under way is named by an entry of meanwhile.
    if (row.entry === null && this.#accounted.by(row.seq) === undefined) await this.#accounted.load();
    this.walk.leaf(row, (seq) => this.#accounted.by(seq));
    await this.#meet();
  }

  async #meet(): Promise<void> {
    const { tree, broken } = this.walk;
    for (let [head] = this.#kept; head !== undefined && head.size <= tree.size; [head] = this.#kept) {
      this.#kept = this.#kept.slice(1);
      if (!broken) this.heads.met(head, tree.root(), this.walk.hint);
    }
    for (
      let head = await this.#storedHead();
      head !== null && head.size <= tree.size;
      head = await this.#storedHead()
    ) {
      this.#next = undefined;
      if (!broken && head.size === tree.size) this.heads.met(head, tree.root(), this.walk.hint);
    }
  }

  /** The next that the store has kept; null when there is none any more. */
  async #storedHead(): Promise<KnownHead | null> {
    while (this.#next === undefined) {
      const next = await this.#stored.next();
      if (next.done === true) this.#next = null;
      else this.#next = knownHead(next.value.note, { key: this.#asked.key, of: 'store', findings: this.#findings });
    }
    return this.#next;
  }
}

/** The tree that the store has must be that of its leaves, and its head signed. */
function checkTree(
  { size, frontier, note }: TreeState,
  { walk }: Way,
  on: { key: VerifierKey; findings: Findings },
): void {
  const { findings, key } = on;
  if (walk.next < size)
    findings.add('removed', `The leaves ${walk.next} to ${size - 1} are missing at the end of the log.`, {
      index: walk.next,
      to: size - 1,
    });
  else if (!walk.broken && walk.tree.serialise() !== frontier)
    findings.add('unsigned', 'The tree that the store has is not that of its leaves.', { index: 0, to: size - 1 });
  if (note === null && size === 0) return;
  const head = knownHead(note ?? '', { key, of: 'store', findings });
  if (head !== undefined && (head.size !== size || (!walk.broken && !head.root.equals(walk.tree.root()))))
    findings.add('unsigned', 'The newest head is not that of the tree.', { index: 0, to: size - 1 });
}

/** Entries that were relied on must be sealed themselves; newer ones may not be by now. */
async function checkNaming({ store }: Verification, way: Way, findings: Findings): Promise<void> {
  const unmet = way.walk.unmet();
  const places = await store.log.indexesOf(unmet);
  for (const seq of unmet) {
    const index = places.get(seq);
    if (index === undefined || index < way.walk.next)
      findings.add(
        'removed',
        `Entry ${seq} says of others that they were taken away, and is not sealed as it stands.`,
        { seq },
      );
  }
}

/**
 * Verifies a whole record (docs/decisions/0051): every leaf against its entry, the tree against its leaves, every head that was kept
 * against the tree, and what is gone against the entries that say so. Findings come in the order of the log; memory is flat.
 */
export async function verifyRecord(asked: Verification): Promise<Verified> {
  const { store, key } = asked;
  const findings = new Findings();
  const state = await store.log.state();
  const way = new Way(asked, findings);
  await way.go(state.size);
  checkTree(state, way, { key, findings });
  const size = async () => (await store.log.state()).size;
  await way.beyond(size);
  const [beyond] = await store.log.hashes({ from: await size(), limit: 1 });
  if (beyond !== undefined && beyond.idx >= (await size()))
    findings.add('inserted', `Entry ${beyond.seq} has the leaf ${beyond.idx}, which is beyond the tree.`, {
      index: beyond.idx,
      seq: beyond.seq,
    });
  await checkNaming(asked, way, findings);
  const { walk, heads } = way;
  return {
    size: state.size,
    root: walk.tree.root().toString('base64'),
    dropped: walk.gone['audit.dropped'],
    erased: walk.gone['audit.erased'],
    heads: heads.held,
    unsealed: await store.log.waiting(),
    findings: findings.told,
    found: findings.count,
  };
}
