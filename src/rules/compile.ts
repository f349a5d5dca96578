import { fold } from '../config/fold.ts';
import type { AppConfig, ExemptionConfig, RuleConfig } from '../config/types.ts';

interface Node {
  exact: RuleConfig | null;
  below: RuleConfig | null;
  readonly children: Map<string, Node>;
}

/** The rules and exemptions of one app, ready to be asked; the cost depends on the path's length, not on their number. */
export interface CompiledRules {
  /** The rule that decides for a canonical path, or null: the floor alone applies. */
  match(path: string): RuleConfig | null;
  /** An exemption in force at `now` (ms) for exactly this method and path, or null. */
  exemptionFor(method: string, path: string, now: number): ExemptionConfig | null;
}

const WILD = '/**';

function newNode(): Node {
  return { exact: null, below: null, children: new Map() };
}

function plant(root: Node, rule: RuleConfig): void {
  const wild = rule.path.endsWith(WILD);
  const path = wild ? rule.path.slice(0, -WILD.length) : rule.path;
  let node = root;
  for (const segment of path === '' ? [] : fold(path)) {
    let child = node.children.get(segment);
    if (child === undefined) {
      child = newNode();
      node.children.set(segment, child);
    }
    node = child;
  }
  if (wild) node.below = rule;
  else node.exact = rule;
}

/** Exact before prefix, longer prefix before shorter. */
function find(root: Node, path: string): RuleConfig | null {
  let node: Node | undefined = root;
  let found = root.below;
  for (const segment of fold(path)) {
    node = node.children.get(segment);
    if (node === undefined) return found;
    if (node.below !== null) found = node.below;
  }
  return node.exact ?? found;
}

/**
 * Compiles an app's rules. What tightens matches generously (any case, any encoding, parameters and a trailing slash
 * aside, since the app may read them alike); what loosens matches byte for byte.
 */
export function compileRules(app: AppConfig): CompiledRules {
  const root = newNode();
  for (const rule of app.rules) plant(root, rule);
  const ruled = app.rules.length > 0;
  const exemptions = new Map(app.exemptions.map((exemption) => [`${exemption.method} ${exemption.path}`, exemption]));
  return {
    match: (path) => (ruled ? find(root, path) : null),
    exemptionFor: (method, path, now) => {
      if (exemptions.size === 0) return null;
      const exemption = exemptions.get(`${method} ${path}`);
      return exemption !== undefined && now < exemption.expiresAt ? exemption : null;
    },
  };
}
