/** A tag of a page and where it stands: offsets into the page, `to` one after its last character. */
export interface Tag {
  /** Lower case. */
  readonly name: string;
  readonly closing: boolean;
  readonly attributes: readonly Attribute[];
  readonly to: number;
}

export interface Attribute {
  /** Lower case. */
  readonly name: string;
  /** As written, references and all. */
  readonly value: string;
  readonly from: number;
  readonly to: number;
}

const BLANK = '\t\n\f\r ';
/** Elements whose content is text to a browser that runs scripts (HTML §13.2.6.4). */
const TEXT: ReadonlySet<string> = new Set([
  ...['script', 'style', 'textarea', 'title', 'xmp', 'iframe', 'noembed', 'noframes', 'noscript', 'template'],
]);

/** Which of the characters of ASCII are in a set. */
function setOf(characters: string): Uint8Array {
  const set = new Uint8Array(128);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}

const BLANKS = setOf(BLANK);
const BLANKS_OR_SLASH = setOf(`${BLANK}/`);
const BLANKS_OR_END = setOf(`${BLANK}>`);
const ENDS_OF_TAG_NAME = setOf(`${BLANK}/>`);
const ENDS_OF_NAME = setOf(`${BLANK}/>=`);

function upTo(page: string, at: number, stops: Uint8Array): number {
  let i = at;
  while (i < page.length && stops[page.charCodeAt(i)] !== 1) i += 1;
  return i;
}

function past(page: string, at: number, these: Uint8Array): number {
  let i = at;
  while (i < page.length && these[page.charCodeAt(i)] === 1) i += 1;
  return i;
}

/** The attribute that begins at `at` (HTML §13.2.5.32 to 39); null when the page ends in it. */
function readAttribute(page: string, at: number): Attribute | null {
  const endOfName = upTo(page, at + 1, ENDS_OF_NAME);
  const name = page.slice(at, endOfName).toLowerCase();
  const equals = past(page, endOfName, BLANKS);
  if (page[equals] !== '=') return { name, value: '', from: at, to: endOfName };
  const start = past(page, equals + 1, BLANKS);
  const quote = page[start];
  if (quote !== '"' && quote !== "'") {
    const to = upTo(page, start, BLANKS_OR_END);
    return { name, value: page.slice(start, to), from: at, to };
  }
  const end = page.indexOf(quote, start + 1);
  return end < 0 ? null : { name, value: page.slice(start + 1, end), from: at, to: end + 1 };
}

/** The tag whose `<` stands at `at`, as browsers read it (HTML §13.2.5.8); null when the page ends in it. */
export function readTag(page: string, at: number): Tag | null {
  const closing = page[at + 1] === '/';
  const start = at + (closing ? 2 : 1);
  let i = upTo(page, start, ENDS_OF_TAG_NAME);
  const name = page.slice(start, i).toLowerCase();
  const attributes: Attribute[] = [];
  for (;;) {
    i = past(page, i, BLANKS_OR_SLASH);
    if (i >= page.length) return null;
    if (page[i] === '>') return { name, closing, attributes, to: i + 1 };
    const attribute = readAttribute(page, i);
    if (attribute === null) return null;
    attributes.push(attribute);
    i = attribute.to;
  }
}

/** Where the comment that begins at `at` ends; -1 when it never does, or when browsers and we could differ. */
function endOfComment(page: string, at: number): number {
  const end = page.indexOf('-->', at + 4);
  const text = page.slice(at + 4, end);
  return end < 0 || text.startsWith('>') || text.startsWith('->') || text.includes('--!>') ? -1 : end + 3;
}

/** Where the text inside of an element ends, which is where its end tag begins; -1 as above. */
function endOfText(page: string, name: string, at: number): number {
  for (let i = page.indexOf('</', at); i >= 0; i = page.indexOf('</', i + 2)) {
    const after = i + 2 + name.length;
    if (page.slice(i + 2, after).toLowerCase() !== name || !`${BLANK}/>`.includes(page[after] ?? 'x')) continue;
    const text = page.slice(at, i);
    // Inside of `<!-- <script>` an end tag does not end a script.
    return name === 'script' && text.includes('<!--') && /<script/i.test(text) ? -1 : i;
  }
  return -1;
}

function isLetter(page: string, at: number): boolean {
  const code = page.charCodeAt(at) | 32;
  return code >= 97 && code <= 122;
}

/** Whether what stands at `at` is what nearly every `<` begins that begins nothing: another one, or a character of a text. */
function isText(page: string, at: number): boolean {
  const code = page.charCodeAt(at + 1);
  return code !== 33 && code !== 47 && code !== 63 && !isLetter(page, at + 1);
}

/** A declaration or an instruction, or an end tag without a name: browsers take it for a comment up to the next `>`. */
function isBogus(page: string, at: number): boolean {
  const next = page[at + 1];
  return next === '!' || next === '?' || (next === '/' && at + 2 < page.length && !isLetter(page, at + 2));
}

/**
 * The start tags of a page outside of comments, scripts and other text, with their offsets. null when the page ends within
 * something, or is written so that browsers and we could read it differently.
 */
export function startTags(page: string): readonly Tag[] | null {
  const tags: Tag[] = [];
  for (let at = page.indexOf('<'); at >= 0; ) {
    if (isText(page, at)) {
      at = page.indexOf('<', at + 1);
      continue;
    }
    let to = at + 1;
    if (page.startsWith('<!--', at)) to = endOfComment(page, at);
    else if (isBogus(page, at)) to = page.indexOf('>', at) + 1 || -1;
    else if (isLetter(page, at + (page[at + 1] === '/' ? 2 : 1))) {
      const tag = readTag(page, at);
      if (tag === null || tag.name === 'plaintext') return null;
      if (!tag.closing) tags.push(tag);
      to = !tag.closing && TEXT.has(tag.name) ? endOfText(page, tag.name, tag.to) : tag.to;
    }
    if (to < 0) return null;
    at = page.indexOf('<', to);
  }
  return tags;
}
