import { Command } from 'commander';
import { CanaryMarks } from '../assertions/canary-marks.ts';
import { RequestIds } from '../assertions/request-ids.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { type Column, count, json, list, type Output, table } from '../terminal/output.ts';
import { keepRun, sentenceOf } from '../watch/canary/outcome.ts';
import { runCanary } from '../watch/canary/run.ts';
import { type CanaryReport, CLASSES, type ProbeClass, passed } from '../watch/canary/types.ts';
import { located, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly app?: string;
  readonly class?: string;
  readonly json?: true;
}

const COLUMNS: readonly Column<CanaryReport>[] = [
  { name: 'app', of: ({ app }) => app },
  { name: 'origin', of: ({ origin }) => origin },
  { name: 'asked', of: ({ asked }) => asked },
  { name: 'held', of: ({ held }) => held },
  { name: 'in front', of: ({ front }) => front },
  { name: 'no answer', of: ({ silent }) => silent },
  { name: 'unclear', of: ({ unclear }) => unclear },
  { name: 'failed', of: ({ failed }) => failed },
  { name: 'verdict', of: (report) => (passed(report) ? 'passed' : 'FAILED') },
];

function onlyOf(typed: string | undefined): readonly ProbeClass[] | undefined {
  if (typed === undefined) return undefined;
  const found = CLASSES.find((each) => each === typed);
  if (found === undefined)
    throw new CommandMisused(`--class ${JSON.stringify(typed)}: there are ${CLASSES.join(', ')}.`);
  return [found];
}

function show(output: Output, reports: readonly CanaryReport[]): void {
  list(output, false, { columns: COLUMNS, rows: reports, empty: 'There is no app.' });
  const failures = reports.flatMap(({ app, failures: all }) => all.map((failure) => ({ app, ...failure })));
  if (failures.length > 0) {
    output.line();
    const rows = failures.map((each) => [each.app, each.class, each.visitor, each.request, each.answer]);
    output.line(table(['app', 'class', 'as', 'request', 'what came back'], rows));
  }
  for (const { app, unclearWhy, unreachable, exceptions, front, frontSays } of reports) {
    if (front > 0) output.note(`${app}: refused in front of us: ${frontSays.join('; ')}`);
    if (unreachable !== null) output.note(`${app}: nothing could be tried: ${unreachable}.`);
    if (unclearWhy !== null) output.note(`${app}: unclear: ${unclearWhy}`);
    for (const exception of exceptions) output.note(`${app}: answers without a session, as listed: ${exception}`);
  }
}

async function run(output: Output, options: Options): Promise<void> {
  const only = onlyOf(options.class);
  const reports = await withStore(options, async ({ config, store, seal, clock, random, actor }) => {
    const apps = config.apps.filter(({ id }) => options.app === undefined || id === options.app);
    if (apps.length === 0)
      throw new CommandRefused(
        `There is no app ${options.app}: there are ${config.apps.map(({ id }) => id).join(', ')}.`,
      );
    const parts = {
      ...{ marks: new CanaryMarks(seal), ids: new RequestIds(seal, random), clock, random, seal, store },
      ...(only === undefined ? {} : { only }),
    };
    const done: CanaryReport[] = [];
    for (const app of apps) {
      const report = await runCanary(app, config, parts);
      // A part of the corpus shows nothing of the rest.
      if (only === undefined || report.failed > 0) await keepRun(store.audit, clock, report, actor);
      done.push(report);
    }
    return done;
  });
  const bad = reports.filter((report) => !passed(report));
  if (options.json === true) json(output, { ok: bad.length === 0, reports });
  else show(output, reports);
  const [first] = bad;
  if (first !== undefined)
    throw new CommandRefused(
      `${count(bad.length, 'app')} did not pass. ${sentenceOf(first)}: look what stands at that address.`,
    );
}

export function canaryCommands(output: Output): Command {
  const group = new Command('canary').description('attacks of our own on our own public addresses');
  located(
    group
      .command('run')
      .description('go to each public origin as a stranger; nothing may come back from an app; on record'),
  )
    .option('--app <id>', 'this app alone')
    .option('--class <name>', 'this kind of request alone')
    .option('--json', 'JSON instead of a table')
    .action((options: Options) => run(output, options));
  return group;
}
