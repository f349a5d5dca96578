import type { RuleConfig } from '../config/types.ts';
import type { Reading } from '../lib/readings/readings.ts';
import { isShortName, mayBeShortFor, streamsOf } from '../lib/readings/windows.ts';
import { strictest } from './strictest.ts';

/** A rule at its place in the tree: as it stands, and together with every broader rule. */
export interface Place {
  readonly rule: RuleConfig;
  readonly combined: RuleConfig;
  /** The bytes that a path must be (exact) or begin with (`/**`). */
  readonly bases: readonly string[];
  readonly prefix: boolean;
  /** The next broader one. */
  readonly above: Place | undefined;
}

interface Written {
  readonly rule: RuleConfig;
  readonly bases: readonly string[];
}

export interface Node {
  readonly children: Map<string, Node>;
  exact: Written | undefined;
  below: Written | undefined;
  exactPlace: Place | undefined;
  /** The deepest `/**` that covers what is here. */
  cover: Place | undefined;
}

export function newNode(): Node {
  return { children: new Map(), exact: undefined, below: undefined, exactPlace: undefined, cover: undefined };
}

/** The path of a rule without `/**`, and whether it had it. */
export function baseOf(rule: RuleConfig): { base: string; prefix: boolean } {
  const prefix = rule.path.endsWith('/**');
  return { base: prefix ? rule.path.slice(0, -3) : rule.path, prefix };
}

/** Two rules that come to one place both hold. */
function together(there: Written | undefined, rule: RuleConfig, base: string): Written {
  if (there === undefined) return { rule, bases: [base] };
  return { rule: strictest(there.rule, rule), bases: [...there.bases, base] };
}

/** Puts a rule where its segments lead. */
export function insert(root: Node, segments: readonly string[], rule: RuleConfig): void {
  const { base, prefix } = baseOf(rule);
  let node = root;
  for (const segment of segments) {
    const child = node.children.get(segment) ?? newNode();
    node.children.set(segment, child);
    node = child;
  }
  if (prefix) node.below = together(node.below, rule, base);
  else node.exact = together(node.exact, rule, base);
}

function placeOf({ rule, bases }: Written, prefix: boolean, above: Place | undefined): Place {
  return { rule, combined: above === undefined ? rule : strictest(above.combined, rule), bases, prefix, above };
}

/** Gives every rule of the tree its combination with the broader ones above it. */
export function settle(node: Node, above?: Place): void {
  node.cover = node.below === undefined ? above : placeOf(node.below, true, above);
  if (node.exact !== undefined) node.exactPlace = placeOf(node.exact, false, node.cover);
  for (const child of node.children.values()) settle(child, node.cover);
}

/** Where a path with one reading leads. */
export function find(root: Node, segments: readonly string[]): Place | undefined {
  let node = root;
  for (const segment of segments) {
    const child = node.children.get(segment);
    if (child === undefined) return node.cover;
    node = child;
  }
  return node.exactPlace ?? node.cover;
}

/** Where a segment may lead from a node: by its name, by what is before a stream, and as a short name. */
function steps(node: Node, segment: string, colons: number): readonly Node[] {
  if (node.children.size === 0) return [];
  const found: Node[] = [];
  for (const name of streamsOf(segment, colons + 1)) {
    if (name === '') found.push(node);
    const child = node.children.get(name);
    if (child !== undefined) found.push(child);
    if (!isShortName(name)) continue;
    for (const [known, each] of node.children) if (mayBeShortFor(name, known)) found.push(each);
  }
  return found;
}

/**
 * Adds every place to which a reading may lead. `colons`: most that a name in the tree has. A node is left at most once for
 * each segment, so the work is bounded by the tree, and by the path where that is shorter.
 */
export function findAll(root: Node, reading: Reading, colons: number, places: Set<Place | undefined>): void {
  let nodes = new Set([root]);
  for (const segment of reading) {
    const next = new Set<Node>();
    for (const node of nodes) {
      const found = steps(node, segment, colons);
      if (found.length === 0) places.add(node.cover);
      for (const each of found) next.add(each);
    }
    if (next.size === 0) return;
    nodes = next;
  }
  for (const node of nodes) places.add(node.exactPlace ?? node.cover);
}
