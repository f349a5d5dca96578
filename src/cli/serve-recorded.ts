import type { Command } from 'commander';
import { CommandMisused } from '../terminal/exit.ts';
import type { Output } from '../terminal/output.ts';
import { withAccounts, withRecording } from '../workbench/preset/options.ts';
import type { RecordOptions } from '../workbench/record/record.ts';
import { commandLine } from './context.ts';

/** What `serve --record` adds to the options of `serve`: those of `preset record`. */
export interface RecordingWish extends Omit<RecordOptions, 'upstream' | 'port' | 'json'> {
  readonly record?: true;
}

/** Of those, all that mean nothing without `--record`. */
const ALONG = [
  'account',
  'passwordFile',
  'second',
  'secondPasswordFile',
  'out',
  'unattended',
  'start',
  'browser',
] as const;

/** Adds `--record` and what goes along with it. */
export function withRecord(command: Command): Command {
  const recording = command.option(
    '--record',
    'with --upstream: first record how the app signs people in, then guard it so',
  );
  return withRecording(withAccounts(recording));
}

/** Throws CommandMisused for what does not go together. */
export function checkRecord(options: RecordingWish & { readonly upstream?: string; readonly login?: string }): void {
  if (options.record === true) {
    if (options.upstream === undefined)
      throw new CommandMisused('--record is about the app of --upstream: name its origin.');
    if (options.login !== undefined)
      throw new CommandMisused('Give either --login or --record, not both: what is recorded is the login.');
    return;
  }
  const said = ALONG.find((name) => options[name] !== undefined);
  const several = (['fill', 'look'] as const).find((name) => (options[name] ?? []).length > 0);
  const name = said ?? several;
  if (name === undefined) return;
  const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  throw new CommandMisused(`${option} says how a sign-in is recorded: give --record, too.`);
}

/** An app that is about to be guarded. */
export interface Unrecorded {
  readonly upstream: string;
  /** Where people will reach it. */
  readonly origin: string;
  /** Folder of the installation, where it is named. */
  readonly data: string | undefined;
  /** What else was said of where it serves, as it was said: `--port 8092`. */
  readonly flags: readonly string[];
}

/** Records and proves a preset; the file that holds it. Nothing is served meanwhile, and nothing where the app does not bear it out. */
export async function recordFirst(output: Output, wish: RecordingWish, app: Unrecorded): Promise<string> {
  const { recordPreset } = await import('../workbench/record/record.ts');
  const { upstream, origin, data, flags } = app;
  const file = await recordPreset(output, { ...wish, upstream, origin });
  const where = data === undefined ? {} : { data };
  const again = commandLine(where, 'serve', '--upstream', upstream, ...flags, '--login', file);
  output.note(`\nFrom now on start it with: ${again}`);
  return file;
}
