import type { QueryRule } from '../../config/login-types.ts';
import type { Pattern } from '../../lib/pattern.ts';

/** The glob that the source of a path's pattern was made from (config/preset/glob.ts). */
export function readablePath(source: string): string {
  return source
    .replace(/^\^(?:\(\?s:(.*)\)|(.*))\$$/s, (_, glob?: string, plain?: string) => glob ?? plain ?? '')
    .replace(/\(\?:\/\.\*\)\?$/, '/**')
    .replaceAll('/(?:.*/)?', '/**/')
    .replace(/\(\?:((?:[^()\\]|\\.)*)\)/g, (_, inner: string) => `{${inner.replaceAll('|', ',')}}`)
    .replaceAll('[^/]*', '*')
    .replace(/\.\*/g, '**')
    .replace(/\\(.)/g, '$1');
}

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

/** Parameters of a rule, for people: `task=login|logout&err=…`; null for none. */
export function readableQuery(rule: QueryRule): string | null {
  if (rule === 'any') return 'any query';
  const pairs = [...rule].map(([name, allowed]) => `${name}=${allowed === 'any' ? '…' : allowed.join('|')}`);
  return pairs.length === 0 ? null : pairs.join('&');
}
