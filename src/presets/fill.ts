import { escapeHtml } from '../lib/html.ts';
import { type Attribute, startTags, type Tag } from './html-tags.ts';

function attributeOf(tag: Tag, name: string): Attribute | undefined {
  return tag.attributes.find((each) => each.name === name);
}

/** Whether any reader sees the same attributes: none twice, no name with what belongs into values. */
function isPlain({ attributes }: Tag): boolean {
  const names = attributes.map((each) => each.name);
  return new Set(names).size === names.length && names.every((name) => !/["'<=]/.test(name));
}

const TEXT: readonly string[] = ['text', 'email', ''];

function mayHold(tag: Tag, types: readonly string[]): boolean {
  const type = (attributeOf(tag, 'type')?.value ?? 'text').toLowerCase();
  return isPlain(tag) && types.includes(type) && (attributeOf(tag, 'value')?.value ?? '') === '';
}

/**
 * Writes a name into the one text field of that name, or the one of these types, that has no value yet. Everything else of the page stays byte for byte;
 * a page without such a field, with several, or written so that readers differ, stays as it is.
 */
export function fillName(page: string, field: string, name: string, types = TEXT): string {
  const fields = (startTags(page) ?? []).filter(
    (tag) => tag.name === 'input' && tag.attributes.some((each) => each.name === 'name' && each.value === field),
  );
  const [tag] = fields;
  if (tag === undefined || fields.length > 1 || !mayHold(tag, types)) return page;
  const written = `value="${escapeHtml(name)}"`;
  const empty = attributeOf(tag, 'value');
  if (empty !== undefined) return page.slice(0, empty.from) + written + page.slice(empty.to);
  const at = attributeOf(tag, 'name')?.to ?? page.length;
  // A quoted value may be followed by the next attribute at once.
  const gap = /[\t\n\f\r />]/.test(page[at] ?? '') ? '' : ' ';
  return `${page.slice(0, at)} ${written}${gap}${page.slice(at)}`;
}
