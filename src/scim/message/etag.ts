import { ScimError } from '../error.ts';

const MAX_LENGTH = 1024;

/** An entity tag (RFC 9110 §8.8.3) from `from` on: where it ends, and what it holds; undefined when there is none. */
function tagAt(text: string, from: number): readonly [end: number, opaque: string] | undefined {
  const quote = text.startsWith('W/', from) ? from + 2 : from;
  const close = text[quote] === '"' ? text.indexOf('"', quote + 1) : -1;
  return close === -1 ? undefined : [close + 1, text.slice(quote + 1, close)];
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

/**
 * What `If-Match` and `If-None-Match` hold: the tags, weak or strong alike as RFC 7644 §3.14 has them, or `any` for `*`. Throws 400
 * when it holds anything else: a condition that nobody understands is not fulfilled by leaving it out.
 */
export function readTags(text: string): readonly string[] | 'any' {
  const bad = () => new ScimError(400, undefined, 'a condition of the request is not a list of entity tags');
  if (text.trim() === '*') return 'any';
  if (text.length > MAX_LENGTH) throw bad();
  const found: string[] = [];
  let at = skipBlanks(text, 0);
  for (;;) {
    const tag = tagAt(text, at);
    if (tag === undefined) throw bad();
    found.push(tag[1]);
    at = skipBlanks(text, tag[0]);
    if (at === text.length) return found;
    if (text[at] !== ',') throw bad();
    at = skipBlanks(text, at + 1);
  }
}

/** Whether one of the tags is this version, written as an entity tag. */
export function holdsTag(tags: readonly string[] | 'any', version: string): boolean {
  return tags === 'any' || tags.includes(tagAt(version, 0)?.[1] ?? version);
}
