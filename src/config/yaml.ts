import { Composer, type Document, Lexer, LineCounter, type Node, Parser, type YAMLError } from 'yaml';
import { type At, Nodes, offsetOf, Plain, type PlainFault, pathOf } from './yaml-nodes.ts';
import { openedBefore } from './yaml-open.ts';

/** A fault of form: keys and indices from the top, and a line from 1. */
export interface YamlFault {
  readonly path: readonly PropertyKey[];
  readonly line: number;
  readonly message: string;
}

/**
 * Collections within one another, more than any file has that people write: the library composes them by recursion, and
 * each has two entries on the stack of its parser at most.
 */
const DEEPEST = 64;
const STACK = 2 * DEEPEST;

/** Sentences in our own voice; the library's own messages may quote the file, which may hold a misplaced secret. */
const SENTENCES: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  TAB_AS_INDENT: 'Indent with blanks; a tab cannot indent YAML.',
  BAD_ALIAS: 'This alias (*name) names no anchor (&name) above it.',
  MULTIPLE_DOCS: 'The file holds several documents. Keep one and remove the lines ---.',
  TAG_RESOLVE_FAILED: 'Tags (!name) are not possible here. Write the plain value, in quotes where it begins with !.',
  BAD_INDENT: 'The indentation does not fit the lines around it.',
  MISSING_CHAR: 'A closing quote, bracket or comma is missing here; a value with : # { } [ ] in it needs quotes.',
  UNEXPECTED_TOKEN: 'This is not expected here; a value with : # { } [ ] in it needs quotes.',
  BAD_DQ_ESCAPE: 'There is no such \\ escape in "double quotes"; in \'single quotes\' a \\ stands for itself.',
  KEY_OVER_1024_CHARS: 'This key has no end; a value with : # { } [ ] in it needs quotes.',
});
const OTHERWISE = 'This is not valid YAML. A value with special characters in it needs quotes.';

/** What is wrong by itself and leaves the rest of the file as clear as it was. */
const LOCAL: ReadonlySet<string> = new Set(['TAG_RESOLVE_FAILED', 'BAD_DQ_ESCAPE', 'MULTIPLE_DOCS']);

/** More than are told. */
const MOST = 200;

/**
 * Characters by which readers of YAML, and people, see other lines than the library does: a carriage return alone ends a line
 * (YAML 1.2.2 §5.4), in older versions U+0085, U+2028 and U+2029 do, and an option behind one of them in a comment would be
 * none to us. Other controls are not allowed there at all (§5.1).
 */
const UNSEEN = /\r(?!\n)|[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Cs}/u;

interface Broken {
  readonly offset: number;
  readonly at: At;
  readonly message: string;
  /** What follows is a guess. */
  readonly fatal: boolean;
}

class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super('too deep');
    this.offset = offset;
  }
}

function* tokens(text: string, lines: LineCounter) {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme);
    if (parser.stack.length > STACK) throw new TooDeep(parser.offset);
  }
  yield* parser.end();
}

/** Faults of the library in the order of the file, up to the first that leaves the rest to guesses, and not endlessly many. */
function toFirstFatal(errors: readonly YAMLError[]): readonly YAMLError[] {
  const sorted = [...errors].sort((a, b) => a.pos[0] - b.pos[0]);
  const fatal = sorted.findIndex(({ code }) => !LOCAL.has(code));
  return sorted.slice(0, Math.min(fatal < 0 ? sorted.length : fatal + 1, MOST));
}

/** A tab that indents the line of an offset or the next that holds something: the library says many things of it. */
function tabAt(text: string, offset: number): number | undefined {
  const begin = text.lastIndexOf('\n', offset - 1) + 1;
  const next = /\S[^\n]*\n\s*/y;
  next.lastIndex = begin + (/[ \t]*/y.exec(text.slice(begin, begin + 1024))?.[0].length ?? 0);
  const after = next.exec(text) === null ? begin : text.lastIndexOf('\n', next.lastIndex - 1) + 1;
  return [begin, after].find((at) => /^ *\t/.test(text.slice(at, at + 1024)));
}

/** A YAML 1.2 file with one document, read without a word of the library reaching anybody. */
export class YamlFile {
  readonly faults: readonly YamlFault[];
  /** Plain objects, lists and scalars; undefined with a fault, and for a file without a document. */
  readonly value: unknown;
  readonly #lines = new LineCounter();
  readonly #nodes = new Nodes();
  #root: Node | null = null;

  constructor(text: string) {
    const broken = this.#read(text);
    const plain = broken.length > 0 ? undefined : new Plain(this.#nodes.targets).read(this.#root);
    if (plain?.fault !== undefined) broken.push({ ...plain.fault, fatal: true });
    this.value = plain?.value;
    this.faults = this.#told(broken);
  }

  /** The line of the deepest part of a path that exists, from 1; of the key where there is one. */
  lineOf(path: readonly PropertyKey[]): number {
    return this.#lineAt(offsetOf(this.#root, path, this.#nodes.targets));
  }

  #lineAt(offset: number): number {
    return Math.max(this.#lines.linePos(offset).line, 1);
  }

  #read(text: string): Broken[] {
    const unseen = this.#unseen(text);
    if (unseen !== undefined) return [unseen];
    // Two equal keys are found by us: the library compares each with all before it.
    const composer = new Composer({ prettyErrors: false, uniqueKeys: false, version: '1.2', schema: 'core' });
    const docs: Document.Parsed[] = [];
    try {
      for (const doc of composer.compose(tokens(text, this.#lines))) docs.push(doc);
    } catch (error) {
      if (!(error instanceof TooDeep)) throw error;
      return [
        { offset: error.offset, at: undefined, message: 'This is nested more deeply than any option.', fatal: true },
      ];
    }
    const [doc, second] = docs;
    const broken: Broken[] = [];
    if (second !== undefined)
      broken.push({ offset: second.range[0], at: undefined, message: SENTENCES['MULTIPLE_DOCS'] ?? '', fatal: false });
    if (doc === undefined) return broken;
    this.#root = doc.contents;
    this.#nodes.see(doc.contents);
    const ofLibrary = toFirstFatal([...doc.errors, ...doc.warnings]).map((error) => this.#ofLibrary(error, text));
    const ofNodes = this.#nodes.faults.map((fault: PlainFault) => ({ ...fault, fatal: false }));
    return [...broken, ...ofLibrary, ...ofNodes];
  }

  #unseen(text: string): Broken | undefined {
    // A mark of the byte order is one at the very beginning.
    const from = text.startsWith('\ufeff') ? 1 : 0;
    const found = UNSEEN.exec(text.slice(from));
    if (found === null) return undefined;
    const offset = from + found.index;
    for (let at = 0, end = 0; end >= 0 && end < offset; at = end + 1) {
      this.#lines.addNewLine(at);
      end = text.indexOf('\n', at);
    }
    const code = (found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    const message = `A character that is not seen stands here (U+${code}), by which some read other lines than others. Remove it.`;
    return { offset, at: undefined, message, fatal: true };
  }

  #ofLibrary({ code, pos: [offset] }: YAMLError, text: string): Broken {
    const node = this.#nodes.before(offset);
    const tab = LOCAL.has(code) ? undefined : tabAt(text, offset);
    if (tab !== undefined) return { offset: tab, at: node.at, message: SENTENCES['TAB_AS_INDENT'] ?? '', fatal: true };
    const opened = LOCAL.has(code) ? undefined : openedBefore(text, offset);
    if (opened !== undefined) return { ...opened, at: this.#nodes.before(opened.offset).at, fatal: true };
    return {
      offset: code === 'MISSING_CHAR' ? node.offset : offset,
      at: node.at,
      message: SENTENCES[code] ?? OTHERWISE,
      fatal: !LOCAL.has(code),
    };
  }

  /** In the order of the file up to the first that is fatal; of one line the same is said once. */
  #told(broken: readonly Broken[]): YamlFault[] {
    const sorted = [...broken].sort((a, b) => a.offset - b.offset || Number(b.fatal) - Number(a.fatal));
    const fatal = sorted.findIndex((each) => each.fatal);
    const faults = new Map<string, YamlFault>();
    for (const { offset, at, message } of fatal < 0 ? sorted : sorted.slice(0, fatal + 1)) {
      const fault = { path: pathOf(at), line: this.#lineAt(offset), message };
      if (!faults.has(`${fault.line} ${message}`)) faults.set(`${fault.line} ${message}`, fault);
    }
    return [...faults.values()];
  }
}
