import { CsvFault, csvParts, decodeCsv } from '../lib/csv.ts';
import { RosterFault } from './fault.ts';
import { columnIn, Names, noColumn, USUAL } from './names.ts';

const AT_ONCE = 10_000;

/**
 * The names in a CSV text: of the column that is named, or of one that is usually called so; a text whose first line names none of these
 * has no such line, and its names are in the first column. Throws RosterFault.
 */
export async function namesInCsv(text: string, column: string | null): Promise<readonly string[]> {
  const names = new Names();
  let at: number | undefined;
  try {
    for await (const part of csvParts(text, column === null ? USUAL : [column.toLowerCase()], AT_ONCE))
      for (const { fields } of part) {
        const first = at === undefined;
        if (first) {
          const found = columnIn(fields, column);
          if (found === undefined && column !== null) throw noColumn(column);
          at = found ?? 0;
          if (found !== undefined) continue;
        }
        names.add(fields[at ?? 0] ?? '');
      }
  } catch (error) {
    if (!(error instanceof CsvFault)) throw error;
    throw new RosterFault(`Line ${error.line} of the list: ${error.message}.`, error);
  }
  return names.all();
}

export function namesInBytes(bytes: Uint8Array, column: string | null): Promise<readonly string[]> {
  return namesInCsv(decodeCsv(bytes).text, column);
}
