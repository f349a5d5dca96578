import { fold } from '../config/fold.ts';
import { isOver } from '../config/over.ts';
import type { AppConfig, ExemptionConfig, RuleConfig } from '../config/types.ts';
import { covers } from '../lib/readings/covers.ts';
import { HeaderFields } from '../request/fields.ts';
import { type CompiledRules, compileRules } from './compile.ts';
import { actsAlone, type Reach, reachOf } from './reach.ts';
import { baseOf } from './tree.ts';

/** One rule or exemption, whether it covers the request, and why it does or does not decide. */
export interface Candidate {
  readonly kind: 'rule' | 'exemption';
  /** Method and path as configured; `*` for rules, which hold for every method. */
  readonly method: string;
  readonly path: string;
  readonly covers: boolean;
  readonly decides: boolean;
  readonly why: string;
}

/** Why a request needs what it needs. What an account may do is for the caller to add. */
export interface Explanation {
  readonly app: string;
  readonly method: string;
  readonly path: string;
  /** The segments that rules are matched on. */
  readonly folded: readonly string[];
  readonly exemption: ExemptionConfig | null;
  /** The rule in force, combined with broader ones where the spelling is not the rule's own; null: a session suffices. */
  readonly rule: RuleConfig | null;
  /** The sentence that says what decides. */
  readonly why: string;
  readonly candidates: readonly Candidate[];
}

/** A request by its line alone, as rules judge it. */
interface Line {
  readonly method: string;
  readonly path: string;
  /** How far such a request acts, as far as its method tells. */
  readonly reach: Reach;
  /** It acts on its own path by its own method alone. */
  readonly alone: boolean;
}

/** What of a target decides. */
export type ExplainedTarget = Parameters<typeof actsAlone>[2];

/** The exemption and the rule that the gate goes by at `now`, for a request of that method to that target. */
export function holdingFor(compiled: CompiledRules, method: string, target: ExplainedTarget, now: number) {
  const { path } = target;
  const alone = actsAlone(compiled, method, target, HeaderFields.none);
  const reach = reachOf(method, HeaderFields.none, target.query ?? '');
  const exemption = alone ? compiled.exemptionFor(method, path, now) : null;
  return { line: { method, path, reach, alone } satisfies Line, exemption, rule: compiled.holding(path, reach) };
}

function whyExempt(exemption: ExemptionConfig, { method, path, alone }: Line, now: number): string {
  if (exemption.path !== path) return 'the path is another, byte for byte';
  if (exemption.method !== method) return `the method is ${exemption.method} only`;
  if (isOver(exemption, now)) return `it expired on ${exemption.expires}`;
  if (!alone) return 'such a request may act on more than its path, or by another method';
  return 'exact method and path, not expired';
}

function isCovered(app: AppConfig, rule: RuleConfig, { path, reach }: Line): boolean {
  return compileRules({ ...app, rules: [rule], exemptions: [] }).holding(path, reach) !== null;
}

function whyRule(rule: RuleConfig, { method, reach }: Line, chosen: RuleConfig | null, combined: boolean): string {
  if (reach !== 'here' && rule.path !== chosen?.path)
    return reach === 'below'
      ? `holds as well: ${method} acts on what is below the path too`
      : `holds as well: what ${method} acts on is named in its body`;
  if (rule.path === chosen?.path)
    return combined ? 'the most specific, in another spelling: broader rules hold as well' : 'the most specific';
  return combined
    ? 'broader, and holds as well because the path is in another spelling'
    : 'a more specific rule decides';
}

/** Whether a path is that of a rule with something behind it: more segments, or a format. */
function isBeyond(rule: RuleConfig, path: string): boolean {
  const { base, prefix } = baseOf(rule);
  return !covers(base, prefix, path, false);
}

function conclude(
  { method, path, reach }: Line,
  exemption: ExemptionConfig | null,
  rule: RuleConfig | null,
  combined: boolean,
): string {
  if (exemption !== null)
    return `Passes without a session: exemption of ${exemption.owner} until ${exemption.expires} (${exemption.reason}).`;
  if (rule === null)
    return 'No rule covers this path: a session, which always has a second factor, is required and enough.';
  if (reach === 'below' && combined)
    return `${method} acts on what is below the path too, so every rule there holds together with those of the path.`;
  if (reach === 'anywhere') return `What ${method} acts on is named in its body, so every rule of the app holds.`;
  if (isBeyond(rule, path))
    return `Servers may take this path for that of ${rule.path} with something behind it, so that rule and every broader one hold.`;
  if (combined)
    return `The path is another spelling of what ${rule.path} covers, so that rule and every broader one hold together.`;
  return `The rule ${rule.path} decides: it is the most specific that covers the path.`;
}

/** What is judged of one app's rules. */
interface Judged extends ReturnType<typeof holdingFor> {
  readonly app: AppConfig;
  /** The rule in force is none of the app's own: several hold together. */
  readonly combined: boolean;
}

function exemptionsOf({ app, line, exemption }: Judged, now: number): Candidate[] {
  return app.exemptions.map((candidate) => {
    const { method, path } = candidate;
    const decides = candidate === exemption;
    return { kind: 'exemption', method, path, covers: decides, decides, why: whyExempt(candidate, line, now) };
  });
}

function rulesOf({ app, line, exemption, rule, combined }: Judged): Candidate[] {
  return app.rules.map((candidate) => {
    const { path } = candidate;
    const covers = isCovered(app, candidate, line);
    const decides = exemption === null && covers && (combined || candidate === rule);
    const why = covers ? whyRule(candidate, line, rule, combined) : 'the path is not under it';
    return { kind: 'rule', method: '*', path, covers, decides, why };
  });
}

/** Explains a request with a judged target, or a path alone, at a time (ms since the epoch). Uses the very match of the gate. */
export function explainRules(
  app: AppConfig,
  method: string,
  judged: string | ExplainedTarget,
  now: number,
): Explanation {
  const target = typeof judged === 'string' ? { path: judged, query: null, strict: true } : judged;
  const holding = holdingFor(compileRules(app), method, target, now);
  const { line, exemption, rule } = holding;
  const combined = rule !== null && !app.rules.includes(rule);
  const judgedRules: Judged = { app, ...holding, combined };
  return {
    app: app.id,
    method,
    path: target.path,
    folded: fold(target.path),
    exemption,
    rule,
    why: conclude(line, exemption, rule, combined),
    candidates: [...exemptionsOf(judgedRules, now), ...rulesOf(judgedRules)],
  };
}
