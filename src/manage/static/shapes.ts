import type { RuleConfig } from '../../config/types.ts';
import { NOBODY } from '../../rules/strictest.ts';

/**
 * What the decision can tell of a rule: whether it wants a passkey, whether the factor must be recent, and whether the account
 * must be in a group (`nobody`: in groups that exclude each other). Two rules of one shape are met alike by each kind of visitor.
 */
export interface Shape {
  readonly passkey: boolean;
  readonly aged: boolean;
  readonly groups: 'any' | 'some' | 'nobody';
}

/** Time in which a factor must have been used, of the rule that stands for a shape, ms. */
export const RECENT_MS = 60_000;
const MEMBERS = 'members';

export function shapeOf({ require, maxAgeMs, groups }: RuleConfig): Shape {
  const whose = groups.length === 0 ? 'any' : groups.includes(NOBODY) ? 'nobody' : 'some';
  return { passkey: require === 'passkey', aged: maxAgeMs !== null, groups: whose };
}

/** A rule of that shape. */
export function ruleOfShape({ passkey, aged, groups }: Shape): RuleConfig {
  const members = { any: [], some: [MEMBERS], nobody: [NOBODY] }[groups];
  return { path: '/**', require: passkey ? 'passkey' : 'mfa', maxAgeMs: aged ? RECENT_MS : null, groups: members };
}

export function shapeKey({ passkey, aged, groups }: Shape): string {
  return `${passkey ? 'passkey' : 'mfa'}${aged ? ' recent' : ''}${{ any: '', some: ' group', nobody: ' nobody' }[groups]}`;
}

/** What two shapes are together (rules/strictest.ts), where their groups do not exclude each other. */
function joined(a: Shape, b: Shape): Shape {
  const rank = ['any', 'some', 'nobody'] as const;
  const groups = rank[Math.max(rank.indexOf(a.groups), rank.indexOf(b.groups))] ?? 'nobody';
  return { passkey: a.passkey || b.passkey, aged: a.aged || b.aged, groups };
}

/** Whether some of these rules together admit nobody: that is so when no group is in all that name any. */
function mayExclude(rules: readonly RuleConfig[]): boolean {
  const named = rules.filter(({ groups }) => groups.length > 0);
  const common = named.reduce<readonly string[] | null>(
    (left, { groups }) => (left === null ? groups : left.filter((group) => groups.includes(group))),
    null,
  );
  return common !== null && (common.length === 0 || common.includes(NOBODY));
}

/** Every shape that one or several of these rules can have together: at most twelve, however many rules there are. */
export function shapesOf(rules: readonly RuleConfig[]): readonly Shape[] {
  const found = new Map(rules.map((rule) => [shapeKey(shapeOf(rule)), shapeOf(rule)]));
  // Joining is idempotent and commutative: where no pair brings anything new, no set does.
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const a of [...found.values()]) for (const b of [...found.values()]) add(found, joined(a, b));
  }
  if (mayExclude(rules))
    for (const shape of [...found.values()]) if (shape.groups === 'some') add(found, { ...shape, groups: 'nobody' });
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, shape]) => shape);
}

function add(found: Map<string, Shape>, shape: Shape): void {
  found.set(shapeKey(shape), shape);
}

/** Every shape there is. */
export function everyShape(): readonly Shape[] {
  const flags = [false, true];
  const whose = ['any', 'some', 'nobody'] as const;
  return flags.flatMap((passkey) => flags.flatMap((aged) => whose.map((groups) => ({ passkey, aged, groups }))));
}
