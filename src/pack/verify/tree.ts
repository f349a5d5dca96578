import { same } from './bytes.ts';
import { HASH_BYTES, sha256 } from './sha256.ts';

/** RFC 9162 §2.1.1: what is hashed before a leaf, and before two nodes. */
const LEAF = Uint8Array.of(0x00);
const NODE = Uint8Array.of(0x01);

export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(LEAF, data);
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** Whether a complete subtree of 2^level leaves may begin at this leaf. */
function mayBegin(level: number, leaf: number): boolean {
  return level >= 0 && level <= 52 && Number.isInteger(level) && leaf % 2 ** level === 0;
}

/** Puts complete subtrees together, left to right, and says what root they have. Holds one for each level. */
export class Covered {
  #size = 0;
  readonly #roots: { readonly level: number; readonly hash: Uint8Array }[] = [];

  /** How many leaves are covered. */
  get size(): number {
    return this.#size;
  }

  /** The next subtree; false when it does not begin where the last one ended. */
  add(level: number, index: number, hash: Uint8Array): boolean {
    const from = index * 2 ** level;
    if (!mayBegin(level, from) || from !== this.#size || !Number.isSafeInteger(from + 2 ** level)) return false;
    let [root, at] = [hash, level];
    for (let left = this.#roots.at(-1); left !== undefined && left.level === at; left = this.#roots.at(-1)) {
      this.#roots.pop();
      root = nodeHash(left.hash, root);
      at += 1;
    }
    this.#roots.push({ level: at, hash: root });
    this.#size += 2 ** level;
    return true;
  }

  /** RFC 9162 §2.1.1. */
  root(): Uint8Array {
    let root: Uint8Array | undefined;
    for (let i = this.#roots.length - 1; i >= 0; i -= 1) {
      const left = this.#roots[i]?.hash;
      if (left !== undefined) root = root === undefined ? left : nodeHash(left, root);
    }
    return root ?? sha256();
  }
}

export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** RFC 9162 §2.1.4.2: whether the proof shows that the newer tree begins with the older one. */
export function isConsistent(older: TreeHead, newer: TreeHead, proof: readonly Uint8Array[]): boolean {
  if (older.size > newer.size || proof.length > 64 || proof.some(({ length }) => length !== HASH_BYTES)) return false;
  if (older.size === newer.size) return proof.length === 0 && same(older.root, newer.root);
  if (older.size === 0) return proof.length === 0 && same(older.root, sha256());
  let [node, last] = [older.size - 1, newer.size - 1];
  while (node % 2 === 1) [node, last] = [(node - 1) / 2, Math.floor(last / 2)];
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
