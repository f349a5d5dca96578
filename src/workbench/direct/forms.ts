import { type Attribute, readTag, type Tag } from '../../presets/html-tags.ts';
import { withoutEntities } from '../../presets/whoami.ts';

export interface Field {
  readonly name: string;
  readonly value: string;
  /** Of an input, lower case; `submit` for buttons. */
  readonly type: string;
  /** Of a list: what a person may choose. */
  readonly choices?: readonly string[];
  /** Of a button: its value is what people read on it. */
  readonly said?: true;
}

/** A form of a page as a browser would send it, the first button pressed. */
export interface Form {
  /** As written, also by the button; empty: the page itself. */
  readonly action: string;
  readonly method: 'GET' | 'POST' | 'DIALOG';
  /** Media type of its body. */
  readonly enctype: string;
  readonly fields: readonly Field[];
  /** Boxes that are not ticked: a person may send them. */
  readonly unticked: readonly Field[];
  /** It has a password field without a name, which only a script can send. */
  readonly nameless: boolean;
  /** What stands in no form: only a script can send it. */
  readonly loose: boolean;
}

export interface Forms {
  readonly forms: readonly Form[];
  /** What references of the page are relative to; null: the page. */
  readonly base: string | null;
  /** False: there is more of it than is read of any page. */
  readonly whole: boolean;
}

/** Of one page. */
const [MAX_FORMS, MAX_FIELDS, MAX_CHOICES] = [100, 1000, 1000];

const TAGS: ReadonlySet<string> = new Set(['form', 'input', 'select', 'option', 'textarea', 'button', 'base']);
/** Tags that what follows belongs to, for people. */
const SAYING: ReadonlySet<string> = new Set(['option', 'a']);
/** What stands in these is text to a browser. */
const TEXT: ReadonlySet<string> = new Set([
  ...['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'noscript', 'template'],
]);

/** What may follow the name of a tag. */
const ENDS: ReadonlySet<string> = new Set('\t\n\f\r />');

type Attributes = ReadonlyMap<string, string>;

function attributesOf(attributes: readonly Attribute[]): Attributes {
  const found = new Map<string, string>();
  for (const { name, value } of attributes) if (!found.has(name)) found.set(name, withoutEntities(value));
  return found;
}

/** Where the end tag stands that ends the text of an element; -1 for none. */
function endOfText(html: string, name: string, at: number): number {
  for (let i = html.indexOf('</', at); i >= 0; i = html.indexOf('</', i + 2)) {
    const end = i + 2 + name.length;
    if (html.slice(i + 2, end).toLowerCase() === name && ENDS.has(html[end] ?? '')) return i;
  }
  return -1;
}

/** Where what begins at `at` ends; -1 when it never does, as a browser sees it. */
function after(html: string, at: number, tag: Tag | null): number {
  if (html.startsWith('<!--', at)) {
    const end = html.indexOf('-->', at + 4);
    return end < 0 ? -1 : end + 3;
  }
  if (tag === null) return at + 1;
  if (tag.closing || !TEXT.has(tag.name)) return tag.to;
  return endOfText(html, tag.name, tag.to);
}

/** The tags of a page outside of comments and texts, and what follows each. What does not end ends the page, so each character is read once. */
export function* tagsIn(
  html: string,
  wanted: ReadonlySet<string>,
): Generator<{ readonly tag: Tag; readonly text: string }> {
  for (let at = html.indexOf('<'); at >= 0; ) {
    const isTag = /^<\/?[a-z]/i.test(html.slice(at, at + 3));
    const tag = isTag ? readTag(html, at) : null;
    if (isTag && tag === null) return;
    const to = after(html, at, tag);
    const next = to < 0 ? -1 : html.indexOf('<', to);
    if (tag !== null && wanted.has(tag.name))
      yield { tag, text: SAYING.has(tag.name) ? html.slice(tag.to, next < 0 ? html.length : next) : '' };
    if (next < 0) return;
    at = next;
  }
}

/** How a form is sent, by itself or by its button. */
interface Sending {
  readonly action: string | undefined;
  readonly method: string | undefined;
  readonly enctype: string | undefined;
}

interface Button extends Sending {
  /** Its place among all fields. */
  readonly place: number;
  readonly fields: readonly Field[];
}

interface Opened extends Sending {
  readonly fields: Field[];
  readonly unticked: Field[];
  nameless: boolean;
  button: Button | null;
}

interface List {
  readonly name: string;
  readonly owner: string | undefined;
  readonly several: boolean;
  readonly choices: string[];
  value: string | null;
}

function opened(sending: Sending): Opened {
  return { ...sending, fields: [], unticked: [], nameless: false, button: null };
}

function methodOf(written: string | undefined): Form['method'] {
  const method = written?.trim().toUpperCase();
  return method === 'POST' || method === 'DIALOG' ? method : 'GET';
}

const ENCODINGS: ReadonlySet<string> = new Set(['multipart/form-data', 'text/plain']);

function enctypeOf(written: string | undefined): string {
  const type = written?.trim().toLowerCase() ?? '';
  return ENCODINGS.has(type) ? type : 'application/x-www-form-urlencoded';
}

function formOf({ fields, unticked, nameless, button, ...own }: Opened, loose: boolean): Form {
  return {
    action: (button?.action ?? own.action ?? '').trim(),
    method: methodOf(button?.method ?? own.method),
    enctype: enctypeOf(button?.enctype ?? own.enctype),
    fields: [...fields, ...(button?.fields ?? [])],
    unticked,
    nameless,
    loose,
  };
}

/** What a field of a tag adds to its form. */
type Adds = (to: Opened) => void;

function sentBy(attributes: Attributes): Sending {
  const of = (name: string) => attributes.get(name);
  return { action: of('formaction'), method: of('formmethod'), enctype: of('formenctype') };
}

function buttonOf(tag: string, type: string, attributes: Attributes, place: number): Adds {
  const name = attributes.get('name') ?? '';
  const value = attributes.get('value') ?? '';
  const said = tag === 'input' ? { said: true as const } : {};
  // A picture says where it was pressed.
  const dot = name === '' ? '' : `${name}.`;
  const pressed = type === 'image' ? [`${dot}x`, `${dot}y`].map((each) => ({ name: each, value: '0', type })) : [];
  const fields = type === 'image' ? pressed : name === '' ? [] : [{ name, value, type, ...said }];
  return (to) => {
    if (to.button === null || place < to.button.place) to.button = { ...sentBy(attributes), place, fields };
  };
}

function inputOf(tag: string, type: string, attributes: Attributes): Adds {
  const name = attributes.get('name') ?? '';
  const box = type === 'checkbox' || type === 'radio';
  const value = tag === 'textarea' ? '' : (attributes.get('value') ?? (box ? 'on' : ''));
  return (to) => {
    if (name === '') to.nameless ||= type === 'password';
    else if (box && !attributes.has('checked')) to.unticked.push({ name, value, type });
    else to.fields.push({ name, value, type });
  };
}

class Reader {
  readonly forms: Opened[] = [];
  base: string | null = null;
  /** False once there is more than is read. */
  whole = true;
  #open: Opened | null = null;
  #count = 0;
  readonly #byId = new Map<string, Opened>();
  /** What belongs to a form by its id, which may come later. */
  readonly #elsewhere: { readonly id: string; readonly adds: Adds }[] = [];
  /** Fields that stand in no form: pages whose script sends them. */
  readonly #loose = opened({ action: undefined, method: 'POST', enctype: undefined });
  #list: List | null = null;

  tag({ closing, name, text }: { closing: boolean; name: string; text: string }, attributes: Attributes): void {
    if (name === 'base') this.base ??= attributes.get('href') ?? null;
    else if (name === 'form') this.#form(closing, attributes);
    else if (name === 'select') this.#choice(closing, attributes);
    else if (name === 'option') this.#option(closing, attributes, text);
    else if (!closing) this.#field(name, attributes);
  }

  #form(closing: boolean, attributes: Attributes): void {
    if (closing) this.#open = null;
    if (closing || this.#open !== null) return;
    if (this.forms.length === MAX_FORMS) this.whole = false;
    const of = (name: string) => attributes.get(name);
    this.#open = opened({ action: of('action'), method: of('method'), enctype: of('enctype') });
    this.forms.push(this.#open);
    const id = of('id');
    if (id !== undefined && id !== '' && !this.#byId.has(id)) this.#byId.set(id, this.#open);
  }

  #choice(closing: boolean, attributes: Attributes): void {
    if (this.#list !== null) this.#endOfList(this.#list);
    const open = { owner: attributes.get('form'), several: attributes.has('multiple'), choices: [], value: null };
    const named = !closing && !attributes.has('disabled');
    this.#list = named ? { name: attributes.get('name') ?? '', ...open } : null;
  }

  #endOfList({ name, owner, several, choices, value }: List): void {
    const chosen = value ?? (several ? undefined : choices[0]);
    if (name === '' || chosen === undefined) return;
    this.#add(owner, (to) => to.fields.push({ name, value: chosen, type: 'select', choices }));
  }

  #option(closing: boolean, attributes: Attributes, text: string): void {
    if (closing || this.#list === null || attributes.has('disabled')) return;
    const value = attributes.get('value') ?? withoutEntities(text).replace(/\s+/g, ' ').trim();
    if (this.#list.choices.length < MAX_CHOICES) this.#list.choices.push(value);
    if (attributes.has('selected')) this.#list.value = value;
  }

  #field(tag: string, attributes: Attributes): void {
    const given = attributes.get('type')?.trim().toLowerCase();
    const type = tag === 'button' ? (given ?? 'submit') : tag === 'textarea' ? 'text' : (given ?? 'text');
    if (attributes.has('disabled') || type === 'button' || type === 'reset' || type === 'file') return;
    const button = tag === 'button' || type === 'submit' || type === 'image';
    const adds = button ? buttonOf(tag, type, attributes, this.#count) : inputOf(tag, type, attributes);
    this.#add(attributes.get('form'), adds);
  }

  #add(owner: string | undefined, adds: Adds): void {
    this.#count += 1;
    if (this.#count > MAX_FIELDS) this.whole = false;
    else if (owner === undefined) adds(this.#open ?? this.#loose);
    else this.#elsewhere.push({ id: owner, adds });
  }

  end(): Forms {
    if (this.#list !== null) this.#endOfList(this.#list);
    for (const { id, adds } of this.#elsewhere) {
      const owner = this.#byId.get(id);
      if (owner !== undefined) adds(owner);
    }
    const forms = this.forms.map((form) => formOf(form, false));
    const { fields, nameless } = this.#loose;
    if (fields.length > 0 || nameless) forms.push(formOf(this.#loose, true));
    return { forms, base: this.base, whole: this.whole };
  }
}

/** The forms of a page and what its references are relative to, read leniently: what a browser makes of them is the measure. */
export function formsIn(html: string): Forms {
  const reader = new Reader();
  for (const { tag, text } of tagsIn(html, TAGS)) {
    reader.tag({ closing: tag.closing, name: tag.name, text }, attributesOf(tag.attributes));
    if (!reader.whole) break;
  }
  return reader.end();
}
