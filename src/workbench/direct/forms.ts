import { type Attribute, readTag, type Tag } from '../../presets/html-tags.ts';
import { withoutEntities } from '../../presets/whoami.ts';

export interface Field {
  readonly name: string;
  readonly value: string;
  /** Of an input, lower case; `submit` for buttons. */
  readonly type: string;
}

/** A form of a page as a browser would send it, the first button pressed. */
export interface Form {
  /** As written; empty: the page itself. */
  readonly action: string;
  readonly method: string;
  readonly fields: readonly Field[];
  /** Names of boxes that are not ticked: a person may send them. */
  readonly unticked: readonly string[];
}

interface Opened {
  readonly action: string;
  readonly method: string;
  readonly fields: Field[];
  readonly unticked: string[];
}

const TAGS: ReadonlySet<string> = new Set(['form', 'input', 'select', 'option', 'textarea', 'button', 'base']);

function attributesOf(attributes: readonly Attribute[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { name, value } of attributes) if (!found.has(name)) found.set(name, withoutEntities(value));
  return found;
}

/** Where what begins at `at` ends; -1 when it never does, as a browser sees it. */
function after(html: string, at: number, tag: Tag | null): number {
  if (html.startsWith('<!--', at)) {
    const end = html.indexOf('-->', at + 4);
    return end < 0 ? -1 : end + 3;
  }
  if (tag === null) return at + 1;
  if (tag.closing || (tag.name !== 'script' && tag.name !== 'style')) return tag.to;
  const ends = tag.name === 'script' ? /<\/script[\s/>]/gi : /<\/style[\s/>]/gi;
  ends.lastIndex = tag.to;
  return ends.exec(html)?.index ?? -1;
}

/** The tags of a page outside of comments, scripts and styles. What does not end ends the page, so each character is read once. */
function* tagsIn(html: string): Generator<Tag> {
  for (let at = html.indexOf('<'); at >= 0; ) {
    const isTag = /^<\/?[a-z]/i.test(html.slice(at, at + 3));
    const tag = isTag ? readTag(html, at) : null;
    if (isTag && tag === null) return;
    if (tag !== null && TAGS.has(tag.name)) yield tag;
    const to = after(html, at, tag);
    if (to < 0) return;
    at = html.indexOf('<', to);
  }
}

class Reader {
  readonly forms: Opened[] = [];
  base: string | null = null;
  #open: Opened | null = null;
  /** Fields that stand in no form: pages whose script sends them. */
  readonly #loose: Field[] = [];
  #select: { name: string; value: string | null } | null = null;

  tag(closing: boolean, name: string, attributes: ReadonlyMap<string, string>): void {
    if (name === 'base') this.base ??= attributes.get('href') ?? null;
    else if (name === 'form') this.#form(closing, attributes);
    else if (name === 'select') this.#choice(closing, attributes);
    else if (name === 'option') this.#option(closing, attributes);
    else if (!closing) this.#field(name, attributes);
  }

  #form(closing: boolean, attributes: ReadonlyMap<string, string>): void {
    if (closing) {
      this.#open = null;
      return;
    }
    const method = (attributes.get('method') ?? 'get').toUpperCase();
    this.#open = { action: attributes.get('action') ?? '', method, fields: [], unticked: [] };
    this.forms.push(this.#open);
  }

  #choice(closing: boolean, attributes: ReadonlyMap<string, string>): void {
    if (!closing) this.#select = { name: attributes.get('name') ?? '', value: null };
    else if (this.#select !== null) {
      this.#add(this.#select.name, this.#select.value ?? '', 'select');
      this.#select = null;
    }
  }

  #option(closing: boolean, attributes: ReadonlyMap<string, string>): void {
    if (closing || this.#select === null) return;
    if (this.#select.value === null || attributes.has('selected')) this.#select.value = attributes.get('value') ?? '';
  }

  #field(tag: string, attributes: ReadonlyMap<string, string>): void {
    const given = attributes.get('type')?.toLowerCase();
    const type = tag === 'button' ? (given ?? 'submit') : tag === 'textarea' ? 'text' : (given ?? 'text');
    if (attributes.has('disabled') || type === 'button' || type === 'reset' || type === 'file') return;
    if ((type === 'checkbox' || type === 'radio') && !attributes.has('checked')) {
      this.#open?.unticked.push(attributes.get('name') ?? '');
      return;
    }
    const value = attributes.get('value') ?? (type === 'checkbox' || type === 'radio' ? 'on' : '');
    this.#add(attributes.get('name') ?? '', value, type);
  }

  #add(name: string, value: string, type: string): void {
    if (name === '') return;
    const fields = this.#open?.fields ?? this.#loose;
    if (type === 'submit' && fields.some((field) => field.type === 'submit')) return;
    fields.push({ name, value, type });
  }

  end(): void {
    if (this.#loose.length > 0) this.forms.push({ action: '', method: 'POST', fields: this.#loose, unticked: [] });
  }
}

/** The forms of a page and what its references are relative to, read leniently: what a browser makes of them is the measure. */
export function formsIn(html: string): { readonly forms: readonly Form[]; readonly base: string | null } {
  const reader = new Reader();
  for (const { closing, name, attributes } of tagsIn(html)) reader.tag(closing, name, attributesOf(attributes));
  reader.end();
  return { forms: reader.forms, base: reader.base };
}
