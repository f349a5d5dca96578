import type { QueryRule } from '../../config/login-types.ts';
import type { Pattern } from '../../lib/pattern.ts';
import { readablePath } from '../../presets/readable.ts';

/** A path that the pattern matches, to be asked for; null when none is found. */
export function pathOfPattern(pattern: Pattern): string | null {
  const glob = readablePath(pattern.source);
  const plain = glob.replace(/\{([^,}]*)[^}]*\}/g, '$1').replaceAll('/**/', '/');
  const tries = ['', 'x'].flatMap((fill) => [
    plain.replace(/\/\*\*$/, '').replace(/\*+/g, fill),
    plain.replace(/\*+/g, fill),
  ]);
  return tries.find((path) => path.startsWith('/') && !path.slice(1).includes('//') && pattern.test(path)) ?? null;
}

/**
 * The query that a rule asks for at least, with its `?`; empty for none. `any`: what stands for a value that may be anything; left out, it is not
 * there.
 */
export function queryOfRule(rule: QueryRule, any?: string): string {
  if (rule === 'any') return '';
  const pairs = [...rule].flatMap(([name, allowed]) => {
    const value = allowed === 'any' ? any : allowed[0];
    return value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(value)}`];
  });
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`;
}
