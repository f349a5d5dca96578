import { SallyportError } from '../../errors.ts';
import type { LogStore, SaltedRow } from '../../store/log-types.ts';
import { fromBase64 } from '../../tlog/base64.ts';
import { Covering, type Node } from '../../tlog/cover.ts';
import { disclose, leafHashOf } from '../../tlog/leaf.ts';
import type { Shows } from './shown.ts';

const PAGE = 2000;

/** An entry as the statements are made of it: what is shown, and nothing else. */
export interface View {
  readonly index: number;
  readonly values: ReadonlyMap<string, unknown>;
}

const broken = (index: number) =>
  new SallyportError('sealed-value-invalid', `The record was altered at leaf ${index}: "audit verify" says more`);

/**
 * Goes once through the leaves of the record, up to `size`, and yields the lines of the entries that are shown. What else a pack
 * needs of them is kept: all hashes (32 bytes each), the nodes of the rest, and what is shown.
 */
export class RecordPass {
  readonly views: View[] = [];
  readonly nodes: Node[] = [];
  readonly hashes: Buffer;
  /** Digests that shown entries name, and of these those that tell of nobody: slices of configurations, and bills of materials. */
  readonly named = new Set<string>();
  readonly nobodys = new Set<string>();
  readonly #covering = new Covering();
  readonly #shows: (row: SaltedRow) => Shows | null;

  constructor(size: number, shows: (row: SaltedRow) => Shows | null) {
    this.hashes = Buffer.alloc(size * 32);
    this.#shows = shows;
  }

  /** `onLeaf` hears how far it has come. Throws `sealed-value-invalid` where leaves are missing, or an entry is not the one that was sealed. */
  async *lines(
    log: Pick<LogStore, 'leaves'>,
    onLeaf: (index: number) => void,
  ): AsyncGenerator<string, void, undefined> {
    const size = this.hashes.length / 32;
    for (let from = 0; from < size; ) {
      const rows = await log.leaves({ from, limit: Math.min(PAGE, size - from) });
      if (rows.length === 0) throw broken(from);
      for (const { idx, hash, entry } of rows) {
        const bytes = fromBase64(hash, 32);
        if (idx !== from || bytes === undefined) throw broken(from);
        from += 1;
        const shows = entry === null ? null : this.#shows(entry);
        this.hashes.set(bytes, idx * 32);
        for (const node of this.#covering.leaf(bytes, shows !== null)) this.nodes.push(node);
        if (entry !== null && shows !== null) yield this.#line({ index: idx, leaf: bytes }, entry, shows);
      }
      onLeaf(from);
    }
    for (const node of this.#covering.end()) this.nodes.push(node);
  }

  #line({ index, leaf }: { index: number; leaf: Buffer }, entry: SaltedRow, shows: Shows): string {
    // Nobody is given a pack that no verifier would take.
    if (!leafHashOf(entry).equals(leaf)) throw broken(index);
    const fields = disclose(entry, shows);
    const values = new Map<string, unknown>();
    for (const field of fields) {
      if ('commitment' in field) continue;
      const value: unknown = JSON.parse(field.text);
      values.set(field.name, value);
      if (!field.name.startsWith('detail.') || typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) continue;
      // That names of a list were erased does not make it one that was read by then.
      if (entry.kind !== 'roster.erased') this.named.add(value);
      if (/^detail\.(?:sbom|slice\.[0-9]+)$/.test(field.name)) this.nobodys.add(value);
    }
    this.views.push({ index, values });
    return `${JSON.stringify({ index, fields })}\n`;
  }

  *nodeLines(): Generator<string, void, undefined> {
    for (const { level, index, hash } of this.nodes)
      yield `${JSON.stringify({ level, index, hash: hash.toString('base64') })}\n`;
  }
}
