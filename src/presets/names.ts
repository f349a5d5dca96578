import type { NameRules } from '../config/login-types.ts';

function strip(
  name: string,
  pattern: { capture(text: string): string | undefined; test(text: string): boolean },
): string {
  const found = pattern.test(name) ? wholeMatch(name, pattern) : undefined;
  return found === undefined ? name : name.replace(found, () => '');
}

/** What of the name the pattern matched; patterns of this kind have no group. */
function wholeMatch(name: string, pattern: { capture(text: string): string | undefined }): string | undefined {
  const found = pattern.capture(name);
  return found === '' ? undefined : found;
}

/**
 * A name as the product itself would take it: what the preset strips taken off, folded as the product folds; undefined when
 * what is left is not in a form that the product accepts. Applied to names that are typed and to those that it answers.
 */
export function appName(rules: NameRules, given: string): string | undefined {
  let name = given;
  if (rules.fold.includes('trim')) name = name.trim();
  for (const pattern of rules.strip) name = strip(name, pattern);
  if (rules.fold.includes('trim')) name = name.trim();
  if (rules.fold.includes('nfkc')) name = name.normalize('NFKC');
  if (rules.fold.includes('lower')) name = name.toLowerCase();
  if (name === '' || (rules.accept !== null && !rules.accept.test(name))) return undefined;
  return name;
}
