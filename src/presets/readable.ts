import type { QueryRule } from '../config/login-types.ts';
import type { Pattern } from '../lib/pattern.ts';

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

/** Parameters of a rule, for people: `task=login|logout&err=…`; null for none. */
export function readableQuery(rule: QueryRule): string | null {
  if (rule === 'any') return 'any query';
  const pairs = [...rule].map(([name, allowed]) => `${name}=${allowed === 'any' ? '…' : allowed.join('|')}`);
  return pairs.length === 0 ? null : pairs.join('&');
}

/** Path and query of what is matched, for people. */
export function placeOf(path: Pattern, query: QueryRule): string {
  const parameters = readableQuery(query);
  return `${readablePath(path.source)}${parameters === null ? '' : `?${parameters}`}`;
}
