import { compilePattern, type Pattern } from '../../lib/pattern.ts';

/** Text as a literal in RE2's syntax. */
export function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, (c) => (c === '/' ? c : `\\${c}`));
}

/** Source of a pattern for `{a,b}`: its alternatives may hold wildcards and be empty. */
function alternatives(inner: string): string {
  return `(?:${inner.split(',').map(sourceOf).join('|')})`;
}

function sourceOf(glob: string): string {
  let out = '';
  for (let at = 0; at < glob.length; ) {
    const c = glob[at] ?? '';
    if (glob.startsWith('**', at)) {
      out += '.*';
      at += 2;
    } else if (c === '*') {
      out += '[^/]*';
      at += 1;
    } else if (c === '{') {
      const end = glob.indexOf('}', at);
      const inner = end < 0 ? '' : glob.slice(at + 1, end);
      if (end < 0 || inner.includes('{')) throw new SyntaxError('a brace that is not closed, or one within another');
      out += alternatives(inner);
      at = end + 1;
    } else {
      out += quoted(c);
      at += 1;
    }
  }
  return out;
}

/**
 * Compiles a path with wildcards: `*` within a segment, `**` over segments (`/a/**` is everything below `/a`, and `/a` itself),
 * `{a,b}` one of a few. The whole path must match. Throws `SyntaxError` with a sentence.
 */
export function globPattern(glob: string, options: { readonly lower?: boolean } = {}): Pattern {
  if (!glob.startsWith('/') && glob !== '**') throw new SyntaxError('a path that does not begin with /');
  const text = options.lower === true ? glob.toLowerCase() : glob;
  const below = text.endsWith('/**') && text.length > 3 ? text.slice(0, -3) : null;
  const source = below === null ? sourceOf(text) : `${sourceOf(below)}(?:/.*)?`;
  return compilePattern(`^(?s:${source})$`);
}

/** A cookie's name as a pattern: a plain name is that name alone; what begins with `^` is a pattern for the whole name. */
export function namePattern(text: string): Pattern {
  if (!text.startsWith('^')) return compilePattern(`^${quoted(text)}$`);
  return compilePattern(text.endsWith('$') ? text : `${text}$`);
}
