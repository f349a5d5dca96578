import { parseXml } from '../request/login/xml.ts';
import type { WholeAnswer } from './types.ts';

/** What predicates look at, bytes. */
const LOOKED_AT = 256 * 1024;

/** Value of the only header of that name (lower case); undefined for none, or several. */
export function headerOf({ headers }: WholeAnswer, name: string): string | undefined {
  return headers.only(name);
}

/** The body as text: UTF-8, and where it is none, a character for each byte. */
export function textOf({ body }: WholeAnswer): string {
  const bytes = body.subarray(0, LOOKED_AT);
  try {
    // As a stream: a character that the limit cuts in two makes the page no other encoding.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
  } catch {
    return bytes.toString('latin1');
  }
}

/** The body as JSON in UTF-8 (RFC 8259 §8.1); undefined when it is none. */
export function jsonOf(answer: WholeAnswer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(answer.body));
  } catch {
    return undefined;
  }
}

/** The value at a JSON pointer (RFC 6901) as text; undefined for none, for null, and for what is no scalar. */
export function pointed(value: unknown, pointer: string): string | undefined {
  let at = value;
  if (pointer !== '') {
    for (const raw of pointer.slice(1).split('/')) {
      const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
      at = Reflect.get(at, key);
    }
  }
  return typeof at === 'string' || typeof at === 'number' || typeof at === 'boolean' ? String(at) : undefined;
}

/** Values at a path of an XML body, such as `a/b/@c`; empty for none, or when the body is no strict XML. */
export function xmlValues(answer: WholeAnswer, path: string): readonly string[] {
  try {
    return parseXml(answer.body)
      .leaves.filter((leaf) => leaf.path === path)
      .map((leaf) => leaf.value);
  } catch {
    return [];
  }
}
