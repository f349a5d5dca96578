import { local } from '../sources/local.ts';
import { keyOf, readForm } from './form.ts';
import { faultsOf } from './issues.ts';
import type { Overrides } from './resolve.ts';
import { schema, type Written } from './schema.ts';
import { type Finding, type Path, someOf, valueAt } from './source.ts';

/** What a check across the file sees: the sound part, and the file as it was written. */
export interface View {
  readonly sound: Written;
  readonly raw: unknown;
  readonly overrides: Overrides;
  readonly now: number;
}

/** The host of an app whose own are faulty; a name that cannot exist (RFC 2606 §2). */
export const STAND_IN = 'stand-in.invalid';

/** A missing realm is one of those that there are. */
function withChoices(fault: Finding, root: unknown): Finding {
  const realms = Object.keys(Object(valueAt(root, ['realms'])));
  const realm = fault.path.length === 3 && fault.path[0] === 'apps' && fault.path[2] === 'realm';
  if (!realm || !fault.message.startsWith('Required.') || realms.length === 0) return fault;
  return { ...fault, message: `Required. Name the realm of its people: ${someOf(realms)}.` };
}

/**
 * Values in place of required ones that are faulty or missing, so that the other faults around them are still found. Hosts
 * and addresses are of names that cannot exist (RFC 2606 §2).
 */
const STAND_INS: readonly (readonly [place: RegExp, make: (root: unknown) => unknown])[] = [
  [/^\[("realms"|"apps")\]$/, () => ({})],
  [/^\["realms","[^"]*","source"\]$/, () => local.name],
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
    if (valueAt(this.#root, path) !== undefined && !this.#gone.has(keyOf(path))) this.#gone.add(keyOf(path));
    else if (!this.#fill(path)) this.#gone.add(keyOf(path.slice(0, -1)));
  }

  #fill(path: Path): boolean {
    const place = keyOf(path.slice(0, -1));
    const step = String(path.at(-1));
    const value = STAND_INS.find(([form]) => form.test(keyOf(path)))?.[1](this.#root);
    const filled = this.#filled.get(place) ?? new Map<string, unknown>();
    if (value === undefined || filled.has(step)) return false;
    this.#filled.set(place, filled.set(step, value));
    return true;
  }

  /** A copy of plain objects and lists with the gaps; undefined when nothing is left. */
  rest(value: unknown = this.#root, path: Path = []): unknown {
    if (this.#gone.has(keyOf(path))) return undefined;
    if (typeof value !== 'object' || value === null) return value;
    const kept = Object.keys(value).filter((step) => !this.#gone.has(keyOf([...path, step])));
    const copies = kept.map((step) => [step, this.rest(Reflect.get(value, step), [...path, step])] as const);
    if (Array.isArray(value)) return copies.map(([, inner]) => inner);
    return Object.fromEntries([...copies, ...(this.#filled.get(keyOf(path)) ?? [])]);
  }

  /** Whether something at a path, above or below it is left out or stood in for. */
  touches(path: Path): boolean {
    const place = path.map(String);
    return this.#places().some((gap) => gap.every((step, i) => i >= place.length || step === place[i]));
  }

  #places(): readonly (readonly string[])[] {
    const filled = [...this.#filled].flatMap(([place, steps]) =>
      [...steps.keys()].map((step) => [...(JSON.parse(place) as string[]), step]),
    );
    return [...[...this.#gone].map((place) => JSON.parse(place) as string[]), ...filled]; // as keyOf made them
  }

  /** A path of the rest as a path of the file: items of lists get the index that they were written at. */
  restore(path: Path): Path {
    const full: PropertyKey[] = [];
    for (const step of path) {
      const list = valueAt(this.#root, full);
      if (typeof step !== 'number' || !Array.isArray(list)) full.push(step);
      else full.push([...list.keys()].filter((i) => !this.#gone.has(keyOf([...full, i])))[step] ?? step);
    }
    return full;
  }
}

/** What the form of a file comes to. */
export interface Form {
  readonly faults: readonly Finding[];
  /**
   * The file after the schema. With faults: what remains when the faulty parts are left out, so that checks across the
   * file still run and every fault is reported at once; it never becomes a configuration.
   */
  readonly sound: Written | undefined;
  /** The file as it was written, but for misspelt keys, which stand there as they were meant. */
  readonly raw: unknown;
  /** What was found in `sound`, as it is told of the file: nothing of what follows from a fault of form. */
  restore(findings: readonly Finding[]): Finding[];
}

/** A part left out can leave its parent incomplete; a file is less than eight levels deep. */
const ROUNDS = 8;
/** With more faults than this it is another file that was meant; what is left of it says nothing. */
const MOST = 100;

/** Checks the form of the whole file. */
export function checkForm(value: unknown): Form {
  const { faults: told, left, meant, data, written } = readForm(schema, value);
  const gaps = new Gaps(meant);
  const restore = (findings: readonly Finding[]) =>
    findings
      .map((finding) => ({ ...finding, path: gaps.restore(finding.path) }))
      .filter(({ path, from = [] }) => ![path, ...from].some((each) => gaps.touches(each)))
      .map(({ path, message }) => ({ path: written(path), message }));
  const faults = told.map((fault) => withChoices(fault, meant));
  if (data !== undefined) return { faults, sound: data, raw: meant, restore };
  let found = left;
  for (let round = 0; round < ROUNDS && told.length <= MOST; round++) {
    for (const path of found.map((fault) => gaps.restore(fault.path))) gaps.add(path);
    const rest = gaps.rest();
    const next = schema.safeParse(rest);
    if (next.success) return { faults, sound: next.data, raw: meant, restore };
    found = faultsOf(next.error, rest);
  }
  return { faults, sound: undefined, raw: meant, restore };
}
