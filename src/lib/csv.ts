import { setImmediate as othersTurn } from 'node:timers/promises';
import { CsvError, type Options, Parser } from 'csv-parse';
import { parse } from 'csv-parse/sync';
import { isOver } from './turns.ts';

/** One record of a CSV text, with the line it begins on (counted from 1). */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/** Where a text is no CSV, or holds more than it may. */
export class CsvFault extends SyntaxError {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

const MOST_RECORD = 65_536;
const MOST_FIELD = 1024;
const MOST_RECORDS = 100_000;
const SEPARATORS = [',', ';', '\t'] as const;

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** UTF-8, UTF-16 by its mark, or what spreadsheets write on Windows, which everything is that is neither. */
export function decodeCsv(bytes: Uint8Array): { readonly text: string; readonly encoding: Encoding } {
  const decode = (encoding: Encoding, fatal = false) => ({
    text: new TextDecoder(encoding, { fatal }).decode(bytes),
    encoding,
  });
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decode('utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decode('utf-16be');
  try {
    return decode('utf-8', true);
  } catch {
    return decode('windows-1252');
  }
}

/** The separator by which the first line names most of the known columns; of equals the one that parts it most. */
function separatorOf(text: string, known: readonly string[]): string {
  const head = /^[\r\n]*([^\r\n]{0,4096})/.exec(text)?.[1] ?? '';
  const ranked = SEPARATORS.map((separator) => {
    const names = head.split(separator).map((name) => name.replaceAll('"', '').trim().toLowerCase());
    return { separator, named: names.filter((name) => known.includes(name)).length, parts: names.length };
  });
  return ranked.sort((a, b) => b.named - a.named || b.parts - a.parts)[0]?.separator ?? ',';
}

/** In our words: the library's name neither what is wrong nor what to do. */
function faultOf(error: CsvError, line: number): CsvFault {
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return new CsvFault(line, 'a quotation mark is opened here and never closed');
    case 'CSV_MAX_RECORD_SIZE':
      return new CsvFault(line, `a record is longer than ${MOST_RECORD} characters (is a quotation mark not closed?)`);
    default:
      return new CsvFault(
        line,
        'a quotation mark is out of place: a field that holds one is quoted, and it is doubled',
      );
  }
}

/** Takes the records of a text as they come, each judged by itself. */
class Records {
  /** Those that nobody has fetched yet. */
  readonly #records: CsvRecord[] = [];
  #taken = 0;
  /** Where the next record begins. */
  #line = 1;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): number {
    return this.#records.length;
  }

  fetch(most = this.#records.length): CsvRecord[] {
    return this.#records.splice(0, most);
  }

  take(fields: readonly string[], end: number): void {
    const breaks = fields.reduce((sum, field) => sum + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
    this.#line = end + 1;
    if (fields.every((field) => field === '')) return;
    if (this.#taken === this.#most) throw new CsvFault(end, `there are more than ${this.#most} lines`);
    if (fields.some((field) => field.length > MOST_FIELD))
      throw new CsvFault(end - breaks, `a field is longer than ${MOST_FIELD} characters`);
    this.#records.push({ line: end - breaks, fields });
    this.#taken += 1;
  }

  /** What the library threw, in our words; what is ours already, and what is a defect, as it is. */
  told(error: unknown): unknown {
    if (!(error instanceof CsvError)) return error;
    const open = error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE';
    return faultOf(error, open ? this.#line : Number(error['lines'] ?? this.#line));
  }
}

function optionsFor(text: string, known: readonly string[], records: Records): Options {
  return {
    delimiter: separatorOf(text, known),
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: MOST_RECORD,
    on_record: (fields: string[], { lines }) => void records.take(fields, lines),
  };
}

const unmarked = (text: string): string => text.replace(/^\ufeff/, '');

/**
 * Reads values that are separated by commas, semicolons or tabs (RFC 4180 besides): quoted fields may hold separators, line ends
 * and doubled quotes; a byte order mark and empty lines are left out. `known` are the columns that the first line may name.
 * Throws CsvFault.
 */
export function parseCsv(source: string, known: readonly string[] = []): CsvRecord[] {
  const text = unmarked(source);
  const records = new Records(MOST_RECORDS);
  try {
    parse(text, optionsFor(text, known, records));
  } catch (error) {
    throw records.told(error);
  }
  return records.fetch();
}

/** Bytes that are read before the records among them are handed on. */
const PIECE = 8192;
const MOST_IN_PARTS = 1_000_001;

/**
 * The same, some records at a time, of which there may be a million: `size`, and the first line besides in the first. No more than these and
 * those of one piece are held, and everybody else has turns. Throws CsvFault.
 */
export async function* csvParts(
  source: string,
  known: readonly string[],
  size: number,
): AsyncGenerator<readonly CsvRecord[], void, undefined> {
  const text = unmarked(source);
  const records = new Records(MOST_IN_PARTS);
  const parser = new Parser(optionsFor(text, known, records));
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  parser.on('error', failed.reject);
  const bytes = Buffer.from(text);
  let next = size + 1;
  const some = () => {
    const fetched = records.fetch(next);
    next = size;
    return fetched;
  };
  try {
    let since = performance.now();
    for (let at = 0; at < bytes.length; at += PIECE) {
      const piece = bytes.subarray(at, at + PIECE);
      await Promise.race([failed.promise, new Promise((resolve) => void parser.write(piece, resolve))]);
      while (records.waiting >= next) yield some();
      if (!isOver(since)) continue;
      await othersTurn();
      since = performance.now();
    }
    await Promise.race([failed.promise, new Promise<void>((resolve) => void parser.end(resolve))]);
  } catch (error) {
    throw records.told(error);
  } finally {
    parser.destroy();
  }
  while (records.waiting > 0) yield some();
}
