import { Command } from 'commander';
import { configFromArguments, loadConfigFile } from '../config/load.ts';
import type { Config, ConfigFault } from '../config/types.ts';
import { systemClock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { type RouteRow, routeTable } from '../rules/routes.ts';
import { describeFault } from './context.ts';
import { CommandRefused } from './exit.ts';
import { readInstallation } from './installation.ts';
import { list, type Output } from './output.ts';

interface Options {
  readonly config?: string;
  readonly data?: string;
  readonly json?: true;
}

const COLUMNS = [
  { name: 'app', of: (row: RouteRow) => row.app },
  { name: 'hosts', of: (row: RouteRow) => row.hosts },
  { name: 'method', of: (row: RouteRow) => row.method },
  { name: 'path', of: (row: RouteRow) => row.path },
  { name: 'requires', of: (row: RouteRow) => row.requires },
  { name: 'max age', of: (row: RouteRow) => (row.maxAgeMs === null ? null : formatDuration(row.maxAgeMs)) },
  { name: 'groups', of: (row: RouteRow) => row.groups.join(' ') },
  { name: 'owner', of: (row: RouteRow) => row.exemption?.owner },
  { name: 'reason', of: (row: RouteRow) => row.exemption?.reason },
  {
    name: 'expires',
    of: (row: RouteRow) =>
      row.exemption === null ? null : `${row.exemption.expires}${row.exemption.expired ? ' (EXPIRED)' : ''}`,
  },
];

interface Checked {
  readonly config: Config | undefined;
  readonly faults: readonly ConfigFault[];
  readonly findings: readonly ConfigFault[];
}

async function load(options: Options): Promise<Checked> {
  if (options.config !== undefined) return loadConfigFile(options.config);
  const data = options.data ?? 'var';
  const installation = readInstallation(data) ?? { upstream: 'http://127.0.0.1:9000', port: 8080 };
  return { config: configFromArguments({ data, ...installation }), faults: [], findings: [] };
}

async function check(options: Options, output: Output): Promise<void> {
  const { config, faults, findings } = await load(options);
  const rows = config === undefined ? [] : routeTable(config, systemClock.now());
  if (options.json === true) {
    const routes = rows.map((row) => ({
      ...row,
      max_age: row.maxAgeMs === null ? null : formatDuration(row.maxAgeMs),
      maxAgeMs: undefined,
    }));
    output.line(JSON.stringify({ ok: faults.length + findings.length === 0, faults, findings, routes }, null, 2));
  } else {
    for (const fault of faults) output.line(`fault    ${describeFault(fault)}`);
    for (const finding of findings) output.line(`finding  ${describeFault(finding)}`);
    if (faults.length + findings.length > 0) output.line();
    if (config !== undefined) list(output, false, COLUMNS, rows, 'There is no app.');
  }
  if (faults.length > 0)
    throw new CommandRefused(
      `The configuration has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} and would not start: mend ${faults.length === 1 ? 'it' : 'them'} and check again.`,
    );
  if (findings.length > 0)
    throw new CommandRefused(
      `The configuration would start, but has ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'} to be settled.`,
    );
}

export function checkCommand(output: Output): Command {
  return new Command('check')
    .description(
      'validate a configuration and show what every app and route requires; exit 1 on a fault or an expired exemption',
    )
    .option('--config <file>', 'configuration file')
    .option('--data <folder>', 'data folder of an installation without a configuration file (default var)')
    .option('--json', 'JSON instead of a table')
    .action((options: Options) => check(options, output));
}
