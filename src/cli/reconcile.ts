import { Command } from 'commander';
import type { AppConfig } from '../config/types.ts';
import { CLASSES, type RosterClass } from '../coverage/reconcile.ts';
import { formatDuration } from '../lib/duration.ts';
import type { ManageContext } from '../manage/context.ts';
import { needRosterApp } from '../manage/roster/compare.ts';
import { failRoster } from '../manage/roster/fail.ts';
import { type RosterRead, readRosterOf } from '../manage/roster/read.ts';
import { type RosterView, showRoster } from '../manage/roster/show.ts';
import { RosterFault } from '../rosters/fault.ts';
import { readRoster } from '../rosters/read.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { type Column, count, fields, json, list, type Output, utc, when } from '../terminal/output.ts';
import { located, managing, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly app: string;
  readonly json?: true;
  readonly column?: string;
  readonly show?: true;
  readonly only?: string;
}

/** What the classes mean. */
const WORDS: Readonly<Record<RosterClass, string>> = {
  unknown: 'in the app, unknown here',
  'never-came': 'never came: no link, no authenticator',
  invited: 'invited',
  unused: 'enrolled, never used',
  used: 'enrolled and used',
  disabled: 'disabled',
  gone: 'here, not in the app',
};

type Row = RosterView['rows'][number];
const COLUMNS: readonly Column<Row>[] = [
  { name: 'name', of: ({ name }) => name },
  { name: 'account', of: ({ account }) => account?.name },
  { name: 'class', of: (row) => row.class, shown: (row) => WORDS[row.class] },
  { name: 'dormant', of: ({ dormant }) => dormant, shown: ({ dormant }) => (dormant ? 'yes' : null) },
  { name: 'last used', of: ({ usedAt }) => when(usedAt) },
];

/** What an account of the app must be for nobody to get in there past us, or for nothing. */
type Only = RosterClass | 'dormant';

function onlyOf({ only }: Options): Only | undefined {
  if (only === undefined) return undefined;
  const known = [...CLASSES, 'dormant'] as const;
  const found = known.find((each) => each === only);
  if (found === undefined)
    throw new CommandMisused(`There is no class "${only.slice(0, 64)}": there are ${known.join(', ')}.`);
  return found;
}

async function namesFor(app: AppConfig, file: string | undefined, { column }: Options) {
  if (file !== undefined)
    return {
      from: 'upload',
      names: await readRoster({ kind: 'file', path: file }, column ?? app.roster?.column ?? null),
    } as const;
  const source = app.roster?.source ?? null;
  if (source === null)
    throw new CommandRefused(
      `The configuration names no list of the accounts of ${app.id}: name a file behind the command, or a source in apps.${app.id}.roster.`,
    );
  return { from: source.kind, names: await readRoster(source, column ?? app.roster?.column ?? null) } as const;
}

async function take(ctx: ManageContext, file: string | undefined, options: Options): Promise<RosterRead> {
  const app = needRosterApp(ctx, options.app);
  try {
    const { names, from } = await namesFor(app, file, options);
    return await readRosterOf.perform(ctx, { app: app.id, names, from });
  } catch (error) {
    if (!(error instanceof RosterFault)) throw error;
    const from = file === undefined ? (app.roster?.source?.kind ?? 'upload') : 'upload';
    await failRoster.perform(ctx, { app: app.id, from, why: error.message });
    throw new CommandRefused(error.message);
  }
}

/** All rows of a class, or of all. */
async function rowsOf(ctx: ManageContext, app: string, only: Only | undefined): Promise<RosterView> {
  const rows: Row[] = [];
  let cursor: string | undefined;
  let view: RosterView;
  do {
    view = await showRoster.ask(ctx, {
      app,
      limit: 1000,
      ...(only === undefined ? {} : { only }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const row of view.rows) rows.push(row);
    cursor = view.next ?? undefined;
  } while (cursor !== undefined);
  return { ...view, rows };
}

/** What went of the list, when and why; null: nothing. */
function erasedText({ erased, read }: RosterView): string | null {
  if (erased === null || read === null) return null;
  const { names, whole, at, rule, under } = erased;
  const what = whole
    ? `The names of this list were erased`
    : `${count(names, 'name')} of this list ${names === 1 ? 'was' : 'were'} erased`;
  const counted = whole ? ' The numbers are those of when it was read; read the list again to see its names.' : '';
  if (at === null) return `${what}, and no entry of the record says why.${counted}`;
  const why = rule === 'retention' ? `retention.rosters (${under})` : `this reason: ${under}`;
  return `${what} on ${utc(new Date(at))} under ${why}.${counted}`;
}

function tell(output: Output, view: RosterView, disabled: number | null): void {
  const { read, failed, counts, dormant, dormantAfterMs, doubled, rows } = view;
  if (read === null) output.line(`No list of ${view.app} was read yet.`);
  else
    output.line(
      fields([
        ['app', view.app],
        ['names', read.names],
        ['read', when(read.at)],
        ['from', read.from],
        ['digest', read.digest],
        ...CLASSES.map((name) => [WORDS[name], counts[name]] as const),
        ...(doubled > 0 ? [['names of accounts named already', doubled] as const] : []),
        ...(dormantAfterMs === null ? [] : [[`unused for ${formatDuration(dormantAfterMs)}`, dormant] as const]),
      ]),
    );
  if (disabled !== null && disabled > 0) output.line(`${count(disabled, 'dormant account')} disabled.`);
  const erased = erasedText(view);
  if (erased !== null) output.line(erased);
  if (failed !== null) output.line(`Since then it could not be read: ${failed.why}`);
  if (rows.length > 0) output.line();
  if (rows.length > 0) list(output, false, { columns: COLUMNS, rows, empty: '' });
}

async function run(output: Output, file: string | undefined, options: Options): Promise<void> {
  if (options.show === true && file !== undefined)
    throw new CommandMisused('A file is read; --show shows what was read last: leave one of the two out.');
  const only = onlyOf(options);
  const { view, disabled } = await withStore(options, async (opened) => {
    const ctx = managing(opened);
    const taken = options.show === true ? null : await take(ctx, file, options);
    return { view: await rowsOf(ctx, options.app, only), disabled: taken?.disabled ?? null };
  });
  if (options.json === true) json(output, { ...view, next: undefined, disabled: disabled ?? 0 });
  else tell(output, only === undefined ? { ...view, rows: view.rows.filter(remarkable) } : view, disabled);
}

/** What somebody has to look at, where nobody says what they want to see. */
function remarkable(row: Row): boolean {
  return row.dormant || row.class === 'unknown' || row.class === 'never-came' || row.class === 'gone';
}

export function reconcileCommand(output: Output): Command {
  return located(new Command('reconcile'))
    .description(
      'compare the accounts that an app itself has (a CSV file, or the source that the configuration names) with ours: puts on record who is where, and shows who is unknown here, never came, is gone from the app or was not used for long',
    )
    .argument('[file]', 'CSV file with the names; default: what apps.APP.roster says')
    .requiredOption('--app <id>', 'the app')
    .option('--column <name>', 'column of the file that has the names')
    .option('--show', 'reads nothing: the list that was read last, and our accounts as they are now')
    .option('--only <class>', `accounts of one class alone: ${[...CLASSES, 'dormant'].join(', ')}`)
    .option('--json', 'JSON instead of a table, with every account')
    .action((file: string | undefined, options: Options) => run(output, file, options));
}
