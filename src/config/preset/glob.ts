import { compilePattern, type Pattern } from '../../lib/pattern.ts';

/** Text as a literal in RE2's syntax. */
export function quoted(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|-]/g, '\\$&');
}

/** A part of a glob, translated. */
interface Piece {
  readonly source: string;
  readonly length: number;
  /** The next character is the first of a segment. */
  readonly fresh: boolean;
}

/** What would be another wildcard together than apart is refused, so that a glob has one meaning. */
function checkBraces(before: string, inner: string, after: string): void {
  if (inner.includes('{')) throw new SyntaxError('a brace within a brace');
  if (inner.includes('**')) throw new SyntaxError('** within braces');
  if (before.endsWith('}') || before === '**') throw new SyntaxError('braces behind braces or behind **');
  if (after === '**') throw new SyntaxError('** behind braces at the end');
  const meet = (one: string) => `${before}|${one}|${after}`.replace('||', '|').includes('*|*');
  if (inner.split(',').some(meet)) throw new SyntaxError('stars that meet at a brace');
}

/** `{a,b}` at `at`: alternatives may hold `*` and be empty. */
function alternatives(glob: string, at: number, fresh: boolean): Piece {
  const end = glob.indexOf('}', at);
  if (end < 0) throw new SyntaxError('a brace that is not closed');
  const inner = glob.slice(at + 1, end);
  checkBraces(glob.slice(Math.max(at - 2, 0), at), inner, glob.slice(end + 1));
  const each = inner.split(',').map((one) => translate(one, fresh));
  const after = each.every((one) => one.fresh);
  if (!after && each.some((one) => one.fresh) && glob.startsWith('**/', end + 1))
    throw new SyntaxError('alternatives before **/ of which some end with a slash and some do not');
  return { source: `(?:${each.map(({ source }) => source).join('|')})`, length: end + 1 - at, fresh: after };
}

/** The part of a glob at `at`. `fresh`: at the first character of a segment. */
function piece(glob: string, at: number, fresh: boolean): Piece {
  const c = glob[at] ?? '';
  if (glob.slice(at) === '/**') return { source: '(?:/.*)?', length: 3, fresh: false };
  // Where whole segments are meant, none of them is possible too: `/a/**/b` is `/a/b` as well.
  if (fresh && glob.startsWith('**/', at)) return { source: '(?:.*/)?', length: 3, fresh: true };
  if (glob.startsWith('**', at)) return { source: '.*', length: 2, fresh: false };
  if (c === '*') return { source: '[^/]*', length: 1, fresh: false };
  if (c === '{') return alternatives(glob, at, fresh);
  return { source: quoted(c), length: 1, fresh: c === '/' };
}

function translate(glob: string, fresh: boolean): { readonly source: string; readonly fresh: boolean } {
  let source = '';
  let first = fresh;
  for (let at = 0; at < glob.length; ) {
    const next = piece(glob, at, first);
    source += next.source;
    first = next.fresh;
    at += next.length;
  }
  return { source, fresh: first };
}

/**
 * Compiles a path with wildcards: `*` within a segment, `**` over segments (`/a/**` is everything below `/a`, and `/a` itself;
 * a `**` between slashes may stand for none), `{a,b}` one of a few. The whole path must match. `lower`: for paths in lower
 * case. Throws `SyntaxError` with a sentence.
 */
export function globPattern(glob: string, options: { readonly lower?: boolean } = {}): Pattern {
  if (!glob.startsWith('/') && glob !== '**') throw new SyntaxError('a path that does not begin with /');
  const text = options.lower === true ? glob.toLowerCase() : glob;
  return compilePattern(`^(?s:${translate(text, false).source})$`);
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

/** A pattern with a letter for each escape and class, so that brackets are those of groups. */
function groupsOf(source: string): string {
  return source.replace(/\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|[^\]\\])*\]/g, 'x');
}

/** Whether a pattern takes a part of what it matches: the name, out of the text around it. */
export function takesPart(source: string): boolean {
  return /\((?!\?)|\(\?P?</.test(groupsOf(source));
}

/** Whether nothing stands behind what it takes: of a longer name it would take the beginning. */
export function takesBeginning(source: string): boolean {
  const bare = groupsOf(source);
  if (!bare.endsWith(')')) return false;
  let depth = 0;
  for (let at = bare.length - 1; at >= 0; at -= 1) {
    if (bare[at] === ')') depth += 1;
    if (bare[at] === '(') depth -= 1;
    if (depth === 0) return !bare.startsWith('(?', at) || /^\(\?P?</.test(bare.slice(at));
  }
  return false;
}
