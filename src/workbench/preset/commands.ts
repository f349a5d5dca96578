import { Command } from 'commander';
import { CommandMisused } from '../../terminal/exit.ts';
import type { Output } from '../../terminal/output.ts';
import { type RecordOptions, recordPreset } from '../record/record.ts';
import type { Installed } from './installed.ts';
import { listPresets, showPreset } from './show.ts';
import { testPreset } from './test.ts';
import { type AppTestOptions, testApp } from './test-app.ts';

const gather = (value: string, before: string[]): string[] => [...before, value];

/** Options that say with whom the app is tried. Passwords are never among them: they come from files or are asked for. */
export function withPeople(command: Command): Command {
  return command
    .option('--upstream <url>', 'origin of the app, reached directly')
    .option('--origin <url>', 'public origin of the app, as in the configuration (default: one that no app knows)')
    .option('--host <which>', 'Host that the app is sent: preserve or upstream (default: what the preset says)')
    .option('--ca <file>', 'PEM file of the authority that signed the certificate of the app')
    .option('--account <name>', 'account of the app to sign in with (else asked for)')
    .option('--password-file <file>', 'file with its password (else SALLYPORT_TEST_PASSWORD, else asked for)')
    .option('--second <name>', 'another account, to sign in with in the session of the first')
    .option(
      '--second-password-file <file>',
      'file with its password (else SALLYPORT_TEST_SECOND_PASSWORD, else asked for)',
    );
}

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
  withPeople(
    preset
      .command('record')
      .description('record one sign-in of yours in a browser, and write a preset from it that is proven on the app'),
  )
    .option('--port <n>', 'port on 127.0.0.1 (default: any that is free)')
    .option('--out <file>', 'where the preset is written', 'recorded.yml')
    .option('--unattended', 'sign in from here: in HTML alone, and with Chromium where scripts build the pages')
    .option('--start <address>', 'with --unattended: where in the app to begin (default /)')
    .option(
      '--fill <name=value>',
      'with --unattended: what else is typed into the form; may be given several times',
      gather,
      [],
    )
    .option('--browser <file>', 'with --unattended: program of Chromium or Chrome (default: one that PATH has)')
    .option('--json', 'JSON instead of a table')
    .action((options: Omit<RecordOptions, 'upstream'> & { upstream?: string }) =>
      recordPreset(output, { ...options, upstream: needUpstream(options) }),
    );
}
