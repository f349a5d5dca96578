import { HTML_ATTRIBUTES, HTML_ELEMENTS } from './html-names.ts';
import { EDGE, type Judge, judgeEdges, MAX_NAME, Names, unreadable, utf8Of } from './judge.ts';
import type { Watch } from './watch.ts';
import { Window } from './window.ts';
import { xmlStart } from './xml-start.ts';

const [QUOTE, APOSTROPHE, SLASH, COLON, LESS, EQUALS, GREATER, BACKSLASH] = [34, 39, 47, 58, 60, 61, 62, 92];
/** Bytes that end a name: 1, blanks; 2, the others. */
const ENDS = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte <= 32) return 1;
  return '<>=/"\'&;'.includes(String.fromCharCode(byte)) ? 2 : 0;
});
/** How names begin (XML 1.0 §2.3), and what is no element. */
const NAME = /^[A-Za-z_\x80-\xff]/;
const MARKUP = /^[!?]/;

export interface LooseXml extends Judge {
  /** From here on it is not clear where attributes stand: whatever is before an equals sign is one. */
  doubt(): void;
}

/**
 * Names of elements and attributes in text that some reader of XML may find, wherever it begins to read. An element counts where it
 * is closed, since `<username>` alone is a gap in a text for people; an attribute where it stands in a tag, which may be
 * in a comment or in another's text. `html`: text that is likely to be HTML, whose own names say nothing.
 */
export function looseXmlJudge(watch: Watch, html: boolean): LooseXml {
  const window = new Window();
  const elements = new Names(watch, (raw) => (html && HTML_ELEMENTS.has(raw.toLowerCase()) ? null : utf8Of(raw)));
  const attributes = new Names(watch, (raw) => (html && HTML_ATTRIBUTES.has(raw.toLowerCase()) ? null : utf8Of(raw)));
  let begun = false;
  /** The name that goes on: behind its last colon; how it begins, if it is too long to be kept. */
  let token = -1;
  let head: string | undefined;
  /** What the name is: that of a tag, or of something else. */
  let place: 'text' | 'open' | 'close' = 'text';
  let prefixed = false;
  /** The last name that would be an attribute's, if an equals sign came next. */
  let attribute: { readonly name: string; readonly head: string | undefined } | undefined;
  let element: string | undefined;
  let inTag = false;
  let quote = 0;
  let equals = false;
  let slash = false;
  /** Looks at an XML declaration until it ends: it may name an encoding of its own. */
  let declaration: Judge | undefined;
  let doubtful = false;

  const judgeElement = (name: string | undefined): void => {
    if (name === undefined) return;
    if (name.length > MAX_NAME) unreadable('an element name that is too long');
    elements.judge(name);
  };
  const judgeAttribute = (): void => {
    if (attribute === undefined || !(doubtful || (inTag && quote === 0))) return;
    if (attribute.head === undefined) attributes.judge(attribute.name);
    else judgeEdges(watch, attribute.head, attribute.name);
  };
  const tagNamed = (name: string): void => {
    if (!prefixed && MARKUP.test(name)) {
      if (name.toUpperCase().startsWith('!ENTITY')) unreadable('a document type');
      if (name.toLowerCase() !== '?xml') return;
      declaration = xmlStart(true);
      declaration.look(Buffer.from(`<${name}`, 'latin1'));
    } else if (place === 'close') judgeElement(name);
    else if (prefixed || NAME.test(name)) {
      inTag = true;
      element = name;
    }
  };
  const endToken = (at: number): void => {
    if (token < 0) return;
    const long = head !== undefined || at - token > MAX_NAME;
    const name = window.text(long ? Math.max(token, at - EDGE) : token, at);
    if (place !== 'text') {
      if (long) unreadable('an element name that is too long');
      tagNamed(name);
    } else attribute = { name, head: long ? (head ?? window.text(token, token + EDGE)) : undefined };
    place = 'text';
    prefixed = false;
    token = -1;
  };
  const grow = (byte: number, at: number): void => {
    if (token < 0) {
      token = at;
      head = undefined;
      attribute = undefined;
    }
    if (byte === COLON) {
      token = at + 1;
      head = undefined;
      prefixed = true;
    }
    if (byte !== BACKSLASH) equals = false;
  };
  const open = (): void => {
    if (inTag && quote !== 0) doubtful = true;
    [place, inTag, quote, equals, element, attribute] = ['open', false, 0, false, undefined, undefined];
  };
  const atQuote = (byte: number): void => {
    if (quote === byte) quote = 0;
    else if (quote === 0 && inTag && equals) quote = byte;
    equals = false;
    attribute = undefined;
  };
  const close = (): void => {
    if (slash) judgeElement(element);
    if (inTag && quote === 0) inTag = false;
    attribute = undefined;
    equals = false;
  };
  const atSlash = (): void => {
    place = place === 'open' ? 'close' : 'text';
    attribute = undefined;
    equals = false;
  };
  const atSign = (byte: number): void => {
    place = 'text';
    if (byte === EQUALS) {
      judgeAttribute();
      attribute = undefined;
      equals = true;
    } else if (byte === QUOTE || byte === APOSTROPHE) atQuote(byte);
    else if (byte === GREATER) close();
    else if (ENDS[byte] === 2) attribute = undefined;
  };
  const divide = (byte: number, at: number): void => {
    endToken(at);
    if (byte === LESS) open();
    else if (byte === SLASH) atSlash();
    else atSign(byte);
  };
  const step = (byte: number, at: number): void => {
    if (ENDS[byte] === 0) grow(byte, at);
    else divide(byte, at);
    slash = byte === SLASH;
    if (declaration?.look(Buffer.of(byte)) === 0) declaration = undefined;
  };
  /** Until the next tag nothing counts. */
  const isIdle = (): boolean => {
    if (inTag || doubtful || place !== 'text' || declaration !== undefined) return false;
    token = -1;
    return true;
  };

  return {
    doubt() {
      doubtful = true;
    },
    look(chunk) {
      let at = begun ? 0 : chunk.indexOf(LESS);
      if (at < 0) return 0;
      begun = true;
      const start = window.add(chunk);
      for (; at < chunk.length; at += 1) {
        if (isIdle()) {
          at = chunk.indexOf(LESS, at);
          if (at < 0) break;
        }
        step(chunk[at] ?? 0, start + at);
      }
      const { end } = window;
      const long = token >= 0 && end - token > MAX_NAME;
      if (long) head ??= window.text(token, token + EDGE);
      window.keep(token < 0 ? end : long ? end - EDGE : token);
      return token < 0 || long ? 0 : end - token;
    },
    end() {
      declaration?.end();
      endToken(window.end);
    },
  };
}
