import type { AppConfig, RuleConfig } from '../config/types.ts';
import { formatDuration } from '../lib/duration.ts';
import { NOBODY } from '../rules/strictest.ts';
import { sourceOf } from '../sources/table.ts';

/** What every session of the app has proven at least, in words. In a realm of the app the app itself asks for the password. */
export function floorOf(app: Pick<AppConfig, 'realm'>): string {
  return sourceOf(app.realm.source).floor;
}

/** Groups in words; null: any account. */
export function groupsText(groups: readonly string[]): string | null {
  if (groups.length === 0) return null;
  return groups.includes(NOBODY) ? 'nobody (rules exclude each other)' : groups.join(' ');
}

/** All that a rule asks for, in words; without a rule the floor. */
export function requirementOf(app: AppConfig, rule: RuleConfig | null): string {
  const parts = [rule?.require === 'passkey' ? 'passkey' : floorOf(app)];
  if (rule !== null && rule.maxAgeMs !== null) parts.push(`used within ${formatDuration(rule.maxAgeMs)}`);
  const groups = groupsText(rule?.groups ?? []);
  if (groups !== null) parts.push(`in one of the groups ${groups}`);
  return parts.join(', ');
}
