import { fold } from '../config/fold.ts';
import type { AppConfig, ExemptionConfig, RuleConfig } from '../config/types.ts';
import { strictest } from './strictest.ts';

/** The rules and exemptions of one app, ready to be asked for every request. */
export interface CompiledRules {
  /**
   * The rule for a path, or null when a session is all that is required. Among the rules that cover the path the most
   * specific decides: an exact one before `/**`, a longer `/**` before a shorter. Tightening matches generously: capitals,
   * percent-encoding, `;parameters`, empty segments and a trailing slash make no difference. Loosening matches exactly: a
   * more specific rule takes the place of a broader one only for a path that begins with its own bytes; for any other
   * spelling both hold. The cost does not depend on the number of rules. Throws `bad-target` for dot segments and broken
   * UTF-8, which the target parser has refused before.
   */
  match(path: string): RuleConfig | null;
  /**
   * The exemption for a method and a path, byte for byte, that has not expired at `now` (ms since the epoch), or null. The
   * query is no part of the path and is passed on. Paths with `%` or `;` match none.
   */
  exemptionFor(method: string, path: string, now: number): ExemptionConfig | null;
}

/** A rule at its place in the tree: as it stands, and together with every broader rule. */
interface Place {
  readonly rule: RuleConfig;
  readonly combined: RuleConfig;
  /** The bytes that a path must be (exact) or begin with (`/**`). */
  readonly base: string;
  readonly prefix: boolean;
}

interface Node {
  readonly children: Map<string, Node>;
  exact: RuleConfig | undefined;
  below: RuleConfig | undefined;
  exactPlace: Place | undefined;
  belowPlace: Place | undefined;
}

function newNode(): Node {
  return { children: new Map(), exact: undefined, below: undefined, exactPlace: undefined, belowPlace: undefined };
}

/** The path of a rule without `/**`, and whether it had it. */
export function baseOf(rule: RuleConfig): { base: string; prefix: boolean } {
  const prefix = rule.path.endsWith('/**');
  return { base: prefix ? rule.path.slice(0, -3) : rule.path, prefix };
}

function insert(root: Node, rule: RuleConfig): void {
  const { base, prefix } = baseOf(rule);
  let node = root;
  for (const segment of fold(base)) {
    const child = node.children.get(segment) ?? newNode();
    node.children.set(segment, child);
    node = child;
  }
  // Validation refuses two rules at one place; should there be two nevertheless, both hold.
  if (prefix) node.below = node.below === undefined ? rule : strictest(node.below, rule);
  else node.exact = node.exact === undefined ? rule : strictest(node.exact, rule);
}

/** Gives every rule of the tree its combination with the broader ones above it. */
function settle(node: Node, above: RuleConfig | undefined): void {
  const place = (rule: RuleConfig, broader: RuleConfig | undefined): Place => ({
    rule,
    combined: broader === undefined ? rule : strictest(broader, rule),
    ...baseOf(rule),
  });
  if (node.below !== undefined) node.belowPlace = place(node.below, above);
  const here = node.belowPlace?.combined ?? above;
  if (node.exact !== undefined) node.exactPlace = place(node.exact, here);
  for (const child of node.children.values()) settle(child, here);
}

function find(root: Node, segments: readonly string[]): Place | undefined {
  let node: Node | undefined = root;
  let best = root.belowPlace;
  for (const segment of segments) {
    node = node.children.get(segment);
    if (node === undefined) return best;
    best = node.belowPlace ?? best;
  }
  return node.exactPlace ?? best;
}

function isLiteral({ base, prefix }: Place, path: string): boolean {
  return path === base || (prefix && path.startsWith(base) && path.charCodeAt(base.length) === 47);
}

/** Compiles the rules and exemptions of an app. */
export function compileRules(app: AppConfig): CompiledRules {
  const root = newNode();
  for (const rule of app.rules) insert(root, rule);
  settle(root, undefined);
  const exemptions = new Map(app.exemptions.map((exemption) => [`${exemption.method} ${exemption.path}`, exemption]));
  const ruled = app.rules.length > 0;
  return Object.freeze({
    match(path: string): RuleConfig | null {
      if (!ruled) return null;
      const place = find(root, fold(path));
      if (place === undefined) return null;
      return isLiteral(place, path) ? place.rule : place.combined;
    },
    exemptionFor(method: string, path: string, now: number): ExemptionConfig | null {
      if (path.includes('%') || path.includes(';')) return null;
      const exemption = exemptions.get(`${method} ${path}`);
      return exemption !== undefined && now < exemption.expiresAt ? exemption : null;
    },
  });
}
