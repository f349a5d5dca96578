import { EMPTY_ROOT, HASH_BYTES, isSize, nodeHash } from './tree.ts';

/** The largest power of two that is smaller than `size`, which is at least 2. */
function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2;
  return half;
}

/**
 * The hashes of all leaves, and of all complete subtrees above them, made once: from these every root and every proof is
 * read, in the tree as it is and as it was at any smaller size. Takes 64 bytes a leaf.
 */
export class Levels {
  readonly #levels: Buffer[];
  readonly size: number;

  /** `leaves`: the hashes of the leaves, one after the other. It is kept, not copied. */
  constructor(leaves: Buffer) {
    if (leaves.length % HASH_BYTES !== 0) throw new RangeError('a hash is 32 bytes long');
    this.size = leaves.length / HASH_BYTES;
    this.#levels = [leaves];
    for (let below = leaves; below.length >= 2 * HASH_BYTES; ) {
      const level = Buffer.allocUnsafe(Math.floor(below.length / (2 * HASH_BYTES)) * HASH_BYTES);
      for (let at = 0; at < level.length; at += HASH_BYTES)
        level.set(nodeHash(part(below, 2 * at), part(below, 2 * at + HASH_BYTES)), at);
      this.#levels.push(level);
      below = level;
    }
  }

  /** The root of the complete subtree that covers the leaves from index·2^level to (index + 1)·2^level − 1. */
  node(level: number, index: number): Buffer {
    const found = this.#levels[level];
    if (found === undefined || !isSize(index) || (index + 1) * HASH_BYTES > found.length)
      throw new RangeError('there is no such complete subtree');
    return part(found, index * HASH_BYTES);
  }

  /** RFC 9162 §2.1.1: the root of the first `size` leaves. */
  root(size = this.size): Buffer {
    this.#within(size);
    return size === 0 ? EMPTY_ROOT : this.#root(0, size);
  }

  /** RFC 9162 §2.1.3.1: the proof that the leaf at `index` is in the tree of `size`. */
  inclusion(index: number, size = this.size): Buffer[] {
    this.#within(size);
    if (!isSize(index) || index >= size) throw new RangeError('there is no such leaf in a tree of that size');
    const proof: Buffer[] = [];
    for (let [from, to] = [0, size]; to - from > 1; ) {
      const middle = from + split(to - from);
      if (index < middle) {
        proof.push(this.#root(middle, to));
        to = middle;
      } else {
        proof.push(this.#root(from, middle));
        from = middle;
      }
    }
    return proof.reverse();
  }

  /** RFC 9162 §2.1.4.1: the proof that the tree of `size` begins with that of `older`, which is not empty. */
  consistency(older: number, size = this.size): Buffer[] {
    this.#within(size);
    if (!isSize(older) || older === 0 || older > size) throw new RangeError('there is no proof from that size');
    const proof: Buffer[] = [];
    let [from, to] = [0, size];
    // `older` is a whole subtree of the old tree as long as nothing stands to the left of what is looked at.
    while (older !== to) {
      const middle = from + split(to - from);
      if (older <= middle) {
        proof.push(this.#root(middle, to));
        to = middle;
      } else {
        proof.push(this.#root(from, middle));
        from = middle;
      }
    }
    if (from > 0) proof.push(this.#root(from, to));
    return proof.reverse();
  }

  #within(size: number): void {
    if (!isSize(size) || size > this.size) throw new RangeError('the tree is smaller');
  }

  /** The root of some leaves that begin where a complete subtree of at least their size may. */
  #root(from: number, to: number): Buffer {
    let root: Buffer | undefined;
    // From the right: the complete subtrees there are the smallest.
    for (let [rest, level] = [to - from, 0]; rest > 0; rest = Math.floor(rest / 2), level += 1) {
      if (rest % 2 === 0) continue;
      const left = this.node(level, from / 2 ** level + rest - 1);
      root = root === undefined ? left : nodeHash(left, root);
    }
    return root ?? EMPTY_ROOT;
  }
}

const part = (hashes: Buffer, at: number): Buffer => hashes.subarray(at, at + HASH_BYTES);

/** No tree is as high. */
const MAX_PROOF = 64;

function areHashes(ends: readonly Uint8Array[], proof: readonly Uint8Array[]): boolean {
  return proof.length <= MAX_PROOF && [...ends, ...proof].every(({ length }) => length === HASH_BYTES);
}

const same = (a: Uint8Array, b: Uint8Array) => Buffer.compare(a, b) === 0;

/** A leaf and the place where it is said to be. */
export interface Place {
  readonly hash: Uint8Array;
  readonly index: number;
  readonly size: number;
}

/** RFC 9162 §2.1.3.2: whether the proof shows that a leaf stands where it is said to, in the tree with that root. */
export function verifyInclusion({ hash, index, size }: Place, proof: readonly Uint8Array[], root: Uint8Array): boolean {
  if (!isSize(index) || !isSize(size) || index >= size || !areHashes([hash, root], proof)) return false;
  let [node, last] = [index, size - 1];
  let reached = hash;
  for (const step of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      reached = nodeHash(step, reached);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else reached = nodeHash(reached, step);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(reached, root);
}

/** The head of a tree: its size and its root. */
export interface Head {
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * RFC 9162 §2.1.4.2: whether the proof shows that the newer tree begins with the older one. Of the empty tree, which every tree
 * begins with, and between equals the proof is empty.
 */
export function verifyConsistency(older: Head, newer: Head, proof: readonly Uint8Array[]): boolean {
  if (!isSize(older.size) || !isSize(newer.size) || older.size > newer.size) return false;
  if (!areHashes([older.root, newer.root], proof)) return false;
  if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && same(older.root, EMPTY_ROOT);
  let [node, last] = [older.size - 1, newer.size - 1];
  while (node % 2 === 1) [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  // Where the older tree is a complete subtree its root begins the path, and is not sent.
  const [first, ...steps] = node === 0 ? [older.root, ...proof] : proof;
  if (first === undefined) return false;
  let [before, after] = [first, first];
  for (const step of steps) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      before = nodeHash(step, before);
      after = nodeHash(step, after);
      while (node % 2 === 0 && node !== 0) [node, last] = [node / 2, Math.floor(last / 2)];
    } else after = nodeHash(after, step);
    [node, last] = [Math.floor(node / 2), Math.floor(last / 2)];
  }
  return last === 0 && same(before, older.root) && same(after, newer.root);
}
