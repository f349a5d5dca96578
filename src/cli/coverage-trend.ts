import { startOf } from '../coverage/trend/days.ts';
import { trendCsv } from '../manage/trend/csv.ts';
import type { TrendAnswer } from '../manage/trend/form.ts';
import { wholeTrend } from '../manage/trend/show.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { type Column, json, list, type Output, utc } from '../terminal/output.ts';
import { managing, type Opened, type Where, withStore } from './context.ts';

type Row = TrendAnswer['rows'][number];
type Fall = TrendAnswer['falls'][number];

const share = (percent: number) => `${percent.toFixed(2)} %`;
const by = (row: Row, acr: string) => row.strength.find((each) => each.acr === acr)?.accounts ?? 0;

const COLUMNS: readonly Column<Row>[] = [
  { name: 'day', of: ({ day }) => day },
  { name: 'organisation', of: ({ organisation }) => organisation?.name ?? null },
  { name: 'accounts', of: ({ accounts }) => accounts },
  { name: 'protected', of: ({ counts }) => counts.protected },
  { name: 'share', of: ({ percent }) => (percent === null ? null : share(percent)) },
  { name: 'passkey', of: (row) => by(row, 'phr') },
  { name: 'password + factor', of: (row) => by(row, 'mfa') },
  { name: 'factor + app', of: (row) => by(row, 'possession') },
  { name: 'waiting', of: ({ counts }) => counts.waiting },
  { name: 'none', of: ({ counts }) => counts.none },
  { name: 'barred', of: ({ counts }) => counts.barred },
  { name: 'unknown', of: ({ counts }) => counts.unknown },
  { name: 'exempt', of: ({ exempt }) => exempt },
  { name: 'password alone', of: ({ passwordAlone }) => passwordAlone },
];

/** When it fell, by how much, and what that was. */
export function fallLine({ day, since, organisation, percent, expected, protected: shielded, ...more }: Fall): string {
  const parts = [
    percent === null
      ? null
      : `${share(percent.from)} to ${share(percent.to)} (protected ${shielded.from} to ${shielded.to}, of ${expected.from} to ${expected.to})`,
    more.passwordAlone === null ? null : `password alone ${more.passwordAlone.from} to ${more.passwordAlone.to}`,
    more.exempt === null ? null : `exempt routes ${more.exempt.from} to ${more.exempt.to}`,
  ];
  const of = organisation === null ? '' : `${organisation.name}: `;
  return `${of}${parts.filter((part) => part !== null).join('; ')}, since ${since}. See: coverage --at ${day}`;
}

function tell(output: Output, { from, to, rows, falls, record }: TrendAnswer): void {
  const entries = record.entries === null ? '' : `, by ${record.entries} entries of the record`;
  output.line(`Coverage from ${from} to ${to}, at the end of each day (UTC)${entries}.`);
  list(output, false, { columns: COLUMNS, rows, empty: 'No account is on record.' });
  for (const fall of falls) output.line(`fell  ${fall.day}  ${fallLine(fall)}`);
  if (falls.length === 0) output.line('On no day was less protected, or more open, than on the day before.');
  if (record.droppedBefore !== null)
    output.line(
      `Decisions from before ${utc(new Date(record.droppedBefore))} are over their time and no longer on record.`,
    );
}

const FORMATS = ['table', 'json', 'csv'] as const;

/** Options of a trend, and those of one moment that it has not. */
export interface TrendOptions extends Where {
  readonly from?: string;
  readonly to?: string;
  readonly byOrganisation?: true;
  readonly organisation?: string;
  readonly format: string;
  readonly json?: true;
}

/** `sallyport coverage --trend`: one reading of the record, however many days and organisations. */
export async function coverageTrend(options: TrendOptions, output: Output): Promise<void> {
  const { from, to, organisation, byOrganisation } = options;
  const format = options.json === true ? 'json' : FORMATS.find((each) => each === options.format);
  if (format === undefined)
    throw new CommandMisused('A trend is written as table, json or csv: html is of one moment.');
  if (organisation !== undefined && byOrganisation === true)
    throw new CommandMisused('Give either --organisation or --by-organisation, not both.');
  const wish = {
    ...(from === undefined ? {} : { from: dayIn('--from', from) }),
    ...(to === undefined ? {} : { to: dayIn('--to', to) }),
    ...(organisation === undefined ? {} : { organisation }),
    ...(byOrganisation === undefined ? {} : { each: 'days' as const }),
  };
  let told = performance.now();
  const read = (opened: Opened) =>
    wholeTrend(managing(opened), wish, (done, of) => {
      if (performance.now() - told < 1_000) return;
      told = performance.now();
      output.note(`${done} of ${of} entries read`);
    });
  const answer = await withStore(options, read, 'organisation list');
  if (format === 'json') json(output, answer);
  else if (format === 'csv') output.line(trendCsv(answer).trimEnd());
  else tell(output, answer);
}

function dayIn(option: string, typed: string): string {
  if (startOf(typed) === undefined)
    throw new CommandMisused(`${option} takes a day of the calendar, by UTC: 2026-08-02.`);
  return typed;
}
