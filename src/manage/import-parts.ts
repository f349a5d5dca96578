import { CsvFault, type CsvRecord, csvParts } from '../lib/csv.ts';
import type { ManageContext } from './context.ts';
import { type Imported, importAccounts, previewImport } from './import.ts';
import { COLUMNS, csvLines, type LineFault } from './import-text.ts';

/** Lines of one transaction; others have their turn between two. */
const PART = 5000;
/** Faults that are kept; the rest are counted. */
const MOST_FAULTS = 1000;

export interface PartsWish {
  readonly text: string;
  readonly newOnly?: boolean | undefined;
  /** Lines with a fault are left out, and the others done. */
  readonly skipFaulty?: boolean | undefined;
  /** Only looks. */
  readonly dryRun?: boolean | undefined;
  /** Told after each part how many lines have been looked at; and then, how many of them are done. */
  readonly onProgress?: (lines: number, of?: number) => void;
  /** Told what became of each part. */
  readonly onPart?: (part: Imported) => void;
}

export interface PartsDone {
  readonly added: number;
  readonly changed: number;
  readonly unchanged: number;
  /** The first of them, by line. */
  readonly faults: readonly LineFault[];
  readonly faulty: number;
  readonly lines: number;
  /** Parts before a fault are done: somebody else was there between the look and the work. */
  readonly partly: boolean;
}

interface Part {
  readonly text: string;
  readonly lines: readonly number[];
}

/** A text as many, each with the names of the columns above it. Throws CsvFault. */
async function* partsOf(text: string, without: ReadonlySet<number> = new Set()): AsyncGenerator<Part, void, undefined> {
  let head: CsvRecord | undefined;
  for await (const records of csvParts(text, COLUMNS, PART)) {
    const some = (head === undefined ? records.slice(1) : records).filter(({ line }) => !without.has(line));
    head ??= records[0];
    if (some.length > 0)
      yield {
        text: csvLines([head?.fields ?? [], ...some.map(({ fields }) => fields)]),
        lines: some.map(({ line }) => line),
      };
  }
}

/** Where each name stands first, over all parts. */
class Seen {
  readonly #lines = new Map<string, number>();

  /** Those that stand in an earlier part already. */
  again(lines: readonly { readonly line: number; readonly realm: string; readonly name: string }[]): LineFault[] {
    return lines.flatMap(({ line, realm, name }) => {
      const key = `${realm} ${name}`;
      const earlier = this.#lines.get(key);
      if (earlier === undefined) this.#lines.set(key, line);
      const message = `${name} stands on line ${earlier} already`;
      return earlier === undefined ? [] : [{ line, column: 'account', message }];
    });
  }
}

interface Looked extends PartsDone {
  /** Numbers of the lines with a fault. */
  readonly wrong: ReadonlySet<number>;
  /** It cannot be read to its end, or its first line is wrong: of no line it is known what it says. */
  readonly unreadable: boolean;
}

async function lookAt(ctx: ManageContext, { text, newOnly, onProgress }: PartsWish): Promise<Looked> {
  const [seen, counts, faults] = [new Seen(), { new: 0, changed: 0, unchanged: 0 }, [] as LineFault[]];
  const wrong = new Set<number>();
  let [looked, faulty, unreadable] = [0, 0, false];
  const note = (some: readonly LineFault[]) => {
    faulty += some.length;
    for (const { line } of some) wrong.add(line);
    faults.push(...some.slice(0, MOST_FAULTS - faults.length));
  };
  try {
    for await (const part of partsOf(text)) {
      const told = await previewImport.ask(ctx, { ...part, newOnly });
      const again = seen.again(told.lines);
      const left = new Set(again.map(({ line }) => line));
      note([...told.faults, ...again].sort((a, b) => a.line - b.line));
      for (const { what, line } of told.lines) if (!left.has(line)) counts[what] += 1;
      looked += part.lines.length;
      onProgress?.(looked);
      // The names of the columns are the same in every part.
      unreadable = told.lines.length === 0 && told.faults[0]?.line === 1;
      if (unreadable) break;
    }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    note([{ line: error.line, column: null, message: error.message }]);
    unreadable = true;
  }
  return {
    ...{ wrong, unreadable },
    added: counts.new,
    changed: counts.changed,
    unchanged: counts.unchanged,
    faults,
    faulty,
    lines: looked,
    partly: false,
  };
}

/**
 * A text of any number of lines: first every line is looked at, and with any fault nothing is written; then it is done part by
 * part of 5,000 lines, each all or not at all. What stops it in between leaves whole parts done: the same text once more does the
 * rest, since what is done already is unchanged. `skipFaulty`: lines with a fault are left out, and told. Throws what `account.import` does.
 */
export async function importInParts(ctx: ManageContext, wish: PartsWish): Promise<PartsDone> {
  const { wrong, unreadable, ...looked } = await lookAt(ctx, wish);
  const skips = wish.skipFaulty === true && !unreadable;
  if (wish.dryRun === true || (looked.faulty > 0 && !skips)) return looked;
  let [done, added, changed, unchanged] = [0, 0, 0, 0];
  for await (const part of partsOf(wish.text, wrong)) {
    const told = await importAccounts.perform(ctx, { ...part, newOnly: wish.newOnly });
    added += told.added.length;
    changed += told.changed.length;
    unchanged += told.unchanged.length;
    if (told.faults.length > 0)
      return {
        added,
        changed,
        unchanged,
        faults: told.faults,
        faulty: told.faults.length,
        lines: done,
        partly: done > 0,
      };
    done += part.lines.length;
    wish.onPart?.(told);
    wish.onProgress?.(done, looked.lines - wrong.size);
  }
  const { faults, faulty } = looked;
  return { added, changed, unchanged, faults, faulty, lines: done, partly: false };
}
