import { canonicalName } from '../../accounts/name.ts';
import type { AppConfig } from '../../config/types.ts';
import { appName, nameRulesOf } from '../../presets/names.ts';
import type { AppNameRow } from '../../store/types.ts';
import type { RosterAccount } from '../../store/view-types.ts';

/**
 * Which account an app means by a name: one that has it as its name there, else one that has it as its own in the realm's spelling and
 * no other name there. Undefined: none of ours.
 */
export function whoseAt(
  app: AppConfig,
  accounts: readonly RosterAccount[],
  aliases: readonly AppNameRow[],
): (name: string) => string | undefined {
  const rules = nameRulesOf(app.login);
  const elsewhere = new Set(aliases.map(({ accountId }) => accountId));
  const byAlias = new Map(aliases.map((row) => [appName(rules, row.name) ?? row.name, row.accountId]));
  const byName = new Map(accounts.filter(({ id }) => !elsewhere.has(id)).map(({ id, name }) => [name, id]));
  return (name) => {
    const folded = appName(rules, name) ?? name;
    return byAlias.get(folded) ?? byName.get(canonicalName(folded, app.realm) ?? '');
  };
}
