import { compilePattern, type Pattern } from '../../lib/pattern.ts';

/** Text as a literal in RE2's syntax. */
export function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
}

/** Source of a pattern for `{a,b}`: its alternatives may hold wildcards and be empty. */
function alternatives(inner: string): string {
  return `(?:${inner.split(',').map(sourceOf).join('|')})`;
}

/** The piece of a pattern that begins at `at`, and where the next one begins. */
function piece(glob: string, at: number): readonly [source: string, next: number] {
  const c = glob[at] ?? '';
  // Where whole segments are meant, none of them is possible too: `/a/**/b` is `/a/b` as well.
  if (glob.startsWith('**/', at) && (at === 0 || glob[at - 1] === '/')) return ['(?:.*/)?', at + 3];
  if (glob.startsWith('**', at)) return ['.*', at + 2];
  if (c === '*') return ['[^/]*', at + 1];
  if (c !== '{') return [quoted(c), at + 1];
  const end = glob.indexOf('}', at);
  const inner = end < 0 ? '' : glob.slice(at + 1, end);
  if (end < 0 || inner.includes('{')) throw new SyntaxError('a brace that is not closed, or one within another');
  return [alternatives(inner), end + 1];
}

function sourceOf(glob: string): string {
  let out = '';
  for (let at = 0; at < glob.length; ) {
    const [source, next] = piece(glob, at);
    out += source;
    at = next;
  }
  return out;
}

/**
 * Compiles a path with wildcards: `*` within a segment, `**` over segments (`/a/**` is everything below `/a`, and `/a` itself;
 * `/a/**` + `/b` is `/a/b` as well), `{a,b}` one of a few. The whole path must match. `lower`: for paths in lower case.
 * Throws `SyntaxError` with a sentence.
 */
export function globPattern(glob: string, options: { readonly lower?: boolean } = {}): Pattern {
  if (!glob.startsWith('/') && glob !== '**') throw new SyntaxError('a path that does not begin with /');
  const text = options.lower === true ? glob.toLowerCase() : glob;
  const below = text.endsWith('/**') && text.length > 3 ? text.slice(0, -3) : null;
  const source = below === null ? sourceOf(text) : `${sourceOf(below)}(?:/.*)?`;
  return compilePattern(`^(?s:${source})$`);
}

/** RFC 6265 §4.1.1 has more, but in names of that kind a pattern was meant. */
const PLAIN_NAME = /^[A-Za-z0-9_.!#%&'+~-]+$/;

/**
 * A cookie's name as a pattern: a plain name is that name alone; what begins with `^` is a pattern for the whole name.
 * Throws `SyntaxError` with a sentence.
 */
export function namePattern(text: string): Pattern {
  if (!text.startsWith('^')) {
    if (!PLAIN_NAME.test(text))
      throw new SyntaxError('neither the name of a cookie nor a pattern, which begins with ^');
    return compilePattern(`^${quoted(text)}$`);
  }
  const bare = text.slice(1).replace(/(?<!\\)\$$/, '');
  // Compiled by itself first: `^a)|(b$` must not come together with our brackets.
  compilePattern(bare);
  return compilePattern(`^(?:${bare})$`);
}

/** What a value must be: a plain value is that value alone; what has characters of patterns is a pattern. */
export function valuePattern(text: string): Pattern {
  return compilePattern(/[\\^$.*+?()[\]{}|]/.test(text) ? text : `^${quoted(text)}$`);
}

/** Whether a pattern takes a part of what it matches: the name, out of the text around it. */
export function takesPart(source: string): boolean {
  const bare = source.replace(/\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g, '');
  return /\((?!\?)|\(\?P?</.test(bare);
}
