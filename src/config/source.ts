import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type YAMLError,
} from 'yaml';
import type { ConfigFault } from './types.ts';

/** A path into the file: keys and indices from the top. */
export type Path = readonly PropertyKey[];

/** A fault before it has a line. */
export interface Finding {
  readonly path: Path;
  readonly message: string;
}

/** The file as plain values, and where in it they stand. */
export interface Source {
  readonly value: unknown;
  /** The line of the deepest part of a path that exists, from 1; of the key where there is one. 0 when there is no file. */
  lineOf(path: Path): number;
}

/** Aliases may repeat parts of a file, but not so that a small file becomes a large one. */
const MAX_ALIASES = 50;

/** Sentences in our own voice; the library's own messages may quote the file, which may hold a misplaced secret. */
const SENTENCES: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  DUPLICATE_KEY: 'This key stands here twice. Keep one of the two.',
  TAB_AS_INDENT: 'Indent with blanks; a tab cannot indent YAML.',
  BAD_ALIAS: 'This alias (*name) names no anchor (&name) above it.',
  MULTIPLE_DOCS: 'The file holds several documents. Keep one and remove the lines ---.',
  TAG_RESOLVE_FAILED: 'Tags (!name) are not possible here. Write the plain value, in quotes where it begins with !.',
  BAD_INDENT: 'The indentation does not fit the lines around it.',
  MISSING_CHAR: 'A closing quote, bracket or comma is missing here; a value with : # { } [ ] in it needs quotes.',
  UNEXPECTED_TOKEN: 'This is not expected here; a value with : # { } [ ] in it needs quotes.',
});

function sentence(error: YAMLError): string {
  return SENTENCES[error.code] ?? 'This is not valid YAML. A value with special characters in it needs quotes.';
}

/** `apps.portal.rules[0].path`. */
export function pathText(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text === '' ? String(step) : `${text}.${String(step)}`,
    '',
  );
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

/** Everything that a reader of maps and lists can meet: nodes with their paths. Aliases are not followed. */
function* walk(node: unknown, path: Path): Generator<{ node: Node; path: Path }> {
  if (!isNode(node)) return;
  yield { node, path };
  if (isMap(node)) {
    for (const pair of node.items) {
      if (isNode(pair.key)) yield { node: pair.key, path: [...path, keyOf(pair.key)] };
      yield* walk(pair.value, [...path, keyOf(pair.key)]);
    }
  }
  if (isSeq(node)) for (const [i, item] of node.items.entries()) yield* walk(item, [...path, i]);
}

/** The last node that begins at or before an offset: its path and where it begins. */
function nodeAt(root: unknown, offset: number): { path: string; start: number } {
  let best: Path = [];
  let at = -1;
  for (const { node, path } of walk(root, [])) {
    const start = node.range?.[0] ?? -1;
    if (start <= offset && start >= at) {
      best = path;
      at = start;
    }
  }
  return { path: pathText(best), start: Math.max(at, 0) };
}

/** Keys that plain objects cannot hold safely or that a reader would take for something else, and aliases of nothing. */
function* keyFaults(doc: Document<Node>): Generator<{ offset: number; path: Path; message: string }> {
  for (const { node, path } of walk(doc.contents, [])) {
    if (isAlias(node) && node.resolve(doc) === undefined) {
      yield { offset: node.range?.[0] ?? 0, path, message: SENTENCES['BAD_ALIAS'] ?? '' };
    }
    if (!isMap(node)) continue;
    for (const pair of node.items) {
      const offset = (isNode(pair.key) ? pair.key.range?.[0] : undefined) ?? node.range?.[0] ?? 0;
      if (!isScalar(pair.key) || pair.key.value === '<<')
        yield { offset, path, message: 'A key must be a plain word here.' };
      else if (keyOf(pair.key) === '__proto__') {
        yield { offset, path: [...path, '__proto__'], message: 'There is no such option.' };
      }
    }
  }
}

/**
 * Parses the text of a YAML 1.2 file with one document. Every fault of form is reported with its line; when there is
 * one, there is no source, because what the rest means is a guess.
 */
export function parseSource(text: string): { source: Source | undefined; faults: ConfigFault[] } {
  const lines = new LineCounter();
  const lineAt = (offset: number) => lines.linePos(offset).line;
  const parsed = parseAllDocuments(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    version: '1.2',
    schema: 'core',
  });
  const [doc, second] = 'empty' in parsed ? [] : parsed;
  const faults: ConfigFault[] = [];
  if (doc === undefined)
    return {
      source: undefined,
      faults: [{ path: '', line: 1, message: 'The file is empty. Begin with config/example.yml.' }],
    };
  if (second !== undefined)
    faults.push({ path: '', line: lineAt(second.range[0]), message: SENTENCES['MULTIPLE_DOCS'] ?? '' });
  const broken = new Set<string>();
  for (const error of [...doc.errors, ...doc.warnings]) {
    const { path, start } = nodeAt(doc.contents, error.pos[0]);
    // What is not closed is found at the end of the file, but is to be mended where it begins.
    const offset = error.code === 'MISSING_CHAR' ? start : error.pos[0];
    const fault = { path, line: lineAt(offset), message: sentence(error) };
    if (broken.has(`${fault.line} ${fault.message}`)) continue;
    broken.add(`${fault.line} ${fault.message}`);
    faults.push(fault);
  }
  for (const { offset, path, message } of keyFaults(doc))
    faults.push({ path: pathText(path), line: lineAt(offset), message });
  if (faults.length > 0) return { source: undefined, faults };
  let value: unknown;
  try {
    value = doc.toJS({ maxAliasCount: MAX_ALIASES });
  } catch {
    return {
      source: undefined,
      faults: [{ path: '', line: 1, message: 'Aliases (*name) repeat too much of the file. Write the parts out.' }],
    };
  }
  if (value === null)
    return {
      source: undefined,
      faults: [{ path: '', line: 1, message: 'The file is empty. Begin with config/example.yml.' }],
    };
  return {
    source: { value, lineOf: (path) => lineAt(offsetOf(doc.contents, path, (alias) => resolve(alias))) },
    faults,
  };

  function resolve(node: unknown): unknown {
    return isAlias(node) && doc !== undefined ? node.resolve(doc) : node;
  }
}

/** Goes down a path as far as it exists and gives the offset of the last key or item found. */
function offsetOf(root: unknown, path: Path, resolve: (node: unknown) => unknown): number {
  let offset = 0;
  let node = resolve(root);
  for (const step of path) {
    let key: unknown;
    let value: unknown;
    if (isMap(node)) {
      const pair = node.items.find((item) => keyOf(item.key) === String(step));
      if (pair === undefined) break;
      key = pair.key;
      value = pair.value;
    } else if (isSeq(node) && typeof step === 'number') {
      key = value = node.items[step];
    } else break;
    if (isNode(key)) offset = key.range?.[0] ?? offset;
    node = resolve(value);
  }
  return offset;
}
