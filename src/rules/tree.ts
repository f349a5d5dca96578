import type { RuleConfig } from '../config/types.ts';
import { isFile, withoutFormat } from '../lib/readings/covers.ts';
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
  /** What holds for a path that ends here. */
  end: Place | undefined;
  /** What holds for a path that goes on below to where nothing is: the deepest `/**`, or an exact path that goes on. */
  cover: Place | undefined;
  /** What holds for this name with a format behind it (`users.json`). */
  format: Place | undefined;
}

export function newNode(): Node {
  const nothing = { exact: undefined, below: undefined, end: undefined, cover: undefined, format: undefined };
  return { children: new Map(), ...nothing };
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

/** A place that no path's own bytes are at: it holds together with what is broader. */
function alsoAt(rule: RuleConfig, prefix: boolean, above: Place | undefined): Place {
  return placeOf({ rule, bases: [] }, prefix, above);
}

/** What holds for the name of a node with a format behind it. */
function formatPlace({ exact, below }: Node, above: Place | undefined): Place | undefined {
  if (exact !== undefined && below !== undefined) return alsoAt(strictest(below.rule, exact.rule), false, above);
  const rule = (exact ?? below)?.rule;
  return rule === undefined ? undefined : alsoAt(rule, false, above);
}

/** The same for a name in the tree that is another of it with a format. */
function formatOf(parent: Node, name: string): Place | undefined {
  const stem = withoutFormat(name);
  return stem === undefined ? undefined : parent.children.get(stem)?.format;
}

function endOf(node: Node, above: Place | undefined, format: Place | undefined): Place | undefined {
  const { exact, below } = node;
  if (exact === undefined && format === undefined) return node.cover;
  const around = format ?? above;
  let cover = around;
  if (below !== undefined) cover = format === undefined ? node.cover : placeOf(below, true, around);
  return exact === undefined ? cover : placeOf(exact, false, cover);
}

function settleAt(node: Node, above: Place | undefined, format: Place | undefined, trails: boolean): void {
  const { exact, below } = node;
  // A script takes what is behind its name for its own (PATH_INFO).
  const around = exact !== undefined && trails ? alsoAt(exact.rule, true, above) : above;
  node.cover = below === undefined ? around : placeOf(below, true, around);
  node.end = endOf(node, above, format);
  for (const child of node.children.values()) child.format = formatPlace(child, node.cover);
  for (const [name, child] of node.children) settleAt(child, node.cover, formatOf(node, name), isFile(name));
}

/** Gives every rule of the tree its combination with the broader ones above it. */
export function settle(root: Node): void {
  settleAt(root, undefined, undefined, false);
}

/** Where a path with one reading leads. */
export function find(root: Node, segments: readonly string[]): Place | undefined {
  let node = root;
  for (let i = 0; i < segments.length; i++) {
    const segment = segments[i] ?? '';
    const child = node.children.get(segment);
    if (child === undefined) {
      const format = i === segments.length - 1 && segment.includes('.') ? formatOf(node, segment) : undefined;
      return format ?? node.cover;
    }
    node = child;
  }
  return node.end;
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

function addFormats(node: Node, segment: string, colons: number, places: Set<Place | undefined>): void {
  for (const name of streamsOf(segment, colons + 1)) {
    const format = formatOf(node, name);
    if (format !== undefined) places.add(format);
  }
}

/**
 * Adds every place to which a reading may lead. `colons`: most that a name in the tree has. A node is left at most once for
 * each segment, so the work is bounded by the tree, and by the path where that is shorter.
 */
export function findAll(root: Node, reading: Reading, colons: number, places: Set<Place | undefined>): void {
  let nodes = new Set([root]);
  const last = reading.length - 1;
  for (const [i, segment] of reading.entries()) {
    const next = new Set<Node>();
    for (const node of nodes) {
      if (i === last) addFormats(node, segment, colons, places);
      const found = steps(node, segment, colons);
      if (found.length === 0) places.add(node.cover);
      for (const each of found) next.add(each);
    }
    if (next.size === 0) return;
    nodes = next;
  }
  for (const node of nodes) places.add(node.end);
}
