import { fold } from '../config/fold.ts';
import { isOver } from '../config/over.ts';
import type { AppConfig, ExemptionConfig, RuleConfig } from '../config/types.ts';
import { colonsIn } from '../lib/readings/covers.ts';
import { isSingle, readings, writtenReadings } from '../lib/readings/readings.ts';
import { Remembered } from '../lib/remembered.ts';
import type { Reach } from './reach.ts';
import { strictest } from './strictest.ts';
import { baseOf, find, findAll, insert, type Node, newNode, type Place, settle } from './tree.ts';

/** The rules and exemptions of one app, ready to be asked for every request. */
export interface CompiledRules {
  /**
   * The rule for a path, or null when a session is all that is required. Among the rules that cover the path the most
   * specific decides: an exact one before `/**`, a longer `/**` before a shorter. Tightening matches generously: whatever any
   * server may take the path for (lib/readings) counts, and where that differs the strictest holds. Loosening matches
   * exactly: a more specific rule takes the place of a broader one only for a path that begins with its own bytes; for any
   * other spelling both hold. The cost does not depend on the number of rules, but for short names of Windows. Throws
   * `bad-target` for dot segments in any reading and for a path with too many of them.
   */
  match(path: string): RuleConfig | null;
  /** What a path and everything below it require together; null like `match`. */
  within(path: string): RuleConfig | null;
  /** What holds for a request that reaches that far from its path; null like `match`. */
  holding(path: string, reach: Reach): RuleConfig | null;
  /**
   * The exemption for a method and a path, byte for byte, that has not expired at `now` (ms since the epoch), or null. The
   * query is no part of the path and is passed on. Paths with `%` or `;` match none.
   */
  exemptionFor(method: string, path: string, now: number): ExemptionConfig | null;
  /** All that `exemptionFor` looks into, by method, blank and path: what is no key here is never exempt. */
  readonly exemptions: ReadonlyMap<string, ExemptionConfig>;
}

function isLiteral({ bases, prefix }: Place, path: string): boolean {
  return bases.some(
    (base) => path === base || (prefix && path.startsWith(base) && path.charCodeAt(base.length) === 47),
  );
}

/** What holds at a place for a path that leads there alone. */
function ruleAt(place: Place | undefined, path: string): RuleConfig | null {
  if (place === undefined) return null;
  return isLiteral(place, path) ? place.rule : place.combined;
}

/** What holds for a path that may lead to several: all of it, but for what the path's own bytes have left behind. */
function ruleAmong(places: ReadonlySet<Place | undefined>, path: string): RuleConfig | null {
  const replaced = new Set<Place | undefined>();
  for (const place of places)
    if (place !== undefined && isLiteral(place, path))
      for (let { above } = place; above !== undefined; above = above.above) replaced.add(above);
  let rule: RuleConfig | null = null;
  for (const place of places) {
    const here = replaced.has(place) ? null : ruleAt(place, path);
    if (here !== null) rule = rule === null ? here : strictest(rule, here);
  }
  return rule;
}

function treeOf(rules: readonly RuleConfig[]): Node {
  const root = newNode();
  for (const rule of rules) for (const segments of writtenReadings(baseOf(rule).base)) insert(root, segments, rule);
  settle(root);
  return root;
}

/** The rule for what has several readings. */
function compileLenient(rules: readonly RuleConfig[], root: Node): (path: string) => RuleConfig | null {
  const colons = colonsIn(rules.flatMap((rule) => writtenReadings(baseOf(rule).base)));
  const known = new Remembered<{ readonly rule: RuleConfig | null }>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined) return found.rule;
    const places = new Set<Place | undefined>();
    for (const reading of readings(path)) findAll(root, reading, colons, places);
    const rule = ruleAmong(places, path);
    known.set(path, { rule });
    return rule;
  };
}

/** What every rule at and below a node requires, together with `rule`. */
function deepest(node: Node, rule: RuleConfig | null): RuleConfig | null {
  let all = rule;
  for (const each of [node.below, node.exact])
    if (each !== undefined) all = all === null ? each.rule : strictest(all, each.rule);
  for (const child of node.children.values()) all = deepest(child, all);
  return all;
}

/** The same for what is at those segments. */
function below(root: Node, segments: readonly string[], rule: RuleConfig | null): RuleConfig | null {
  let node: Node | undefined = root;
  for (const segment of segments) node = node?.children.get(segment);
  return node === undefined ? rule : deepest(node, rule);
}

/** Compiles the rules and exemptions of an app. */
export function compileRules(app: AppConfig): CompiledRules {
  // One tree for every path, so that no two opinions can be of what a rule covers.
  const root = treeOf(app.rules);
  const lenient = compileLenient(app.rules, root);
  const exemptions = new Map(app.exemptions.map((exemption) => [`${exemption.method} ${exemption.path}`, exemption]));
  const ruled = app.rules.length > 0;
  return Object.freeze({
    match(path: string): RuleConfig | null {
      if (!ruled) return null;
      if (!isSingle(path)) return lenient(path);
      return ruleAt(find(root, fold(path)), path);
    },
    within(path: string): RuleConfig | null {
      const rule = this.match(path);
      if (!ruled) return rule;
      if (isSingle(path)) return below(root, fold(path), rule);
      // Short names and streams stand for what is compared elsewhere; here they may be above any rule.
      if (path.includes('~') || path.includes(':')) return deepest(root, rule);
      return readings(path).reduce((all, reading) => below(root, reading, all), rule);
    },
    holding(path: string, reach: Reach): RuleConfig | null {
      if (reach === 'here') return this.match(path);
      return this.within(reach === 'below' ? path : '/');
    },
    exemptionFor(method: string, path: string, now: number): ExemptionConfig | null {
      if (path.includes('%') || path.includes(';')) return null;
      const exemption = exemptions.get(`${method} ${path}`);
      return exemption === undefined || isOver(exemption, now) ? null : exemption;
    },
    exemptions,
  });
}
