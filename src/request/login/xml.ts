import { SaxesParser } from 'saxes';
import { asSallyportError } from '../../errors.ts';
import { PIECE, toItsEnd } from '../../lib/turns.ts';
import { refuse } from './refused.ts';
import { MAX_FIELD_NAME, utf8 } from './text.ts';

export interface Element {
  readonly name: string;
  readonly attributes: readonly (readonly [name: string, value: string])[];
  readonly children: Element[];
  text: string;
}

/** A value of the document: the text of an element without children, or an attribute (`a/b/@c`). */
export interface XmlLeaf {
  readonly path: string;
  readonly value: string;
}

export interface XmlDocument {
  readonly root: Element;
  /** In document order; a path may come more than once. */
  readonly leaves: readonly XmlLeaf[];
  /** Paths of elements that come more than once. */
  readonly repeated: ReadonlySet<string>;
}

const MAX_DEPTH = 16;
const MAX_ELEMENTS = 500;
const malformed = (why: string): never => refuse('malformed', why);

function checkDeclaration(declaration: { version?: string; encoding?: string }): void {
  if ((declaration.version ?? '1.0') !== '1.0') malformed('an XML version other than 1.0');
  if ((declaration.encoding ?? 'utf-8').toLowerCase() !== 'utf-8') refuse('encoding', 'an encoding other than UTF-8');
}

function checkName(name: string): void {
  if (name.length > MAX_FIELD_NAME) refuse('too-large', 'the name of an element');
  if (name.includes(':')) malformed('a prefixed name');
}

/** Text beside elements could be read as part of either. */
function checkContent(element: Element): void {
  if (element.children.length === 0) return;
  if (/[^ \t\r\n]/.test(element.text)) malformed('text beside elements');
  element.text = '';
}

/** The tree, without comments, processing instructions, document types, prefixes, or text beside elements; piece by piece. */
function* parseTree(text: string): Generator<void, Element, void> {
  const parser = new SaxesParser();
  const open: Element[] = [];
  let root: Element | undefined;
  let count = 0;
  parser.on('error', (error) => malformed(error.message.replace(/[^ -~]/g, '').slice(0, 80)));
  parser.on('xmldecl', checkDeclaration);
  parser.on('doctype', () => malformed('a document type'));
  parser.on('processinginstruction', () => malformed('a processing instruction'));
  parser.on('comment', () => malformed('a comment'));
  parser.on('opentag', ({ name, attributes }) => {
    const element: Element = { name, attributes: Object.entries(attributes), children: [], text: '' };
    for (const each of [name, ...Object.keys(attributes)]) checkName(each);
    count += 1;
    if (open.length >= MAX_DEPTH || count > MAX_ELEMENTS) malformed('too many elements');
    if (root === undefined) root = element;
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  const add = (part: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += part;
  };
  parser.on('text', add);
  parser.on('cdata', add);
  parser.on('closetag', () => {
    const element = open.pop();
    if (element !== undefined) checkContent(element);
  });
  for (let at = 0; at < text.length; at += PIECE) {
    parser.write(text.slice(at, at + PIECE));
    yield;
  }
  parser.close();
  return root ?? malformed('no element');
}

function* leavesOf(element: Element, parent: string): Generator<XmlLeaf> {
  const path = parent === '' ? element.name : `${parent}/${element.name}`;
  for (const [name, value] of element.attributes) yield { path: `${path}/@${name}`, value };
  // The element of a document that says all in attributes is no field besides them.
  const framed = parent === '' && element.text === '' && element.attributes.length > 0;
  if (element.children.length === 0 && !framed) yield { path, value: element.text };
  for (const child of element.children) yield* leavesOf(child, path);
}

function countPaths(element: Element, parent: string, seen: Set<string>, twice: Set<string>): void {
  const path = parent === '' ? element.name : `${parent}/${element.name}`;
  if (seen.has(path)) twice.add(path);
  seen.add(path);
  for (const child of element.children) countPaths(child, path, seen, twice);
}

/** What was read of which bytes, or why it is refused; for as long as somebody holds them. */
const known = new WeakMap<Buffer, XmlDocument | Error>();

/** What `parseXml` says, piece by piece. */
export function* readXml(body: Buffer): Generator<void, XmlDocument, void> {
  const text = utf8(body);
  if (text.startsWith('\ufeff')) refuse('encoding', 'byte order mark');
  const root = yield* parseTree(text);
  const repeated = new Set<string>();
  countPaths(root, '', new Set(), repeated);
  const document = { root, leaves: [...leavesOf(root, '')], repeated };
  known.set(body, document);
  return document;
}

/**
 * Reads a document while others have their turns, so that `parseXml` of these very bytes has it at once, as does every next one.
 * Never rejects: what is wrong with it is said there.
 */
export async function readXmlAhead(body: Buffer): Promise<void> {
  await toItsEnd(readXml(body)).catch((error: unknown) => known.set(body, asSallyportError(error)));
}

/**
 * Reads an XML 1.0 document of at most 64 KiB. Refuses whatever two readers take differently: document types and with them
 * entities other than the five, processing instructions, comments (which divide a text for some), prefixes, text beside
 * elements, and encodings other than UTF-8.
 */
export function parseXml(body: Buffer): XmlDocument {
  const before = known.get(body);
  if (before instanceof Error) throw before;
  if (before !== undefined) return before;
  const reader = readXml(body);
  for (let step = reader.next(); ; step = reader.next()) if (step.done === true) return step.value;
}

function escaped(text: string): string {
  return text.replace(/[&<>"'\t\r\n]/g, (c) => `&#${c.charCodeAt(0)};`);
}

type Texts = ReadonlyMap<Element, string>;

function write(element: Element, instead: Texts): string {
  const attributes = element.attributes.map(([name, value]) => ` ${name}="${escaped(value)}"`).join('');
  const inner =
    element.children.length === 0
      ? escaped(instead.get(element) ?? element.text)
      : element.children.map((child) => write(child, instead)).join('');
  return `<${element.name}${attributes}>${inner}</${element.name}>`;
}

/** The document anew: same elements, attributes and texts but those that are given, blanks between elements left out. */
export function serialiseXml(document: XmlDocument, instead: Texts = new Map()): Buffer {
  return Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${write(document.root, instead)}`, 'utf8');
}
