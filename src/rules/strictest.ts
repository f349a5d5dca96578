import type { RuleConfig } from '../config/types.ts';

/** A group that no account can be in: names of groups hold no control characters. An empty list would mean any account. */
export const NOBODY = '\0nobody';

function shorter(a: number | null, b: number | null): number | null {
  if (a === null || b === null) return a ?? b;
  return Math.min(a, b);
}

function both(a: readonly string[], b: readonly string[]): readonly string[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  const common = a.filter((group) => b.includes(group));
  return common.length > 0 ? common : [NOBODY];
}

/** What two rules require together. It stands under the path of the second; groups that exclude each other admit nobody. */
export function strictest(broader: RuleConfig, rule: RuleConfig): RuleConfig {
  return Object.freeze({
    path: rule.path,
    require: broader.require === 'passkey' || rule.require === 'passkey' ? 'passkey' : 'mfa',
    maxAgeMs: shorter(broader.maxAgeMs, rule.maxAgeMs),
    groups: Object.freeze(both(broader.groups, rule.groups)),
  });
}
