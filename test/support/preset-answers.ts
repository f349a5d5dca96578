import { randomBytes } from 'node:crypto';
import type { BoundLogin, Predicate } from '../../src/config/login-types.ts';
import { sampleOf } from './sample-text.ts';

/** An answer that is being written. */
export interface Written {
  readonly status: number;
  readonly headers: [name: string, value: string][];
  readonly body: string;
}

function pointer(into: Record<string, unknown>, path: string, value: string): void {
  const keys = path.slice(1).split('/');
  let at = into;
  for (const key of keys.slice(0, -1)) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>; // made on the line above, or by an earlier pointer through it
  }
  at[keys.at(-1) ?? ''] = value;
}

/** An answer that a predicate without XML describes. */
export function answerLike(predicate: Predicate | undefined, text = 'x'): Written {
  const { status, location, cookie, headers, body, json } = predicate ?? { status: null };
  const lines: [string, string][] = [...(headers ?? [])].map(([name, pattern]) => [
    name,
    sampleOf(pattern.source, text),
  ]);
  if (location != null) lines.push(['Location', sampleOf(location.source, text)]);
  if (cookie != null) {
    const value = randomBytes(9).toString('hex');
    lines.push(['Set-Cookie', `${sampleOf(cookie.source, 'x')}=${value}; Path=/`]);
  }
  const document = {};
  for (const [path, pattern] of json ?? []) pointer(document, path, sampleOf(pattern.source, text));
  const plain = body == null ? '' : sampleOf(body.source, text);
  return {
    status: status?.[0] ?? (predicate?.probe == null ? 200 : 302),
    headers: lines,
    body: json !== undefined && json.size > 0 ? JSON.stringify(document) : plain,
  };
}

/** The answer to the question, which names somebody. */
export function answerNaming({ whoami }: BoundLogin, name: string): Written {
  const source = whoami?.name;
  switch (source?.in) {
    case 'body':
      return { status: 200, headers: [], body: sampleOf(source.find.source, name) };
    case 'location':
      return { status: 302, headers: [['Location', sampleOf(source.find.source, name)]], body: '' };
    case 'header':
      return { status: 200, headers: [[source.name, sampleOf(source.find.source, name)]], body: '' };
    case 'json': {
      const value = {};
      pointer(value, source.pointer, name);
      return { status: 200, headers: [], body: JSON.stringify(value) };
    }
    case 'cookie':
      return {
        status: 200,
        headers: [['Set-Cookie', `${sampleOf(source.name.source, 'x')}=${name}; Path=/`]],
        body: '',
      };
    default:
      throw new Error('it cannot be asked');
  }
}
