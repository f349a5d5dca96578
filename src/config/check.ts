import { nearest } from '../lib/nearest.ts';
import type { Overrides } from './resolve.ts';
import { schema, type Written } from './schema.ts';
import type { Finding, Path } from './source.ts';

/** What a check across the file sees: the sound part, and the file as it was written. */
export interface View {
  readonly sound: Written;
  readonly raw: unknown;
  readonly overrides: Overrides;
  readonly now: number;
}

/** The host of an app whose own are faulty; a name that cannot exist (RFC 2606 §2). */
export const STAND_IN = 'stand-in.invalid';

/** The part of zod's issues that is read here. */
interface Issue {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly keys?: readonly string[];
  readonly issues?: readonly Issue[];
  readonly errors?: readonly (readonly Issue[])[];
}

/** The value at a path of plain objects and lists; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

/** The option that a mistyped one was meant to be; the list of known ones is part of the schema's sentence. */
export function meantBy(key: string, message: string): string | undefined {
  const known = message.split('Known are: ')[1]?.replace(/\.$/, '').split(', ') ?? [];
  return nearest(key, known);
}

function unknownKey(key: string, message: string): string {
  const meant = meantBy(key, message);
  return meant === undefined ? message : `There is no such option here. Did you mean ${meant}?`;
}

const MEANT = /^There is no such option here\. Did you mean (.*)\?$/;

/** Without the faults that follow from another: what is required and stands there misspelt is said once. */
function causes(faults: readonly Finding[]): Finding[] {
  const misspelt = new Set(
    faults.flatMap(({ path, message }) => {
      const meant = MEANT.exec(message)?.[1];
      return meant === undefined ? [] : [key([...path.slice(0, -1), meant])];
    }),
  );
  return faults.filter(({ path, message }) => !(message.startsWith('Required.') && misspelt.has(key(path))));
}

/** A missing realm is one of those that there are. */
function withChoices(fault: Finding, root: unknown): Finding {
  const realms = Object.keys(Object(valueAt(root, ['realms'])));
  const realm = fault.path.length === 3 && fault.path[0] === 'apps' && fault.path[2] === 'realm';
  if (!realm || !fault.message.startsWith('Required.') || realms.length === 0 || realms.length > 20) return fault;
  return { ...fault, message: `Required. Name the realm of its people: ${realms.join(', ')}.` };
}

/** One fault for each thing that is wrong: a key, a value; of a union the branch that the writer meant. */
function flatten(issue: Issue, root: unknown, base: Path): Finding[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys')
    return (issue.keys ?? []).map((key) => ({ path: [...path, key], message: unknownKey(key, issue.message) }));
  if (issue.code === 'invalid_key') return (issue.issues ?? []).map((inner) => ({ path, message: inner.message }));
  if (issue.code === 'invalid_union') {
    const value = valueAt(root, path);
    const [asText = [], asBlock = []] = issue.errors ?? [];
    if (value === undefined) return [{ path, message: issue.message }];
    return (typeof value === 'object' && value !== null ? asBlock : asText).flatMap((inner) =>
      flatten(inner, root, path),
    );
  }
  return [{ path, message: issue.message }];
}

/**
 * Values in place of required ones that are faulty or missing, so that the other faults around them are still found. Hosts
 * and addresses are of names that cannot exist (RFC 2606 §2).
 */
const STAND_INS: readonly (readonly [place: RegExp, make: (root: unknown) => unknown])[] = [
  [/^\[("realms"|"apps")\]$/, () => ({})],
  [/^\["realms","[^"]*","source"\]$/, () => 'local'],
  [/^\["apps","[^"]*","hosts"\]$/, () => [STAND_IN]],
  [/^\["apps","[^"]*","upstream"(,"url")?\]$/, () => `http://${STAND_IN}`],
  [/^\["apps","[^"]*","realm"\]$/, (root) => Object.keys(Object(valueAt(root, ['realms'])))[0]],
];

/** The parts of a file that are left out, as paths of the file as it was written. */
class Gaps {
  readonly #root: unknown;
  readonly #gone = new Set<string>();
  readonly #filled = new Map<string, Map<string, unknown>>();

  constructor(root: unknown) {
    this.#root = root;
  }

  /** Leaves out what stands at a path; where nothing stands (any more), a stand-in comes, else its parent goes too. */
  add(path: Path): void {
    if (valueAt(this.#root, path) !== undefined && !this.#gone.has(key(path))) this.#gone.add(key(path));
    else if (!this.#fill(path)) this.#gone.add(key(path.slice(0, -1)));
  }

  #fill(path: Path): boolean {
    const place = key(path.slice(0, -1));
    const step = String(path.at(-1));
    const value = STAND_INS.find(([form]) => form.test(key(path)))?.[1](this.#root);
    const filled = this.#filled.get(place) ?? new Map<string, unknown>();
    if (value === undefined || filled.has(step)) return false;
    this.#filled.set(place, filled.set(step, value));
    return true;
  }

  /** A copy of plain objects and lists with the gaps; undefined when nothing is left. */
  rest(value: unknown = this.#root, path: Path = []): unknown {
    if (this.#gone.has(key(path))) return undefined;
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.keys(value).filter((step) => !this.#gone.has(key([...path, step])));
    const copies = kept.map((step) => [step, this.rest(Reflect.get(value, step), [...path, step])] as const);
    if (Array.isArray(value)) return copies.map(([, inner]) => inner);
    return Object.fromEntries([...copies, ...(this.#filled.get(key(path)) ?? [])]);
  }

  /** A path of the rest as a path of the file: items of lists get the index that they were written at. */
  restore(path: Path): Path {
    const full: PropertyKey[] = [];
    for (const step of path) {
      const list = valueAt(this.#root, full);
      if (typeof step !== 'number' || !Array.isArray(list)) full.push(step);
      else full.push([...list.keys()].filter((i) => !this.#gone.has(key([...full, i])))[step] ?? step);
    }
    return full;
  }
}

function key(path: Path): string {
  return JSON.stringify(path.map(String));
}

/** What the form of a file comes to. */
export interface Form {
  readonly faults: readonly Finding[];
  /**
   * The file after the schema. With faults: what remains when the faulty parts are left out, so that checks across the
   * file still run and every fault is reported at once; it never becomes a configuration.
   */
  readonly sound: Written | undefined;
  /** A path of `sound` as a path of the file. */
  restore(path: Path): Path;
}

/** Checks the form of the whole file. */
export function checkForm(value: unknown): Form {
  const gaps = new Gaps(value);
  const restore = (path: Path) => gaps.restore(path);
  const first = schema.safeParse(value);
  if (first.success) return { faults: [], sound: first.data, restore };
  const read = (issues: readonly Issue[], root: unknown) => issues.flatMap((issue) => flatten(issue, root, []));
  const all = read(first.error.issues as readonly Issue[], value);
  const faults = causes(all).map((fault) => withChoices(fault, value));
  let found: readonly Finding[] = all;
  // A part left out can leave its parent incomplete; a file is less than eight levels deep.
  for (let round = 0; round < 8; round++) {
    for (const path of found.map((fault) => gaps.restore(fault.path))) gaps.add(path);
    const rest = gaps.rest();
    const next = schema.safeParse(rest);
    if (next.success) return { faults, sound: next.data, restore };
    found = read(next.error.issues as readonly Issue[], rest);
  }
  return { faults, sound: undefined, restore };
}
