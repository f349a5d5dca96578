/** What a spreadsheet would work out instead of showing it, were it not told that it is text. */
const FORMULA = /^[\s]*[=+\-@\t\r]/;

/** A field that is text to every spreadsheet, whatever stands in it: quoted, and never a formula. */
function cell(text: string): string {
  const harmless = FORMULA.test(text) ? `'${text}` : text;
  return `"${harmless.replaceAll('"', '""')}"`;
}

/** Lines of CSV (RFC 4180) for people who open them in a spreadsheet. */
export function csvText(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
