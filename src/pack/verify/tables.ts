import type { AccountCells, PackCell } from './cells.ts';
import type { Claims } from './claims.ts';
import { isMoment } from './manifest.ts';
import { cellName } from './places.ts';
import type { AppWays, Way } from './ways.ts';

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
  /** Names what a row is about, where that is an account at an app. */
  readonly what?: (row: Cells) => { readonly what: string };
}

function* mapped<T>(all: readonly T[], row: (one: T) => Cells): Generator<Cells, void, undefined> {
  for (const one of all) yield row(one);
}

const indexes = (basis: readonly number[]) => basis.join(' ');

/** Of what an entry says by itself, which may be no moment. */
const moment = (ms: number | null) => (ms === null || !isMoment(ms) ? '' : utc(ms));

function cellRow({ account, realm, name, organisation }: AccountCells, cell: PackCell, app: string): Cells {
  const { class: how, why, factors, acr, until, used, refused, basis } = cell;
  return [
    ...[account, app, realm ?? '', name ?? '', organisation ?? '', how, why ?? '', factors.join(' '), acr ?? ''],
    ...[moment(until), moment(used), refused.join(' '), indexes(basis)],
  ];
}

function* cellRows(accounts: readonly AccountCells[]): Generator<Cells, void, undefined> {
  for (const account of accounts)
    for (const cell of account.cells)
      for (const app of cell.apps.length === 0 ? [''] : cell.apps) yield cellRow(account, cell, app);
}

/** The way of the app's own login: past it nobody need be the person who has passed Sallyport. */
function ownLogin({ order, unbound }: AppWays): Cells {
  const { until = '', owner = '', reason = '', over = false } = unbound ?? {};
  return ['', 'its own login', over ? 'shut: unbound too long' : (order ?? ''), '', '', until, owner, reason];
}

const wayCells = ({ method, path, way, maxAgeMs, groups, until, owner, reason }: Way): Cells => [
  ...[
    method === '*' ? 'any' : method,
    path,
    way,
    maxAgeMs === null ? '' : String(maxAgeMs / 1000),
    groups.join(' '),
    until,
    owner,
    reason,
  ],
];

function* wayRows(apps: readonly AppWays[]): Generator<Cells, void, undefined> {
  for (const app of apps)
    for (const cells of [ownLogin(app), ...app.ways.map(wayCells)])
      yield [app.app, app.realm, app.bound, ...cells, indexes(app.basis)];
}

function* factorRows(accounts: readonly AccountCells[]): Generator<Cells, void, undefined> {
  for (const { account, realm, name, organisation, factors } of accounts)
    for (const { id, kind, enrolled, disabled, used, basis } of factors)
      yield [
        ...[account, realm ?? '', name ?? '', organisation ?? '', id ?? '', kind, moment(enrolled), moment(disabled)],
        ...[moment(used), indexes(basis)],
      ];
}

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
  {
    name: 'coverage',
    title: 'Each account at each app, at the end',
    heads: [
      ...['account', 'app', 'realm', 'name', 'organisation', 'stands', 'why', 'factors', 'strength', 'link until'],
      ...['last used', 'refused at', 'entries'],
    ],
    rows: ({ cells }) => cellRows(cells),
    what: ([account, app]) => ({ what: cellName(account, app) }),
  },
  {
    name: 'ways',
    title: 'Ways into each app, at the end',
    heads: [
      ...['app', 'realm', 'bound', 'method', 'path', 'takes', 'within seconds', 'groups', 'until', 'owner', 'reason'],
      'entries',
    ],
    rows: ({ ways }) => wayRows(ways),
  },
  {
    name: 'factors',
    title: 'What signs in, at the end',
    heads: [
      ...['account', 'realm', 'name', 'organisation', 'factor', 'kind', 'enrolled', 'disabled', 'last used', 'entries'],
    ],
    rows: ({ cells }) => factorRows(cells),
  },
  {
    name: 'software',
    title: 'Software in force',
    heads: ['sallyport', 'node', 'sbom', 'sbom.json', 'from', 'until', 'entries'],
    rows: ({ software, sbom: here }) =>
      mapped(software, ({ sallyport, node, sbom, from, until, basis }) => [
        ...[sallyport ?? '', node ?? '', sbom ?? '', sbom === here ? 'is it' : 'is another', utc(from), utc(until)],
        indexes(basis),
      ]),
  },
];

/** The lines of a table as CSV (RFC 4180). */
export function* csvLines(table: Table, claims: Claims): Generator<string, void, undefined> {
  yield lineOf(table.heads);
  for (const row of table.rows(claims)) yield lineOf(row);
}
