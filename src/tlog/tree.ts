import { hash } from 'node:crypto';
import { fromBase64 } from './base64.ts';
import { LogFault } from './fault.ts';

/** Bytes of a hash: SHA-256 throughout. */
export const HASH_BYTES = 32;
/** Sizes and indexes are whole numbers that a double holds exactly. */
export const MAX_SIZE = Number.MAX_SAFE_INTEGER;

/** RFC 9162 §2.1.1: the root of no leaves. */
export const EMPTY_ROOT: Buffer = hash('sha256', Buffer.alloc(0), 'buffer');

const LEAF = 0x00;
const NODE = 0x01;

/** Whether it is a size, or an index. */
export function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

/** RFC 9162 §2.1.1: SHA-256(0x00 ‖ data). Text is hashed as UTF-8. */
export function leafHash(data: string | Uint8Array): Buffer {
  if (typeof data === 'string') return hash('sha256', `\u0000${data}`, 'buffer');
  const bytes = Buffer.allocUnsafe(data.length + 1);
  bytes[0] = LEAF;
  bytes.set(data, 1);
  return hash('sha256', bytes, 'buffer');
}

/** One for all: it is filled and hashed before anybody else can come. */
const pair = Buffer.alloc(1 + 2 * HASH_BYTES, NODE);

/** RFC 9162 §2.1.1: SHA-256(0x01 ‖ left ‖ right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  if (left.length !== HASH_BYTES || right.length !== HASH_BYTES) throw new RangeError('a hash is 32 bytes long');
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return hash('sha256', pair, 'buffer');
}

/** The level of the largest complete subtree that may begin at `index`: the number of times that 2 divides it. */
export function levelAt(index: number): number {
  if (index === 0) return Number.POSITIVE_INFINITY;
  let level = 0;
  for (let rest = index; rest % 2 === 0; rest /= 2) level += 1;
  return level;
}

/** Levels of the complete subtrees of a tree, from left to right: where its size, in binary, has a one. */
export function subtreesOf(size: number): number[] {
  const levels: number[] = [];
  for (let rest = size, level = 0; rest > 0; rest = Math.floor(rest / 2), level += 1)
    if (rest % 2 === 1) levels.unshift(level);
  return levels;
}

/**
 * The roots of the complete subtrees of a tree, left to right: all that is needed to let it grow. A leaf costs one hash on
 * average, and at most as many as the tree is high.
 */
export class Frontier {
  #size = 0;
  readonly #roots: { readonly level: number; readonly hash: Buffer }[] = [];

  get size(): number {
    return this.#size;
  }

  /** Adds the hash of the next leaf. */
  append(hash: Uint8Array): void {
    this.add(0, hash);
  }

  /**
   * Adds the root of the next complete subtree, of 2^level leaves. Throws `RangeError` where none of that level may begin, and
   * when the tree would be larger than `MAX_SIZE`.
   */
  add(level: number, hash: Uint8Array): void {
    const leaves = 2 ** level;
    if (!Number.isInteger(level) || level < 0 || levelAt(this.#size) < level || this.#size + leaves > MAX_SIZE)
      throw new RangeError('no complete subtree of that level begins here');
    if (hash.length !== HASH_BYTES) throw new RangeError('a hash is 32 bytes long');
    let [root, at]: [Buffer, number] = [Buffer.from(hash), level];
    for (let left = this.#roots.at(-1); left !== undefined && left.level === at; left = this.#roots.at(-1)) {
      this.#roots.pop();
      root = nodeHash(left.hash, root);
      at += 1;
    }
    this.#roots.push({ level: at, hash: root });
    this.#size += leaves;
  }

  /** RFC 9162 §2.1.1: the root of the tree as it is. */
  root(): Buffer {
    const right = this.#roots.at(-1);
    if (right === undefined) return EMPTY_ROOT;
    let root = right.hash;
    for (let i = this.#roots.length - 2; i >= 0; i -= 1) root = nodeHash(this.#roots[i]?.hash ?? root, root);
    return root;
  }

  /** Roots, left to right, in base64, with a space between; empty without a leaf. */
  serialise(): string {
    return this.#roots.map(({ hash }) => hash.toString('base64')).join(' ');
  }

  /** What was serialised of a tree of that size. Throws `LogFault`. */
  static parse(size: number, text: string): Frontier {
    const wrong = () => new LogFault('frontier', 'The subtrees are not those of a tree of that size.');
    if (!isSize(size)) throw wrong();
    const levels = subtreesOf(size);
    if (text.length !== Math.max(0, levels.length * 45 - 1)) throw wrong();
    const frontier = new Frontier();
    const roots = text === '' ? [] : text.split(' ');
    if (roots.length !== levels.length) throw wrong();
    for (const [i, level] of levels.entries()) {
      const hash = fromBase64(roots[i] ?? '', HASH_BYTES);
      if (hash === undefined) throw wrong();
      frontier.add(level, hash);
    }
    return frontier;
  }
}
