import { LogFault } from './fault.ts';
import { Frontier, isSize, levelAt, nodeHash } from './tree.ts';

/** The root of a complete subtree: it covers the leaves from index·2^level to (index + 1)·2^level − 1. */
export interface Node {
  readonly level: number;
  readonly index: number;
  readonly hash: Buffer;
}

/**
 * Goes through the leaves of a tree from left to right and yields the largest complete subtrees without a shown leaf, left to
 * right as well. Holds at most two nodes for each level of the tree; takes a hash for each leaf that is not shown.
 */
export class Covering {
  #size = 0;
  /** What is not shown since the last shown leaf. Neighbours that are halves of one subtree have become it. */
  #run: Node[] = [];

  get size(): number {
    return this.#size;
  }

  /** The next leaf. A shown one ends what is hidden to its left, which is returned. */
  leaf(hash: Buffer, shown: boolean): Node[] {
    const index = this.#size;
    this.#size += 1;
    if (shown) return this.end();
    let node: Node = { level: 0, index, hash };
    for (let left = this.#run.at(-1); left !== undefined && areHalves(left, node); left = this.#run.at(-1)) {
      this.#run.pop();
      node = { level: node.level + 1, index: left.index / 2, hash: nodeHash(left.hash, node.hash) };
    }
    this.#run.push(node);
    return [];
  }

  /** What is hidden to the right of the last shown leaf. */
  end(): Node[] {
    const run = this.#run;
    this.#run = [];
    return run;
  }
}

const areHalves = (left: Node, right: Node) =>
  left.level === right.level && left.index % 2 === 0 && left.index + 1 === right.index;

/** The cover of leaves whose hashes are given, without those at `shown`, which ascends. */
export function* cover(hashes: Iterable<Buffer>, shown: Iterable<number>): Generator<Node> {
  const covering = new Covering();
  const next = shown[Symbol.iterator]();
  let at = next.next();
  for (const hash of hashes) {
    const isShown = at.done !== true && at.value === covering.size;
    yield* covering.leaf(hash, isShown);
    if (isShown) at = next.next();
  }
  if (at.done !== true) throw new RangeError('what is shown does not ascend, or is beyond the tree');
  yield* covering.end();
}

/** Puts entries (of level 0) and nodes together, which come left to right, and says what root they have. */
export class Covered {
  readonly #frontier = new Frontier();

  /** How many leaves are covered. */
  get size(): number {
    return this.#frontier.size;
  }

  /** The next one. Throws `LogFault` unless it begins where the last one ended, and is a complete subtree. */
  add({ level, index, hash }: Node): void {
    const from = index * 2 ** level;
    if (!isSize(level) || !isSize(index) || !isSize(from) || from !== this.size || levelAt(from) < level)
      throw new LogFault('cover', `Leaf ${this.size} is not covered exactly once.`);
    this.#frontier.add(level, hash);
  }

  /** The root of a tree of that size. Throws `LogFault` where less or more is covered. */
  root(size: number): Buffer {
    if (this.size !== size) throw new LogFault('cover', `${this.size} leaves are covered, and not ${size}.`);
    return this.#frontier.root();
  }
}

/**
 * The root of a tree of that size, from the leaf hashes of what is shown and the nodes of the rest, each by its place, left to
 * right: one pass over both. Throws `LogFault` unless together they cover each leaf once.
 */
export function coveredRoot(
  size: number,
  shown: Iterable<{ readonly index: number; readonly hash: Buffer }>,
  nodes: Iterable<Node>,
): Buffer {
  const covered = new Covered();
  const rest = nodes[Symbol.iterator]();
  let node = rest.next();
  for (const { index, hash } of shown) {
    for (; node.done !== true && covered.size < index; node = rest.next()) covered.add(node.value);
    covered.add({ level: 0, index, hash });
  }
  for (; node.done !== true; node = rest.next()) covered.add(node.value);
  return covered.root(size);
}
