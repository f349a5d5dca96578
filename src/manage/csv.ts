import { CsvError, parse } from 'csv-parse/sync';

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

/**
 * Reads values that are separated by commas, semicolons or tabs (RFC 4180 besides): quoted fields may hold separators, line ends
 * and doubled quotes; a byte order mark and empty lines are left out. `known` are the columns that the first line may name.
 * Throws CsvFault.
 */
export function parseCsv(source: string, known: readonly string[] = []): CsvRecord[] {
  const text = source.replace(/^\ufeff/, '');
  const records: CsvRecord[] = [];
  let line = 1;
  const take = (fields: readonly string[], end: number) => {
    const breaks = fields.reduce((sum, field) => sum + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
    line = end + 1;
    if (fields.every((field) => field === '')) return;
    if (records.length === MOST_RECORDS) throw new CsvFault(end, `there are more than ${MOST_RECORDS} lines`);
    if (fields.some((field) => field.length > MOST_FIELD))
      throw new CsvFault(end - breaks, `a field is longer than ${MOST_FIELD} characters`);
    records.push({ line: end - breaks, fields });
  };
  try {
    parse(text, {
      delimiter: separatorOf(text, known),
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
      max_record_size: MOST_RECORD,
      on_record: (fields: string[], { lines }) => void take(fields, lines),
    });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const open = error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE';
    throw faultOf(error, open ? line : Number(error['lines'] ?? line));
  }
  return records;
}
