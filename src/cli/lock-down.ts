import { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { beginLockDown, endLockDown, type LockDownView, showLockDown } from '../manage/lock-down.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { json, type Output, span, utc, when } from '../terminal/output.ts';
import { act, commandLine, located, managing, type Where, withStore } from './context.ts';
import { forceRecord, tellForce } from './in-force.ts';

interface Options extends Where {
  readonly reason: string;
  readonly for?: string;
  readonly json?: true;
}

function record(view: LockDownView) {
  const { reason, begunAt, begunBy, until } = view;
  return { reason, begun: when(begunAt), by: begunBy, until: when(until) };
}

/** How long it lasts, in words. */
function lasting({ until }: LockDownView): string {
  if (until === null) return 'until it is ended';
  return `until ${utc(new Date(until))}, for ${span(until - systemClock.now())}`;
}

function endOf(typed: string | undefined): number | null {
  if (typed === undefined) return null;
  const ms = parseDuration(typed);
  if (ms === undefined) throw new CommandMisused(`--for ${JSON.stringify(typed)} is no duration: write 30m, 2h or 1d.`);
  return systemClock.now() + ms;
}

function onCommand(output: Output, group: Command): void {
  const description =
    'no new session but those of administrators, on any node, when it returns; sessions that are live go on ("session revoke" ends them)';
  located(group.command('on').description(description))
    .requiredOption('--reason <text>', 'for everybody who would sign in: one line, up to 200 characters')
    .option(
      '--for <duration>',
      'ends by itself after that, 1 minute to 30 days (30m, 2h, 1d); without it when it is ended',
    )
    .option('--json', 'JSON instead of text')
    .action(async (options: Options) => {
      const input = { reason: options.reason, until: endOf(options.for) };
      const { done, force } = await act(options, beginLockDown, input);
      if (options.json === true) return json(output, { lock_down: record(done), ...forceRecord(force) });
      output.line(`Signing in is closed for everybody but administrators, ${lasting(done)}.`);
      tellForce(output, force);
      output.note(`Sessions that are live go on: "${commandLine(options, 'session revoke --all')}" ends them too.`);
    });
}

function offCommand(output: Output, group: Command): void {
  located(group.command('off').description('signing in is open again'))
    .option('--json', 'JSON instead of text')
    .action(async (options: Options) => {
      const { done, force } = await act(options, endLockDown, {});
      if (options.json === true)
        return json(output, { ended: done === null ? null : record(done), ...forceRecord(force) });
      output.line(done === null ? 'There was no lock-down.' : 'Signing in is open again.');
      if (done !== null) tellForce(output, force);
    });
}

function showCommand(output: Output, group: Command): void {
  located(group.command('show').description('whether there is one: why, since when, by whom, until when'))
    .option('--json', 'JSON instead of text')
    .action(async (options: Options) => {
      const view = await withStore(options, (opened) => showLockDown.ask(managing(opened), {}));
      if (options.json === true) return json(output, { lock_down: view === null ? null : record(view) });
      if (view === null) return output.line('There is no lock-down: everybody may sign in.');
      output.line(`Signing in is closed for everybody but administrators, ${lasting(view)}.`);
      output.line(`Since ${utc(new Date(view.begunAt))}, by ${view.begunBy ?? 'somebody'}: ${view.reason}`);
    });
}

export function lockDownCommands(output: Output): Command {
  const group = new Command('lock-down').description('to close signing in for a while, but to administrators');
  onCommand(output, group);
  offCommand(output, group);
  showCommand(output, group);
  return group;
}
