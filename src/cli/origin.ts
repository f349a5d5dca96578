import { networkInterfaces } from 'node:os';
import { Command } from 'commander';
import { CanaryMarks } from '../assertions/canary-marks.ts';
import { IdReader } from '../assertions/request-ids.ts';
import { record as putOnRecord } from '../audit/audit.ts';
import type { AppConfig, Config } from '../config/types.ts';
import { plainAddress, trustedPeers } from '../request/client.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { type Column, count, fields, json, list, type Output, record, table, when } from '../terminal/output.ts';
import { MOST_FILES } from '../watch/log/by-time/merged.ts';
import type { OursParts } from '../watch/log/by-time/read.ts';
import type { Group } from '../watch/log/groups.ts';
import { holds, type LogReport, readLogs } from '../watch/log/read.ts';
import { checkOrigin, type Finding } from '../watch/origin/check.ts';
import { located, type Opened, type Where, withStore } from './context.ts';

interface CheckOptions extends Where {
  readonly app?: string;
  readonly outside?: true;
  readonly json?: true;
}

interface LogOptions extends Where {
  readonly app: string;
  readonly since?: string;
  readonly ours?: readonly string[];
  readonly tolerance?: string;
  readonly json?: true;
}

const FINDINGS: readonly Column<Finding>[] = [
  { name: 'app', of: ({ app }) => app },
  { name: 'address', of: ({ address }) => address },
  { name: 'what', of: ({ what }) => what },
  { name: 'expected', of: ({ expected }) => expected },
  { name: 'found', of: ({ found }) => found },
  { name: 'verdict', of: ({ verdict }) => verdict, shown: ({ verdict }) => (verdict === 'fail' ? 'FAIL' : verdict) },
];

const GROUPS: readonly Column<Group>[] = [
  { name: 'why', of: ({ why }) => why },
  { name: 'client', of: ({ client }) => client },
  { name: 'user', of: ({ user }) => user },
  { name: 'method', of: ({ method }) => method },
  { name: 'path', of: ({ path }) => path },
  { name: 'status', of: ({ status }) => status },
  { name: 'requests', of: (group) => group.count },
  { name: 'first', of: ({ first }) => when(first) },
  { name: 'last', of: ({ last }) => when(last) },
  { name: 'line', of: ({ where }) => where },
];

/** Kinds of requests in a table; JSON has all that are told apart. */
const SHOWN = 50;

function appsOf({ apps }: Config, id: string | undefined): readonly AppConfig[] {
  const chosen = id === undefined ? apps : apps.filter((app) => app.id === id);
  if (chosen.length > 0) return chosen;
  throw new CommandRefused(`There is no app ${id}: there are ${apps.map((app) => app.id).join(', ')}.`);
}

/** What was tried at named addresses is put on record; of an app without any nothing was shown. */
async function keep({ store, clock, actor }: Opened, app: AppConfig, findings: readonly Finding[]): Promise<void> {
  const bad = findings.filter(({ verdict }) => verdict === 'fail');
  const addresses = app.waysPast.addresses.length;
  if (addresses === 0 && bad.length === 0) return;
  const detail = { addresses, open: bad.length, ...(bad[0] === undefined ? {} : { first: bad[0].found }) };
  const outcome = bad.length === 0 ? 'ok' : 'failed';
  await putOnRecord(store.audit, clock, { kind: 'origin.checked', outcome, actor, appId: app.id, detail });
}

async function check(output: Output, options: CheckOptions): Promise<void> {
  const findings = await withStore(options, async (opened) => {
    const { config, seal, clock, random } = opened;
    const parts = { marks: new CanaryMarks(seal), clock, random, outside: options.outside === true };
    const found: Finding[] = [];
    for (const app of appsOf(config, options.app)) {
      const here = await checkOrigin(app, parts);
      await keep(opened, app, here);
      found.push(...here);
      if (app.waysPast.addresses.length === 0)
        output.note(
          `${app.id}: no address is named under ways_past, so nothing was tried but the upstream, and nothing is on record.`,
        );
    }
    return found;
  });
  const failed = findings.filter(({ verdict }) => verdict === 'fail').length;
  if (options.json === true) json(output, { ok: failed === 0, findings });
  else list(output, false, { columns: FINDINGS, rows: findings, empty: 'There is nothing to try.' });
  if (failed > 0)
    throw new CommandRefused(
      `${count(failed, 'way')} past us above: let the app answer Sallyport's hosts alone (a rule of the network, a client certificate, or the assertion), then run this again.`,
    );
}

function sinceOf(typed: string | undefined): number | null {
  if (typed === undefined) return null;
  const at = Date.parse(typed);
  if (Number.isNaN(at)) throw new CommandMisused(`--since ${JSON.stringify(typed)} is no date: write 2026-11-30.`);
  return at;
}

/** Seconds that a log may differ by from another, besides what the clocks do: how long two servers take to write a line. */
const TOLERANCE = 2;
const MOST_TOLERANCE = 60;

/** Our own log, as the options name it. */
function ownLogOf({ app: appId, ours: files = [], tolerance }: LogOptions, named: number): OursParts | undefined {
  if (tolerance !== undefined && files.length === 0)
    throw new CommandMisused('--tolerance is for a log that is compared with ours: name ours with --ours.');
  const seconds = tolerance === undefined ? TOLERANCE : /^\d{1,2}$/.test(tolerance) ? Number(tolerance) : Number.NaN;
  if (!(seconds <= MOST_TOLERANCE))
    throw new CommandMisused(`--tolerance ${JSON.stringify(tolerance)}: seconds, 0 to ${MOST_TOLERANCE}.`);
  if (files.length + named > MOST_FILES)
    throw new CommandMisused(`${files.length + named} files: at most ${MOST_FILES} are read side by side.`);
  return files.length === 0 ? undefined : { files, appId, toleranceMs: seconds * 1000 };
}

/** Addresses by which the app knows us: those that the operator lists, or those of this machine. */
function oursOf({ waysPast }: AppConfig): (address: string) => boolean {
  const own = Object.values(networkInterfaces()).flatMap((each) => (each ?? []).map(({ address }) => address));
  const known = new Set(own.map((address) => plainAddress(address)));
  return waysPast.ours.length > 0 ? trustedPeers(waysPast.ours) : (address) => known.has(plainAddress(address));
}

const HOW = {
  id: ({ ours }) => `${ours}`,
  time: () => 'none: matched by time with our own log, which is weaker',
  address: () => 'none: told by the address that they came from',
} as const satisfies Record<LogReport['by'], (report: LogReport) => string>;

/** How far the clock of the app is from ours, in words. */
function skewOf(skewMs: number | null): string {
  if (skewMs === null) return 'not shown by the logs: taken for the same';
  return `${(Math.abs(skewMs) / 1000).toFixed(1)} s ${skewMs < 0 ? 'behind' : 'ahead of'} ours`;
}

function timeFields({ time, ours }: LogReport): readonly (readonly [string, string | number])[] {
  if (time === null) return [];
  const { covered, notTold, skewMs, toleranceMs, unreadableOurs, beyondOurs } = time;
  return [
    ['explained by our log', ours],
    ['our log reaches', covered === null ? 'nowhere' : `${when(covered.from)} to ${when(covered.to)}`],
    ['not told', notTold === 0 ? 0 : `${notTold}: our log does not reach them`],
    ['the app’s clock', `${skewOf(skewMs)}; ${toleranceMs / 1000} s are let pass`],
    ...(unreadableOurs > 0 ? ([['not readable of ours', unreadableOurs]] as const) : []),
    ...(beyondOurs > 0 ? ([['not compared of ours', `${beyondOurs}: too many at once`]] as const) : []),
  ];
}

function summary(report: LogReport): string {
  const { lines, requests, past, unreadable, unreadableAt, unremembered, first, last, by } = report;
  return fields([
    ['lines', lines],
    ['requests', requests],
    ['from', when(first)],
    ['to', when(last)],
    ['with our id', HOW[by](report)],
    ...timeFields(report),
    ['past us', past],
    ['not readable', unreadable === 0 ? 0 : `${unreadable}, the first at ${unreadableAt}`],
    ...(unremembered > 0 ? ([['not compared', `${unremembered}: more ids than are remembered`]] as const) : []),
  ]);
}

function show(output: Output, report: LogReport): void {
  output.line(summary(report));
  if (report.by === 'address' && report.requests > 0)
    output.note(
      'This log has no ids of ours, so a request past us from one of our own addresses cannot be told: let the app log the header Sallyport-Request as the last field, or name our own log with --ours (README, "Ways past us").',
    );
  if (report.by === 'time')
    output.note(
      'Matched by time: each request of ours explains one of the same method and path at that time. It cannot tell a request past us from one of ours that the app did not write down, what the query was, or who it was. Ids can (README, "Ways past us").',
    );
  if (report.groups.length === 0) return;
  const shown = [...report.groups].sort((a, b) => b.count - a.count).slice(0, SHOWN);
  output.line();
  const cells = shown.map((row) => GROUPS.map(({ of }) => of(row)));
  output.line(
    table(
      GROUPS.map(({ name }) => name),
      cells,
    ),
  );
  const more = report.groups.length - shown.length;
  if (more > 0 || report.beyond > 0)
    output.note(
      `${count(more, 'more kind')} of requests (--json has them), ${report.beyond} beyond what is told apart.`,
    );
}

/** What an entry says of a log that was read. Matched by time, it is about the time that our own log reaches alone. */
function entryOf({ requests, past, unreadable, by, first, last, groups, time }: LogReport) {
  const [one] = groups;
  const named = one === undefined ? {} : { found: `${one.why}: ${one.client} ${one.method} ${one.path}` };
  const span = time?.covered ?? { from: first ?? 0, to: last ?? 0 };
  const byTime =
    time === null ? {} : { notTold: time.notTold, skewMs: time.skewMs ?? 0, toleranceMs: time.toleranceMs };
  return { requests, past, unreadable, by, ...byTime, first: span.from, last: span.to, ...named };
}

async function log(output: Output, files: readonly string[], options: LogOptions): Promise<void> {
  const since = sinceOf(options.since);
  const report = await withStore(options, async ({ config, store, seal, clock, actor }) => {
    const [app] = appsOf(config, options.app);
    if (app === undefined) throw new CommandRefused(`There is no app ${options.app}.`);
    const ours = ownLogOf(options, files.length);
    const parts = { ids: new IdReader(seal), isOurs: oursOf(app), since, ...(ours === undefined ? {} : { ours }) };
    const read = await readLogs(files, parts).catch((error: NodeJS.ErrnoException) => {
      throw new CommandRefused(`The log cannot be read: ${error.message}.`);
    });
    const detail = entryOf(read);
    const outcome = holds(read) ? 'ok' : 'failed';
    await putOnRecord(store.audit, clock, { kind: 'origin.log-read', outcome, actor, appId: app.id, detail });
    return read;
  });
  if (options.json === true)
    json(output, { ok: holds(report), ...report, groups: report.groups.map((group) => record(GROUPS, group)) });
  else show(output, report);
  if (report.requests === 0) throw new CommandRefused('There is no request in it: name the access log of the app.');
  const { time } = report;
  if (time !== null && time.notTold === report.requests)
    throw new CommandRefused(
      'Our own log reaches none of these requests, or has none of this app: name with --ours the log of the same days, of every node, written with log.requests on.',
    );
  if (time !== null && (time.unreadableOurs > 0 || time.beyondOurs > 0))
    throw new CommandRefused('Our own log could not be compared whole: name the files as they were written.');
  if (!holds(report))
    throw new CommandRefused(
      `${count(report.past, 'request')} did not come through us and ${count(report.unreadable, 'line')} could not be read: find out who they were, and close their way.`,
    );
}

export function originCommands(output: Output): Command {
  const group = new Command('origin').description('ways to an app past us: is it open, and has anybody been there');
  located(group.command('check').description('try the addresses named under ways_past, doors with bogus passwords too'))
    .option('--app <id>', 'this app alone')
    .option('--outside', 'this machine is none of Sallyport’s: the upstream must not answer it either')
    .option('--json', 'JSON instead of a table')
    .action((options: CheckOptions) => check(output, options));
  located(
    group
      .command('log')
      .argument('<file...>', 'access logs of the app, rotated ones too: Apache, nginx, IIS (W3C) or JSON lines')
      .description('find requests in the app’s own access log that did not come through us'),
  )
    .requiredOption('--app <id>', 'whose log it is')
    .option('--since <date>', 'pass over what is earlier, such as before the log had our ids')
    .option('--ours <file...>', 'our own log of those days, of every node, where the app’s has no ids: matched by time')
    .option('--tolerance <seconds>', 'with --ours: by how much the two may differ; default 2')
    .option('--json', 'JSON instead of text')
    .action((files: string[], options: LogOptions) => log(output, files, options));
  return group;
}
