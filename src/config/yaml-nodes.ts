import { type Alias, isAlias, isMap, isNode, isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

/** A place in a file, as a chain upwards: cheap to make for every node. Undefined is the top. */
export type At = { readonly up: At; readonly step: string | number } | undefined;

export interface PlainFault {
  readonly offset: number;
  readonly at: At;
  readonly message: string;
}

export function pathOf(at: At): readonly (string | number)[] {
  const steps: (string | number)[] = [];
  for (let each = at; each !== undefined; each = each.up) steps.push(each.step);
  return steps.reverse();
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

type Targets = ReadonlyMap<Alias, Node>;

const TWICE = 'This key stands here twice. Keep one of the two.';
const WORD = 'A key must be a plain word here.';
const MERGE =
  'Merge keys (<<) are not possible here. Write the options out, or repeat a whole block by an alias (*name).';

/** All nodes of a document, seen once in their order: where they begin, what aliases stand for, and keys that cannot be. */
export class Nodes {
  readonly faults: PlainFault[] = [];
  readonly #targets = new Map<Alias, Node>();
  readonly #anchors = new Map<string, Node>();
  readonly #starts: { readonly offset: number; readonly at: At }[] = [];

  get targets(): Targets {
    return this.#targets;
  }

  /** The last node that begins at or before an offset. */
  before(offset: number): { readonly offset: number; readonly at: At } {
    return this.#starts.findLast((node) => node.offset <= offset) ?? { offset: 0, at: undefined };
  }

  see(node: unknown, at?: At): void {
    if (!isNode(node)) return;
    this.#starts.push({ offset: startOf(node) ?? 0, at });
    if (isAlias(node)) this.#alias(node, at);
    else if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (isMap(node)) this.#map(node, at);
    if (isSeq(node)) for (const [step, item] of node.items.entries()) this.see(item, { up: at, step });
  }

  /** An alias stands for the last anchor of its name above it (YAML 1.2.2 §7.1). */
  #alias(node: Alias, at: At): void {
    const target = this.#anchors.get(node.source);
    if (target !== undefined) this.#targets.set(node, target);
    else
      this.faults.push({
        offset: startOf(node) ?? 0,
        at,
        message: 'This alias (*name) names no anchor (&name) above it.',
      });
  }

  #map(map: YAMLMap, up: At): void {
    const keys = new Set<string>();
    for (const { key, value } of map.items) {
      const offset = startOf(key) ?? startOf(map) ?? 0;
      const at: At = { up, step: keyOf(key) };
      const fault = keyFault(key, keys);
      if (fault !== undefined) this.faults.push({ offset, at: isScalar(key) ? at : up, message: fault });
      keys.add(at.step as string);
      this.see(key, at);
      this.see(value, at);
    }
  }
}

/** Keys that plain objects cannot hold safely, or that a reader would take for something else. */
function keyFault(key: unknown, before: ReadonlySet<string>): string | undefined {
  if (!isScalar(key) || key.value === null) return WORD;
  if (key.value === '<<') return MERGE;
  if (key.value === '__proto__') return 'There is no such option.';
  return before.has(keyOf(key)) ? TWICE : undefined;
}

/** With aliases written out; a file may repeat parts, but a small one not become a large one. */
const MOST_VALUES = 200_000;
const DEEPEST = 64;

class TooMuch extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

/** Makes plain values of nodes: what the library has for it looks through the whole file at every alias. */
export class Plain {
  readonly #targets: Targets;
  #values = 0;
  #depth = 0;
  /** The first alias on the way down to here. */
  #alias: Node | undefined;

  constructor(targets: Targets) {
    this.#targets = targets;
  }

  read(root: unknown): { readonly value?: unknown; readonly fault?: PlainFault } {
    try {
      return { value: this.#of(root) };
    } catch (error) {
      if (!(error instanceof TooMuch)) throw error;
      return { fault: { offset: error.offset, at: undefined, message: error.message } };
    }
  }

  #count(node: unknown): void {
    this.#values += 1;
    if (this.#values <= MOST_VALUES && this.#depth <= DEEPEST) return;
    const alias = startOf(this.#alias);
    throw alias === undefined
      ? new TooMuch(startOf(node) ?? 0, 'The file holds more than anybody could look over. Up to here it is read.')
      : new TooMuch(alias, 'Aliases (*name) repeat too much of the file. Write the parts out.');
  }

  #of(node: unknown): unknown {
    if (isScalar(node)) {
      this.#count(node);
      return node.value;
    }
    if (!isNode(node)) return null;
    const above = this.#alias;
    this.#depth += 1;
    this.#count(node);
    if (isAlias(node)) this.#alias ??= node;
    const value = isAlias(node) ? this.#of(this.#targets.get(node)) : this.#collection(node);
    this.#depth -= 1;
    this.#alias = above;
    return value;
  }

  #collection(node: Node): unknown {
    if (isSeq(node)) return node.items.map((item) => this.#of(item));
    const plain: Record<string, unknown> = {};
    if (isMap(node)) for (const { key, value } of node.items) plain[keyOf(key)] = this.#of(value);
    return plain;
  }
}

/** The pairs of a map by key, made once: faults may be many. */
const INDEX = new WeakMap<YAMLMap, ReadonlyMap<string, Pair>>();

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  let index = INDEX.get(map);
  if (index === undefined) {
    index = new Map(map.items.map((pair) => [keyOf(pair.key), pair]));
    INDEX.set(map, index);
  }
  return index.get(key);
}

/** Goes down a path as far as it exists and gives the offset of the last key or item found. */
export function offsetOf(root: unknown, path: readonly PropertyKey[], targets: Targets): number {
  const resolve = (node: unknown) => (isAlias(node) ? targets.get(node) : node);
  let offset = 0;
  let node = resolve(root);
  for (const step of path) {
    let key: unknown;
    let value: unknown;
    if (isMap(node)) {
      const pair = pairOf(node, String(step));
      if (pair === undefined) break;
      key = pair.key;
      value = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      key = value = node.items[step];
    } else break;
    offset = startOf(key) ?? offset;
    node = resolve(value);
  }
  return offset;
}
