import { Command } from 'commander';
import { type Loaded, loadConfigFile } from '../config/load.ts';
import { checkPlaces } from '../config/places.ts';
import type { Finding } from '../config/source.ts';
import type { Config, ConfigFault } from '../config/types.ts';
import { systemClock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { type BindingRow, bindingOf } from '../manage/bindings.ts';
import { groupsText } from '../manage/requires.ts';
import { type Route as Row, routesOf } from '../manage/routes.ts';
import { type CoverageTable, coverageTable } from '../manage/static/table.ts';
import type { Trial } from '../manage/trials.ts';
import { triedHere } from '../manage/untried.ts';
import { CommandRefused } from '../terminal/exit.ts';
import { type Column, count, json, list, type Output, record } from '../terminal/output.ts';
import { asStarted, describeFault } from '../terminal/started.ts';
import { BINDING_COLUMNS } from './bindings.ts';
import { listProof, listTable } from './check-table.ts';
import { configOf, type Where } from './context.ts';
import { asksForTrials, trialsOf, type Untried, untriedApps } from './trials.ts';

type Options = Where & { json?: true; table?: true };

const COLUMNS: readonly Column<Row>[] = [
  { name: 'app', of: (row) => row.app },
  { name: 'hosts', of: (row) => row.hosts },
  { name: 'realm', of: (row) => row.realm },
  { name: 'method', of: (row) => row.method, shown: (row) => (row.method === '*' ? 'any' : row.method) },
  { name: 'path', of: (row) => row.path },
  { name: 'requires', of: (row) => row.requires, shown: (row) => row.words },
  { name: 'max age', of: (row) => (row.maxAgeMs === null ? null : formatDuration(row.maxAgeMs)) },
  { name: 'groups', of: (row) => row.groups, shown: (row) => groupsText(row.groups) },
  { name: 'open as', of: (row) => row.surface },
  { name: 'from elsewhere', of: (row) => row.from, shown: (row) => row.from.join(', ') },
  { name: 'exemption', of: (row) => row.exemption, shown: null },
  { name: 'owner', of: (row) => row.exemption?.owner },
  { name: 'reason', of: (row) => row.exemption?.reason },
  { name: 'expires', of: (row) => row.exemption?.expires, shown: expiry },
];
const FOR_JSON = COLUMNS.filter((column) => !['owner', 'reason', 'expires'].includes(column.name));

function expiry({ exemption }: Row): string | null {
  if (exemption === null) return null;
  return exemption.expired ? `${exemption.expires} EXPIRED` : exemption.expires;
}

const rowsOf = (config: Config | undefined): readonly Row[] =>
  config === undefined ? [] : routesOf(config, systemClock.now());

/** The apps, with what is worth knowing of each. */
function listApps(output: Output, apps: readonly BindingRow[]): void {
  list(output, false, { columns: BINDING_COLUMNS, rows: apps, empty: 'There is no app.' });
  for (const { app, notes } of apps) for (const note of notes) output.line(`note     ${app}: ${note}`);
  output.line();
}

/** An installation without a file has no lines, and `--data` is its key. */
function ofFolder(config: Config): Loaded {
  const { faults, notes } = checkPlaces(config, 'key-too');
  const told = (list: readonly Finding[]) => list.map(({ message }) => ({ path: '--data', line: 0, message }));
  return { config: faults.length > 0 ? undefined : config, faults: told(faults), findings: [], notes: told(notes) };
}

async function load(options: Options): Promise<Loaded> {
  const { config, data } = options;
  if (config === undefined) return ofFolder(await configOf(options));
  return loadConfigFile(config, { places: 'key-too', ...(data === undefined ? {} : { dataDir: data }) });
}

function verdict({ faults, findings, unread = false }: Loaded, file?: string): string {
  if (unread)
    return `${file} could not be read, and nothing of it was checked: name the file with --config and check again.`;
  const them = (n: number) => `${n === 1 ? 'it' : 'them'}${file === undefined ? '' : ` in ${file}`}`;
  return faults.length > 0
    ? `The configuration has ${count(faults.length, 'fault')} and would not start: mend ${them(faults.length)} and check again.`
    : `The configuration would start, but has ${count(findings.length, 'finding')}: settle ${them(findings.length)} and check again.`;
}

/** Commands in sentences as they work where this one was started. */
function asTold(lists: Readonly<Record<string, readonly ConfigFault[]>>): Readonly<Record<string, ConfigFault[]>> {
  const told = (each: ConfigFault) => ({ ...each, message: asStarted(each.message) });
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, list.map(told)]));
}

/** Worth settling, and no reason to call the file bad: it is the same file before and after somebody has tried. */
function asFinding({ app, message }: Untried): ConfigFault {
  return { path: `apps.${app}.login.preset`, line: 0, message };
}

const NOT_PROVEN =
  'It is not proven that nothing is forwarded without a session: do not start this, and report what stands at "hole".';

function showCoverage(output: Output, coverage: CoverageTable, whole: boolean): void {
  if (whole) listTable(output, coverage);
  listProof(output, coverage);
}

async function check(options: Options, output: Output): Promise<void> {
  const loaded = await load(options);
  const { config, faults, findings, notes = [] } = loaded;
  const good = faults.length + findings.length === 0;
  const rows = rowsOf(config);
  const trials = config !== undefined && asksForTrials(config.apps) ? await trialsOf(config) : new Map<string, Trial>();
  const apps = (config?.apps ?? []).map((app) => bindingOf(app, systemClock.now(), triedHere(app, trials.get(app.id))));
  const coverage = config === undefined ? null : coverageTable(config, systemClock.now());
  const untried = untriedApps(options, config?.apps ?? [], trials).map(asFinding);
  if (options.json === true)
    json(output, {
      ok: good && coverage?.proven !== false,
      ...asTold({ faults, findings: [...findings, ...untried], notes }),
      apps,
      routes: rows.map((row) => record(FOR_JSON, row)),
      coverage,
    });
  else {
    for (const fault of faults) output.line(`fault    ${describeFault(fault)}`);
    for (const finding of findings) output.line(`finding  ${describeFault(finding)}`);
    for (const finding of untried) output.line(`finding  ${describeFault(finding)}`);
    if (config !== undefined && (!good || untried.length > 0)) output.line();
    if (config !== undefined) listApps(output, apps);
    if (config !== undefined) list(output, false, { columns: COLUMNS, rows, empty: 'There is no app.' });
    if (coverage !== null) showCoverage(output, coverage, options.table === true);
  }
  const remarks = options.json === true ? [] : notes.map((note) => `note     ${describeFault(note)}`);
  if (!good) throw new CommandRefused([verdict(loaded, options.config), ...remarks].join('\n'));
  if (coverage?.proven === false) throw new CommandRefused(NOT_PROVEN);
  for (const remark of remarks) output.note(remark);
}

export function checkCommand(output: Output): Command {
  return new Command('check')
    .description(
      'validate a configuration, show how every app signs people in and what every route requires, and prove that nothing else is open; exit 1 on a fault, a finding in the file or a hole',
    )
    .option('--config <file>', 'configuration file')
    .option('--data <folder>', 'data folder of an installation without a configuration file (default var)')
    .option('--table', 'also the whole table: every class of requests, and what every kind of visitor meets there')
    .option('--json', 'JSON instead of a table, with the whole table in it')
    .action((options: Options) => check(options, output));
}
