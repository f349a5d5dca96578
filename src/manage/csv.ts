/** One record of a CSV text, with the line it begins on (counted from 1). */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

/**
 * Reads comma-separated values (RFC 4180): quoted fields may hold commas, line ends and doubled quotes; a byte order mark
 * and empty lines are left out. Throws a SyntaxError with the line for a quote out of place.
 */
export function parseCsv(text: string): CsvRecord[] {
  const source = text.replace(/^\ufeff/, '');
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;
  const records: CsvRecord[] = [];
  let line = 1;
  let start = 1;
  let fields: string[] = [];
  while (field.lastIndex < source.length || fields.length > 0) {
    const match = field.exec(source);
    if (match === null) throw new SyntaxError(`line ${line}: a quotation mark is out of place`);
    const [whole, quoted, plain = '', end] = match;
    fields.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0;
    if (end === ',') continue;
    if (fields.length > 1 || fields[0] !== '') records.push({ line: start, fields });
    fields = [];
    start = line;
  }
  return records;
}
