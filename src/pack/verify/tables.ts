import type { Claims } from './claims.ts';

type Cells = readonly string[];

export const utc = (ms: number) => new Date(ms).toISOString();

/** A text that no spreadsheet takes for a formula: unless it begins as words do, an apostrophe stands before it. */
function cell(text: string): string {
  const harmless = text === '' || /^[A-Za-z0-9/(\u00c0-\u1fff\u3001-\ud7ff]/.test(text) ? text : `'${text}`;
  return `"${harmless.replaceAll('"', '""')}"`;
}

const lineOf = (cells: Cells) => `${cells.map(cell).join(',')}\r\n`;

/** A table for people: each row is a statement, or a day. */
export interface Table {
  readonly name: string;
  readonly title: string;
  readonly heads: Cells;
  readonly rows: (claims: Claims) => Iterable<Cells>;
}

function* mapped<T>(all: readonly T[], row: (one: T) => Cells): Generator<Cells, void, undefined> {
  for (const one of all) yield row(one);
}

const indexes = (basis: readonly number[]) => basis.join(' ');

/** Every table of a pack, which are files `tables/NAME.csv` and stand in the report. */
export const TABLES: readonly Table[] = [
  {
    name: 'days',
    title: 'Day by day',
    heads: [
      'day',
      'accounts',
      'enrolled',
      'waiting',
      'none',
      'disabled',
      'unknown',
      'exemptions',
      'unbound',
      'open',
      'past',
    ],
    rows: ({ answers }) => mapped(answers.days, (day) => Object.values(day).map(String)),
  },
  {
    name: 'accounts',
    title: 'Accounts',
    heads: ['account', 'realm', 'name', 'organisation', 'from', 'until', 'standing', 'ways', 'entries'],
    rows: ({ accounts }) =>
      mapped(accounts, ({ account, realm, name, organisation, from, until, standing, ways, basis }) => [
        ...[account, realm ?? '', name ?? '', organisation ?? '', utc(from), utc(until), standing, ways.join(' ')],
        indexes(basis),
      ]),
  },
  {
    name: 'apps',
    title: 'Apps',
    heads: ['app', 'realm', 'bound', 'from', 'until', 'entries'],
    rows: ({ apps }) =>
      mapped(apps, ({ app, realm, bound, from, until, basis }) => [
        ...[app, realm, bound, utc(from), utc(until), indexes(basis)],
      ]),
  },
  {
    name: 'exemptions',
    title: 'Exemptions',
    heads: ['app', 'exemption', 'reason', 'owner', 'from', 'until', 'entries'],
    rows: ({ exemptions }) =>
      mapped(exemptions, ({ app, exemption, reason, owner, from, until, basis }) => [
        ...[app, exemption, reason, owner, utc(from), utc(until), indexes(basis)],
      ]),
  },
  {
    name: 'findings',
    title: 'Found from outside',
    heads: ['finding', 'app', 'found', 'from', 'until', 'times', 'entries'],
    rows: ({ findings }) =>
      mapped(findings, ({ finding, app, ok, from, until, count, basis }) => [
        ...[finding, app ?? '', ok ? 'as it must be' : 'not as it must be', utc(from), utc(until), String(count)],
        indexes(basis),
      ]),
  },
];

/** The lines of a table as CSV (RFC 4180). */
export function* csvLines(table: Table, claims: Claims): Generator<string, void, undefined> {
  yield lineOf(table.heads);
  for (const row of table.rows(claims)) yield lineOf(row);
}
