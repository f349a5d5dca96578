import { Command, Option } from 'commander';
import { CELL_CLASSES, type CellClass } from '../coverage/cells.ts';
import { wholeCoverage } from '../manage/coverage.ts';
import { coverageCsv } from '../manage/coverage-csv.ts';
import type { CoverageAnswer, CoverageRow } from '../manage/coverage-form.ts';
import { USUAL_DAYS } from '../manage/trend/form.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { type Column, count, json, list, type Output, utc, when } from '../terminal/output.ts';
import { located, managing, type Where, withStore } from './context.ts';
import { coverageHtml } from './coverage-html.ts';
import { coverageTrend } from './coverage-trend.ts';
import { answerLines, basisOf, limitLines, wantingLines } from './coverage-words.ts';

const FORMATS = ['table', 'json', 'csv', 'html'] as const;

interface Options extends Where {
  readonly at?: string;
  readonly format: (typeof FORMATS)[number];
  readonly app?: string;
  readonly organisation?: string;
  readonly class?: CellClass;
  readonly json?: true;
  readonly trend?: true;
  readonly from?: string;
  readonly to?: string;
  readonly byOrganisation?: true;
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const MOMENT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/;
const DAY_MS = 86_400_000;

/** A moment, or the end of a day that is over by UTC; of today, now. Throws CommandMisused. */
export function momentIn(typed: string, now: number): number {
  const parsed = DAY.test(typed) || MOMENT.test(typed) ? Date.parse(typed) : Number.NaN;
  // What is no day of a calendar, such as 31 June, is read as another by some: it must come back as it was typed.
  if (Number.isNaN(parsed) || !new Date(parsed).toISOString().startsWith(typed.replace('Z', '')))
    throw new CommandMisused('--at takes a day or a moment by UTC: 2026-08-02, or 2026-08-02T09:30Z.');
  return DAY.test(typed) ? Math.min(now, parsed + DAY_MS - 1) : parsed;
}

const COLUMNS: readonly Column<CoverageRow>[] = [
  { name: 'account', of: (row) => row.name ?? row.id },
  { name: 'realm', of: (row) => row.realm },
  { name: 'organisation', of: (row) => row.organisation ?? row.organisationId },
  { name: 'stands', of: (row) => row.class },
  { name: 'apps', of: (row) => row.cells.map(({ app, class: how, why }) => `${app}:${why ?? how}`) },
  { name: 'factors', of: (row) => [...new Set(row.cells.flatMap(({ factors }) => factors))] },
  {
    name: 'last used',
    of: (row) =>
      row.authenticators.map(
        ({ kind, lastUsedAt }) => `${kind}:${lastUsedAt === null ? 'never' : utc(new Date(lastUsedAt))}`,
      ),
  },
  { name: 'last signed in', of: (row) => when(row.lastUsedAt) },
  { name: 'entries', of: basisOf },
];

function tell(output: Output, answer: CoverageAnswer): void {
  for (const line of answerLines(answer)) output.line(line);
  for (const line of wantingLines(answer)) output.line(`wanting  ${line}`);
  output.line();
  for (const { id, bound, routes } of answer.apps) {
    output.line(`${id}: ${bound}`);
    for (const { method, path, way, exception } of routes) {
      const until = exception === null ? '' : `, until ${exception.expires}, ${exception.owner}: ${exception.reason}`;
      output.line(`  ${method} ${path}: ${way}${until}`);
    }
  }
  output.line();
  list(output, false, { columns: COLUMNS, rows: answer.rows, empty: 'No account is so.' });
  for (const line of limitLines(answer)) output.line(line);
}

/** Options of one moment, and of many days: of whichever is not asked for none may be given. */
function oneOrMany({ trend, at, app, class: how, from, to, byOrganisation }: Options): void {
  const [of, other] =
    trend === true ? [{ at, app, class: how }, 'is of one moment'] : [{ from, to, byOrganisation }, ''];
  const [odd] = Object.entries(of).find(([, value]) => value !== undefined) ?? [];
  if (odd === undefined) return;
  const option = `--${odd.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new CommandMisused(
    other === '' ? `${option} is of a trend: give --trend beside it.` : `${option} ${other}: leave it out, or --trend.`,
  );
}

async function coverage(options: Options, output: Output): Promise<void> {
  oneOrMany(options);
  if (options.trend === true) return coverageTrend(options, output);
  const { app, organisation, class: how } = options;
  const answer = await withStore(options, async (opened) => {
    const wish = {
      ...(options.at === undefined ? {} : { at: momentIn(options.at, opened.clock.now()) }),
      ...(app === undefined ? {} : { app }),
      ...(organisation === undefined ? {} : { organisation }),
      ...(how === undefined ? {} : { class: how }),
    };
    if (app !== undefined && !opened.config.apps.some(({ id }) => id === app))
      throw new CommandMisused(`There is no app ${JSON.stringify(app)}.`);
    let told = performance.now();
    const found = await wholeCoverage(managing(opened), wish, (done, of, what) => {
      if (performance.now() - told < 1_000) return;
      told = performance.now();
      output.note(`${done} of ${of} ${what} ${what === 'entries' ? 'read' : 'looked at'}`);
    });
    if (organisation !== undefined && found.rows.length === 0) {
      const known = await opened.store.organisations.list('all');
      if (!known.some(({ id, name }) => id === organisation || name === organisation))
        throw new CommandMisused(`There is no organisation ${JSON.stringify(organisation)}.`);
    }
    return found;
  });
  const format = options.json === true ? 'json' : options.format;
  if (format === 'json') json(output, answer);
  else if (format === 'csv') output.line(coverageCsv(answer.rows).trimEnd());
  else if (format === 'html') output.line(coverageHtml(answer));
  else tell(output, answer);
  const { length } = answer.wanting;
  if (length > 0)
    throw new CommandRefused(
      `${count(length, 'thing')} found wanting: the report names each, and "check" what the configuration says now.`,
    );
}

/** `sallyport coverage`: exit 1 when something is wanting. */
export function coverageCommand(output: Output): Command {
  const command = new Command('coverage').description(
    'which accounts could get in on any day, how, and by which entries of the record; exit 1 when found wanting',
  );
  return located(command)
    .option('--at <date>', 'a day that is over (its end) or a moment, by UTC; default: now')
    .addOption(new Option('--format <format>', 'how it is written').choices(FORMATS).default('table'))
    .option('--app <id>', 'this app alone')
    .option('--organisation <organisation>', 'accounts of this organisation alone, by id or its name then')
    .addOption(new Option('--class <class>', 'accounts that stood so').choices(CELL_CLASSES))
    .option('--json', 'the same as --format json')
    .option('--trend', 'coverage at the end of each of many days, and when it fell; exit 0; not as html')
    .option('--from <day>', `the first day of the trend, by UTC; default: ${USUAL_DAYS} days`)
    .option('--to <day>', 'its last day; default: today')
    .option('--by-organisation', 'each organisation of each day as well')
    .action((options: Options) => coverage(options, output));
}
