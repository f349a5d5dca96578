import { escapeHtml } from '../lib/html.ts';

/** Elements whose content is no markup. */
const RAW = /^(?:script|style|textarea|title|noscript|template|iframe|xmp|noembed|noframes|plaintext)$/i;

interface Attribute {
  readonly name: string;
  readonly value: string;
}

/** Attributes of a tag's text, names in lower case; null when it is written in a way that readers differ over. */
function attributesOf(text: string): readonly Attribute[] | null {
  const found: Attribute[] = [];
  const form = /\s+([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/gy;
  let end = 0;
  for (let each = form.exec(text); each !== null; each = form.exec(text)) {
    end = form.lastIndex;
    const name = (each[1] ?? '').toLowerCase();
    if (found.some((other) => other.name === name)) return null;
    found.push({ name, value: each[2] ?? each[3] ?? each[4] ?? '' });
  }
  return /^\s*\/?\s*$/.test(text.slice(end)) ? found : null;
}

/** End of the tag that begins at `at`: the first `>` outside of quotes; -1 when there is none. */
function endOfTag(page: string, at: number): number {
  let quote = '';
  for (let i = at; i < page.length; i += 1) {
    const c = page[i] ?? '';
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === '"' || c === "'") quote = c;
    else if (c === '>') return i;
  }
  return -1;
}

/** Where markup goes on after the comment, declaration or raw element that begins at `at`; -1 when it never ends. */
function skip(page: string, at: number): number {
  if (page.startsWith('<!--', at)) {
    const end = page.indexOf('-->', at + 4);
    return end < 0 ? -1 : end + 3;
  }
  const end = endOfTag(page, at + 1);
  if (end < 0) return -1;
  const name = /^<([a-z][a-z0-9]*)/i.exec(page.slice(at, at + 20))?.[1] ?? '';
  if (!RAW.test(name)) return end + 1;
  const close = page.toLowerCase().indexOf(`</${name.toLowerCase()}`, end);
  return close < 0 ? -1 : close;
}

/** The tag with the name written into it; undefined when it is not the field, or has a value already. */
function filled(tag: string, field: string, name: string): string | undefined {
  const inner = tag.slice('<input'.length, -1);
  const attributes = attributesOf(inner);
  if (attributes === null) return undefined;
  const of = (key: string): string | undefined => attributes.find((each) => each.name === key)?.value;
  const type = (of('type') ?? 'text').toLowerCase();
  if (of('name') !== field || !['text', 'email', ''].includes(type)) return undefined;
  if ((of('value') ?? '') !== '') return undefined;
  const rest = inner.replace(/\s+value\s*=\s*(?:""|'')/i, '').replace(/\s*\/?\s*$/, '');
  const slash = /\/\s*$/.test(inner) ? ' /' : '';
  return `<input${rest} value="${escapeHtml(name)}"${slash}>`;
}

/**
 * Writes a name into the one text field of that name that has no value yet. Everything else of the page stays byte for byte;
 * a page without such a field, with several, or written so that readers differ, stays as it is.
 */
export function fillName(page: string, field: string, name: string): string {
  let found: { from: number; to: number; text: string } | undefined;
  for (let at = page.indexOf('<'); at >= 0 && at < page.length; ) {
    if (/^<input[\s/>]/i.test(page.slice(at, at + 7))) {
      const end = endOfTag(page, at + 1);
      if (end < 0) return page;
      const text = filled(page.slice(at, end + 1), field, name);
      if (text !== undefined) {
        if (found !== undefined) return page;
        found = { from: at, to: end + 1, text };
      }
    }
    const next = skip(page, at);
    if (next < 0) break;
    at = page.indexOf('<', Math.max(next, at + 1));
  }
  return found === undefined ? page : page.slice(0, found.from) + found.text + page.slice(found.to);
}
