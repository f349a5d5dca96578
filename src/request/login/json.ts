import { visit } from 'jsonc-parser';
import { foldField } from './names.ts';
import { refuse } from './refused.ts';
import { MAX_BODY, MAX_FIELD_NAME, utf8 } from './text.ts';
import type { BodyFault } from './types.ts';

export type Scalar = string | number | boolean | null;

/** JSON pointers (RFC 6901) of all scalars, in their order. */
export type JsonFields = ReadonlyMap<string, Scalar>;

const MAX_DEPTH = 8;
const [QUOTE, BACKSLASH, BRACE, BRACE_END, BRACKET, BRACKET_END] = [34, 92, 123, 125, 91, 93];
const MAX_FIELDS = 100;

/** Refuses deep nesting before any parser that recurses sees it. Brackets in strings are skipped. */
function checkDepth(text: string): void {
  let depth = 0;
  let inString = false;
  // By index: a pattern for strings starts anew at every quotation mark of one that does not end.
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (inString && code === BACKSLASH) at += 1;
    else if (code === QUOTE) inString = !inString;
    else if (inString) continue;
    else if (code === BRACE || code === BRACKET) depth += 1;
    else if (code === BRACE_END || code === BRACKET_END) depth -= 1;
    if (depth > MAX_DEPTH) refuse('malformed', `deeper than ${MAX_DEPTH} levels`);
  }
}

const FAULTS: Partial<Record<BodyFault, string>> = { malformed: 'not JSON', 'too-large': 'a member name' };

/** Refuses a name twice in one object, and two that a reader without case (Go, .NET) takes for one. */
function checkNames(text: string): void {
  const open: { readonly exact: Set<string>; readonly folded: Set<string> }[] = [];
  let fault: BodyFault | undefined;
  visit(
    text,
    {
      onObjectBegin: () => {
        open.push({ exact: new Set(), folded: new Set() });
      },
      onObjectEnd: () => {
        open.pop();
      },
      onObjectProperty: (name) => {
        const names = open.at(-1);
        if (name.length > MAX_FIELD_NAME) fault ??= 'too-large';
        const folded = foldField(name.slice(0, MAX_FIELD_NAME));
        if (names === undefined) fault ??= 'malformed';
        else if (names.exact.has(name)) fault ??= 'duplicate';
        else if (names.folded.has(folded)) fault ??= 'look-alike';
        names?.exact.add(name);
        names?.folded.add(folded);
      },
      onError: () => {
        fault ??= 'malformed';
      },
    },
    { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false },
  );
  if (fault !== undefined) refuse(fault, FAULTS[fault] ?? 'two members of one name');
}

function escaped(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The names of a pointer, unescaped (RFC 6901 §4). */
export function segmentsOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** A scalar that is the same when it is written again; refuses numbers that are not, and lone surrogates. */
function scalar(value: unknown): Scalar {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.isWellFormed() ? value : refuse('encoding', 'a lone surrogate');
  if (typeof value !== 'number') return refuse('malformed', 'an array, or an object without members');
  if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER)
    refuse('malformed', 'a number out of range');
  return value;
}

function collect(value: object, at: string, into: Map<string, Scalar>): void {
  for (const [name, member] of Object.entries(value) as [string, unknown][]) {
    if (name === '__proto__' || !name.isWellFormed()) refuse('malformed', 'a member that has no name of its own');
    const pointer = `${at}/${escaped(name)}`;
    const inner = isObject(member) && Object.keys(member).length > 0;
    if (inner) collect(member, pointer, into);
    else into.set(pointer, scalar(member));
    if (into.size > MAX_FIELDS) refuse('too-large', `more than ${MAX_FIELDS} members`);
  }
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a JSON object (RFC 8259) of at most `most` bytes and 8 levels, as every reader reads it. Refuses a byte order mark,
 * anything but UTF-8, and names that come twice or look alike in one object.
 */
export function parseObject(body: Uint8Array, most: number = MAX_BODY): object {
  const text = utf8(body, most);
  if (text.startsWith('\ufeff')) refuse('encoding', 'byte order mark');
  checkDepth(text);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('malformed', 'not JSON');
  }
  if (!isObject(value)) return refuse('malformed', 'not an object');
  checkNames(text);
  return value;
}

/**
 * Reads a JSON object of scalars and such objects, at most 64 KiB and 100 scalars. Refuses besides arrays (a batch is many
 * requests in one), empty objects, and numbers that would change when they are written again.
 */
export function parseJson(body: Uint8Array): JsonFields {
  const fields = new Map<string, Scalar>();
  collect(parseObject(body), '', fields);
  return fields;
}

interface Node {
  [name: string]: Node | Scalar;
}

/** The object anew from its scalars; types are kept. Pointers may not lead through a scalar, nor through `__proto__`. */
export function serialiseJson(fields: JsonFields): Buffer {
  const root: Node = {};
  for (const [pointer, value] of fields) {
    const segments = segmentsOf(pointer);
    let node = root;
    for (const segment of segments.slice(0, -1)) {
      const next = Object.hasOwn(node, segment) ? node[segment] : {};
      if (!isObject(next) || segment === '__proto__') throw new TypeError('not the pointers of one object');
      node[segment] = next;
      node = next;
    }
    node[segments.at(-1) ?? ''] = value;
  }
  return Buffer.from(JSON.stringify(root), 'utf8');
}
