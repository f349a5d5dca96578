import { sha256 } from '../../../lib/bytes.ts';
import type { HeaderFields } from '../../../request/fields.ts';
import { ApiRefusal } from './refusals.ts';

/** A strong tag (RFC 9110 §8.8.3) of what is answered: the same bytes, the same tag. */
export function tagOf(body: string): string {
  return `"${sha256(body).slice(0, 22)}"`;
}

/**
 * What a change asks for of the thing that it is about: that it is as it was read. null: it asks for nothing. Weak tags never match
 * (§8.8.3.2).
 */
export function ifMatch(headers: HeaderFields): ((tag: string) => void) | null {
  if (!headers.has('if-match')) return null;
  const tags = headers
    .all('if-match')
    .flatMap((line) => line.split(',', 100))
    .map((tag) => tag.trim());
  return (tag) => {
    if (!tags.includes('*') && !tags.includes(tag)) throw new ApiRefusal('stale');
  };
}
