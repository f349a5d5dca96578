import type { LoginConfig, NameRules } from '../config/login-types.ts';
import { normalised } from '../lib/normal.ts';
import { compilePattern, type Pattern } from '../lib/pattern.ts';

/** For a pattern: what stands before its first match, and the whole of that match, whatever groups it has. */
const cuts = new WeakMap<Pattern, { readonly before: Pattern; readonly match: Pattern }>();

function cutOf(pattern: Pattern): { readonly before: Pattern; readonly match: Pattern } {
  const known = cuts.get(pattern);
  if (known !== undefined) return known;
  const { source } = pattern;
  const made = { before: compilePattern(`^((?s:.*?))(?:${source})`), match: compilePattern(`(${source})`) };
  cuts.set(pattern, made);
  return made;
}

/** The name without the first match, exactly where it is: what looks the same elsewhere in the name stays. */
function strip(name: string, pattern: Pattern): string {
  const { before, match } = cutOf(pattern);
  const start = before.capture(name);
  const found = match.capture(name);
  return start === undefined || found === undefined ? name : start + name.slice(start.length + found.length);
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
  if (rules.fold.includes('nfkc')) name = normalised(name, 'NFKC');
  if (rules.fold.includes('lower')) name = name.toLowerCase();
  // Of other alphabets products have rules of their own, by which two names may be two accounts.
  if (rules.fold.includes('capital')) name = name.replace(/^[a-z]/, (letter) => letter.toUpperCase());
  if (name === '' || (rules.accept !== null && !rules.accept.test(name))) return undefined;
  return name;
}

/** Whether the product takes both for one account: the same name, but for what it folds. A name that it does not accept is nobody's. */
export function sameAtApp(rules: NameRules, one: string, other: string): boolean {
  const name = appName(rules, one);
  return name !== undefined && name === appName(rules, other);
}

/** Whether the product tells names apart letter by letter. */
export function isExact({ fold, strip }: NameRules): boolean {
  return fold.length === 0 && strip.length === 0;
}

/** Letter by letter, for apps whose way with names is not known. */
const EXACT: NameRules = { fold: [], strip: [], accept: null };

/** How an app tells names apart. */
export function nameRulesOf(login: LoginConfig): NameRules {
  return login.kind === 'bound' ? login.names : EXACT;
}
