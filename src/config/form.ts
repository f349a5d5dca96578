import type * as z from 'zod';
import { type FormFault, faultsOf } from './issues.ts';
import type { Finding, Path } from './source.ts';

/** A path as a key of sets and maps; `"0"` and `0` are the same place. */
export function keyOf(path: Path): string {
  return JSON.stringify(path.map(String));
}

/** The keys of a file that were misspelt, by where they would stand if they were not. */
class Spelling {
  readonly #written = new Map<string, PropertyKey>();

  add(path: Path, meant: string): void {
    this.#written.set(keyOf([...path.slice(0, -1), meant]), path.at(-1) ?? '');
  }

  has(path: Path): boolean {
    return this.#written.has(keyOf(path));
  }

  /** Whether what stands at a path stands under a guess of ours: nobody is accused on the ground of one. */
  isGuessed(path: Path): boolean {
    return path.some((_, i) => this.#written.has(keyOf(path.slice(0, i + 1))));
  }

  /** A path of the file as it was meant, as it was written. */
  written(path: Path): Path {
    return path.map((step, i) => this.#written.get(keyOf(path.slice(0, i + 1))) ?? step);
  }
}

/** What a schema makes of a file. */
export interface ReadForm<T> {
  /** What is told. */
  readonly faults: readonly Finding[];
  /** What the schema says of `meant`, told or not. */
  readonly left: readonly Finding[];
  /** The file with misspelt keys put right, so that nothing is said that only follows from a letter. */
  readonly meant: unknown;
  /** With no fault but misspelt keys; it never becomes more than what other checks look at. */
  readonly data: T | undefined;
  written(path: Path): Path;
}

/** The same value with keys renamed, each in its place. */
function renamed(value: unknown, path: Path, meant: string): unknown {
  const [step, ...rest] = path;
  if (typeof value !== 'object' || value === null || step === undefined) return value;
  const inner = (each: unknown) => renamed(each, rest, meant);
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? inner(item) : item));
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => {
      if (key !== String(step)) return [key, each];
      return rest.length === 0 ? [meant, each] : [key, inner(each)];
    }),
  );
}

/** A file has fewer levels; every round puts right one more at least. */
const ROUNDS = 8;

/** Checks a file by a schema: every fault once, and none that follows from a misspelt key. */
export function readForm<T>(schema: z.ZodType<T>, value: unknown): ReadForm<T> {
  const spelling = new Spelling();
  const written = (path: Path) => spelling.written(path);
  const told: Finding[] = [];
  let meant = value;
  for (let round = 0; ; round++) {
    const parsed = schema.safeParse(meant);
    if (parsed.success) return { faults: told, left: [], meant, data: parsed.data, written };
    const faults = faultsOf(parsed.error, meant);
    const slips = round < ROUNDS ? slipsIn(faults, spelling) : [];
    if (slips.length === 0) {
      const left = faults.filter(({ path }) => !spelling.isGuessed(path));
      return { faults: [...told, ...left], left: faults, meant, data: undefined, written };
    }
    for (const { path, message } of slips) if (!spelling.isGuessed(path)) told.push({ path, message });
    for (const { path, meant: key } of slips) {
      meant = renamed(meant, path, key);
      spelling.add(path, key);
    }
  }
}

type Slip = FormFault & { readonly meant: string };

/** Misspelt keys, one for each key that is meant. */
function slipsIn(faults: readonly FormFault[], spelling: Spelling): Slip[] {
  const claimed = new Set<string>();
  return faults.filter((fault): fault is Slip => {
    if (fault.meant === undefined) return false;
    const place = [...fault.path.slice(0, -1), fault.meant];
    if (claimed.has(keyOf(place)) || spelling.has(place)) return false;
    claimed.add(keyOf(place));
    return true;
  });
}
