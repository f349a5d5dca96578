import { bytesOf, concat, same, toHex } from './bytes.ts';
import type { Claims } from './claims.ts';
import { PackFault, type Where } from './fault.ts';
import { type Members, member } from './form.ts';
import { wholeText } from './lines.ts';
import type { Manifest } from './manifest.ts';
import { Sha256 } from './sha256.ts';
import { csvLines, TABLES, type Table, utc } from './tables.ts';
import { unpack } from './unpack.ts';

const REPORT = 'report.html';
/** Of a report, bytes. */
const MAX_REPORT = 64 * 1024 * 1024;

/**
 * What the report answers, by name: each stands in it as `<data id="NAME" value="VALUE">VALUE</data>`, in this order, and no
 * other does.
 */
export function answerValues({ answers }: Pick<Claims, 'answers'>, manifest: Pick<Manifest, 'from' | 'to' | 'size'>) {
  const last = answers.days.at(-1);
  const ends = {
    accounts: last?.accounts ?? 0,
    enrolled: last?.enrolled ?? 0,
    waiting: last?.waiting ?? 0,
    none: last?.none ?? 0,
    disabled: last?.disabled ?? 0,
    unknown: last?.unknown ?? 0,
  };
  const { wantingDays, exemptions, openFindings, failedFindings } = answers;
  const counts = { days: answers.days.length, wantingDays, exemptions, openFindings, failedFindings };
  const values: [string, string][] = [
    ['from', utc(manifest.from)],
    ['to', utc(manifest.to)],
    ['sealed', String(manifest.size)],
  ];
  for (const [name, value] of [...Object.entries(counts), ...Object.entries(ends)])
    values.push([name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`), String(value)]);
  const { cells } = answers;
  values.push(['cells', String(Object.values(cells).reduce((sum, count) => sum + count, 0))]);
  for (const [name, count] of Object.entries(cells)) values.push([`cells-${name}`, String(count)]);
  return values;
}

/** The answers that a report has, as they stand in its text. */
function valuesIn(html: string): [string, string][] {
  const values: [string, string][] = [];
  // Pieces begin where an answer does; whatever else begins so is found as one that is not expected.
  for (const piece of html.split('<data ').slice(1)) {
    const [, name = '', value = '', text = ''] = /^id="([a-z-]+)" value="([^"<>]*)">([^<]*)<\/data>/.exec(piece) ?? [];
    values.push([name, value === text ? value : '']);
  }
  return values;
}

async function digestOfFile(members: Members, name: string): Promise<string> {
  const hash = new Sha256();
  for await (const piece of unpack(member(members, name))) hash.update(piece);
  return toHex(hash.digest());
}

/** The first line of a table that is not as it must be, and the cell that it is about. */
async function lineIn(members: Members, table: Table, claims: Claims): Promise<Pick<Where, 'line' | 'what'>> {
  const parts: Uint8Array[] = [];
  for await (const piece of unpack(member(members, `tables/${table.name}.csv`))) parts.push(piece);
  const found = concat(...parts);
  const has = (at: number, line: Uint8Array) => same(found.subarray(at, at + line.length), line);
  const rows = table.rows(claims)[Symbol.iterator]();
  let [line, at] = [0, 0];
  let before: { readonly bytes: Uint8Array; readonly what: object } | null = null;
  for (const text of csvLines(table, claims)) {
    line += 1;
    const row = line === 1 ? undefined : rows.next();
    const what: object = row === undefined || row.done === true ? {} : (table.what?.(row.value) ?? {});
    const bytes = bytesOf(text);
    // A line that stands twice is named by itself, not by the one that comes after it.
    if (!has(at, bytes)) return { line, ...(before !== null && has(at, before.bytes) ? before.what : what) };
    at += bytes.length;
    before = { bytes, what };
  }
  return { line: line + 1, ...before?.what };
}

/** That tables and report say what the statements say. Throws `PackFault`. */
export async function checkTables(members: Members, manifest: Manifest, claims: Claims): Promise<true> {
  for (const table of TABLES) {
    const name = `tables/${table.name}.csv`;
    const hash = new Sha256();
    for (const line of csvLines(table, claims)) hash.update(bytesOf(line));
    if (toHex(hash.digest()) !== (await digestOfFile(members, name))) {
      const place = await lineIn(members, table, claims);
      throw new PackFault({ file: name, ...place }, 'The table does not say what the statements say.');
    }
  }
  const strange = [...members.keys()].find(
    (name) => name.startsWith('tables/') && !TABLES.some((table) => name === `tables/${table.name}.csv`),
  );
  if (strange !== undefined) throw new PackFault({ file: strange }, 'No pack has a table of that name.');
  const [expected, found] = [
    answerValues(claims, manifest),
    valuesIn(await wholeText(member(members, REPORT), MAX_REPORT)),
  ];
  const wrong = expected.find(([name, value], i) => found[i]?.[0] !== name || found[i]?.[1] !== value);
  if (wrong !== undefined || found.length !== expected.length)
    throw new PackFault(
      { file: REPORT, what: wrong?.[0] ?? 'answers' },
      'The report does not answer what the statements say.',
    );
  return true;
}
