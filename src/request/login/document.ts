import type { HeaderFields } from '../fields.ts';
import { parseForm, serialiseForm } from './form.ts';
import { parseJson, segmentsOf, serialiseJson } from './json.ts';
import { checkMedia } from './media.ts';
import { foldField, resembles, selects } from './names.ts';
import { refuse } from './refused.ts';
import { parseXml, serialiseXml } from './xml.ts';

/** A value of a login body under the name that a step knows it by. */
export interface Leaf {
  readonly key: string;
  /** As text; of JSON `null` the empty text. */
  readonly text: string;
  /** Whether it can be a name or a password: not a number, truth value or null. */
  readonly isText: boolean;
}

/** A login body, read strictly, whatever its type. */
export interface LoginDocument {
  readonly leaves: readonly Leaf[];
  selects(selector: string, key: string): boolean;
  /** Whether some server could take the value for what the selector names. */
  resembles(selector: string, key: string): boolean;
  /** Whether the key may stand in a step that passes any scalar. */
  isPlain(key: string): boolean;
  /** Media type and bytes of our own making. */
  readonly type: string;
  serialise(): Buffer;
}

function formDocument(headers: HeaderFields, body: Buffer): LoginDocument {
  const type = checkMedia(headers, 'form');
  const fields = parseForm(body);
  return {
    leaves: [...fields].map(([key, text]) => ({ key, text, isText: true })),
    selects,
    resembles,
    isPlain: (key) => !key.includes('['),
    type,
    serialise: () => serialiseForm(fields),
  };
}

/** Pointers whose names are the same to a reader without case, or of which one leads through the other. */
function pointersResemble(a: string, b: string): boolean {
  const [left, right] = [segmentsOf(a).map(foldField), segmentsOf(b).map(foldField)];
  return left.slice(0, right.length).every((segment, i) => segment === right[i]);
}

function jsonDocument(headers: HeaderFields, body: Buffer): LoginDocument {
  const type = checkMedia(headers, 'json');
  const fields = parseJson(body);
  return {
    leaves: [...fields].map(([key, value]) => ({
      key,
      text: value === null ? '' : String(value),
      isText: typeof value === 'string',
    })),
    selects: (selector, key) => selector === key,
    resembles: pointersResemble,
    isPlain: () => true,
    type,
    serialise: () => serialiseJson(fields),
  };
}

function leafName(path: string): string {
  return foldField(path.slice(path.lastIndexOf('/') + 1).replace(/^@/, ''));
}

function xmlDocument(headers: HeaderFields, body: Buffer): LoginDocument {
  const type = checkMedia(headers, 'xml');
  const document = parseXml(body);
  // A selected value under a repeated element could be either one's.
  const ambiguous = (key: string): boolean => foldersOf(key).some((path) => document.repeated.has(path));
  return {
    leaves: document.leaves.map(({ path, value }) => ({ key: path, text: value, isText: true })),
    selects: (selector, key) => {
      if (selector !== key) return false;
      return ambiguous(key) ? refuse('duplicate', 'an element twice') : true;
    },
    // Some readers take the first element of a name wherever it stands.
    resembles: (selector, key) => !selector.includes('@') && !key.includes('@') && leafName(selector) === leafName(key),
    isPlain: () => true,
    type: `${type}; charset=utf-8`,
    serialise: () => serialiseXml(document),
  };
}

/** The path and all elements that hold it. */
function foldersOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** Reads a body of one media type. Throws `LoginBodyRefused`. */
export function readDocument(type: 'form' | 'json' | 'xml', headers: HeaderFields, body: Buffer): LoginDocument {
  if (type === 'form') return formDocument(headers, body);
  return type === 'json' ? jsonDocument(headers, body) : xmlDocument(headers, body);
}
