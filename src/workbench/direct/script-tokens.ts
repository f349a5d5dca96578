import { withoutEntities } from '../../presets/whoami.ts';
import { tagsIn } from './forms.ts';

/** Longest token that is repeated, characters. */
const MAX_TOKEN = 1024;
/** Headers that scripts of common frameworks send a token in that a cookie or the page gave them. */
const HEADERS = ['X-CSRF-Token', 'X-XSRF-TOKEN', 'X-CSRFToken'];
const NAMED = /csrf|xsrf/i;
/** What may stand in a header. */
const VALUE = /^[\x21-\x7e]+$/;

const META: ReadonlySet<string> = new Set(['meta']);

/** The token that a page has for its scripts, as Rails, Laravel, Spring and others write it. */
function inPage(html: string): string | undefined {
  for (const { tag } of tagsIn(html, META)) {
    const of = (name: string): string => tag.attributes.find((each) => each.name === name)?.value ?? '';
    if (NAMED.test(of('name')) && !/header|param/i.test(of('name')))
      return withoutEntities(of('content').slice(0, MAX_TOKEN));
  }
  return undefined;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/**
 * Header lines by which a page's script shows that it is one of this app (a token against forged requests), as names and values in
 * turn. Empty where neither the page nor a cookie has one.
 */
export function tokenLines(html: string, cookies: ReadonlyMap<string, string>): readonly string[] {
  const [, kept] = [...cookies].find(([name]) => NAMED.test(name)) ?? [];
  const token = inPage(html) ?? (kept === undefined ? undefined : decoded(kept));
  if (token === undefined || token.length > MAX_TOKEN || !VALUE.test(token)) return [];
  return HEADERS.flatMap((name) => [name, token]);
}
