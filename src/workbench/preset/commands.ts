import { Command } from 'commander';
import { CommandMisused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { type RecordOptions, recordPreset } from '../record/record.ts';
import type { Installed } from './installed.ts';
import { gather, withPeople, withRecording } from './options.ts';
import { listPresets, showPreset } from './show.ts';
import { testPreset } from './test.ts';
import { type AppTestOptions, testApp } from './test-app.ts';

/** Commander's own sentence: an option that is needed wherever no other says the same. */
function needUpstream({ upstream }: { readonly upstream?: string }): string {
  if (upstream === undefined) throw new CommandMisused("Required option '--upstream <url>' not specified.");
  return upstream;
}

export function presetCommands(output: Output, installed: Installed): Command {
  const preset = new Command('preset').description('how products sign people in');
  preset
    .command('list')
    .description('the presets that come with Sallyport, and what each was tried with')
    .option('--json', 'JSON instead of a table')
    .action((options: { json?: true }) => listPresets(output, options.json === true));
  preset
    .command('show <name>')
    .description('what a preset says, or a file of your own')
    .option('--yaml', 'the file itself')
    .option('--json', 'JSON instead of text')
    .action((name: string, options: { json?: true; yaml?: true }) => showPreset(output, name, options));
  testCommand(preset, output, installed);
  recordCommand(preset, output);
  return preset;
}

function testCommand(preset: Command, output: Output, installed: Installed): void {
  withPeople(
    preset
      .command('test [name]')
      .description(
        'try a preset, or a file of your own, on the real app with a test account, sending what the proxy sends; exit 1 when it does not hold. ' +
          'With --app: the preset of an app as it is configured, and what came of it goes on record',
      ),
  )
    .option('--app <id>', 'an app of the configuration: its preset, upstream and origin are tried')
    .option('--product <text>', 'with --app: what was tried, with its version, for the record')
    .option('--config <file>', 'with --app: configuration file of the installation')
    .option('--data <folder>', 'with --app: data folder (default var, or what the file says)')
    .option('--param <name=value>', 'parameter of the preset; may be given several times', gather, [])
    .option('--json', 'JSON instead of a table')
    .action((name: string | undefined, options: Partial<AppTestOptions>) => {
      const { app } = options;
      if (app !== undefined) return testApp(output, name, { ...options, app }, installed);
      if (name === undefined) throw new CommandMisused("Missing required argument 'name'.");
      return testPreset(output, name, { ...options, upstream: needUpstream(options) });
    });
}

function recordCommand(preset: Command, output: Output): void {
  withRecording(
    withPeople(
      preset
        .command('record')
        .description('record one sign-in of yours in a browser, and write a preset from it that is proven on the app'),
    ).option('--port <n>', 'port on 127.0.0.1 (default: any that is free)'),
  )
    .option('--json', 'JSON instead of a table')
    .action(async (options: Omit<RecordOptions, 'upstream'> & { upstream?: string }) => {
      await recordPreset(output, { ...options, upstream: needUpstream(options) });
    });
}
