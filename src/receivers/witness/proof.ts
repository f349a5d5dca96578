import type { LogStore } from '../../store/log-types.ts';
import { fromBase64 } from '../../tlog/base64.ts';
import { LogFault } from '../../tlog/fault.ts';
import { Frontier } from '../../tlog/tree.ts';
import { NotTaken } from '../types.ts';

const PAGE = 5_000;

/** A part of a tree, from its first leaf to before its last, whose root stands in a proof. */
interface Part {
  readonly from: number;
  readonly to: number;
}

/** RFC 9162 §2.1.4.1: the parts of which a consistency proof has the roots, in its order. `older` is neither 0 nor `size`. */
export function partsOf(older: number, size: number): Part[] {
  const parts: Part[] = [];
  let [from, to] = [0, size];
  while (older !== to) {
    let half = 1;
    while (half * 2 < to - from) half *= 2;
    const middle = from + half;
    if (older <= middle) {
      parts.push({ from: middle, to });
      to = middle;
    } else {
      parts.push({ from, to: middle });
      from = middle;
    }
  }
  if (from > 0) parts.push({ from, to });
  return parts.reverse();
}

/** The hashes of some leaves of the log, in their order. Throws `NotTaken` where one is missing, or is no hash. */
async function* hashesOf(log: LogStore, from: number, to: number): AsyncGenerator<Buffer> {
  for (let at = from; at < to; ) {
    const rows = await log.hashes({ from: at, limit: Math.min(PAGE, to - at) });
    for (const { idx, hash } of rows) {
      const bytes = fromBase64(hash, 32);
      if (idx !== at || bytes === undefined) throw new NotTaken('the log has a gap');
      at += 1;
      yield bytes;
    }
    if (rows.length === 0) throw new NotTaken('the log has a gap');
  }
}

/**
 * Makes consistency proofs from the leaves in the store. Reads each leaf once: what lies before the older size is known by the
 * roots of its complete subtrees, which are kept from one proof to the next.
 */
export class Prover {
  readonly #log: LogStore;
  /** The complete subtrees of the log as it was. */
  #known = { size: 0, text: '' };

  constructor(log: LogStore) {
    this.#log = log;
  }

  /** The proof that the log of `size` begins with that of `older`; empty from 0, and between equals. */
  async between(older: number, size: number): Promise<Buffer[]> {
    if (older === 0 || older === size) return [];
    const before = await this.#upTo(older);
    const parts = partsOf(older, size);
    const roots = new Map(parts.filter(({ to }) => to <= older).map((part) => [part.from, before.get(part.from)]));
    const right = parts.filter(({ to }) => to > older).sort((a, b) => a.from - b.from);
    for (const { from, to } of right) {
      const part = new Frontier();
      for await (const hash of hashesOf(this.#log, from, to)) part.append(hash);
      roots.set(from, part.root());
    }
    return parts.map(({ from }) => {
      const root = roots.get(from);
      if (root === undefined) throw new NotTaken('the log has a gap');
      return root;
    });
  }

  /** The roots of the complete subtrees of the log of that size, by their first leaf. */
  async #upTo(size: number): Promise<Map<number, Buffer>> {
    const known = this.#known.size <= size ? this.#known : { size: 0, text: '' };
    const frontier = frontierOf(known.size, known.text);
    for await (const hash of hashesOf(this.#log, known.size, size)) frontier.append(hash);
    const text = frontier.serialise();
    this.#known = { size, text };
    return firstLeaves(size, text);
  }
}

function frontierOf(size: number, text: string): Frontier {
  try {
    return Frontier.parse(size, text);
  } catch (error) {
    if (error instanceof LogFault) throw new NotTaken('the log has a gap');
    throw error;
  }
}

/** Where each complete subtree of a tree begins, and its root: the largest first, as the size has ones in binary. */
function firstLeaves(size: number, text: string): Map<number, Buffer> {
  const roots = text.split(' ');
  const found = new Map<number, Buffer>();
  for (let [from, rest, i] = [0, size, 0]; rest > 0; i += 1) {
    const leaves = 2 ** Math.floor(Math.log2(rest));
    found.set(from, Buffer.from(roots[i] ?? '', 'base64'));
    from += leaves;
    rest -= leaves;
  }
  return found;
}
