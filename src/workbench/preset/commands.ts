import { Command } from 'commander';
import type { Output } from '../../terminal/output.ts';
import { type RecordOptions, recordPreset } from '../record/record.ts';
import { listPresets, showPreset } from './show.ts';
import { type TestOptions, testPreset } from './test.ts';

const gather = (value: string, before: string[]): string[] => [...before, value];

/** Options that say with whom the app is tried. Passwords are never among them: they come from files or are asked for. */
export function withPeople(command: Command): Command {
  return command
    .requiredOption('--upstream <url>', 'origin of the app, reached directly')
    .option('--ca <file>', 'PEM file of the authority that signed the certificate of the app')
    .option('--account <name>', 'account of the app to sign in with (else asked for)')
    .option('--password-file <file>', 'file with its password (else SALLYPORT_TEST_PASSWORD, else asked for)')
    .option('--second <name>', 'another account, to sign in with in the session of the first')
    .option(
      '--second-password-file <file>',
      'file with its password (else SALLYPORT_TEST_SECOND_PASSWORD, else asked for)',
    );
}

export function presetCommands(output: Output): Command {
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
  withPeople(
    preset
      .command('test <name>')
      .description(
        'try a preset, or a file of your own, on the real app with a test account; exit 1 when it does not hold',
      ),
  )
    .option('--param <name=value>', 'parameter of the preset; may be given several times', gather, [])
    .option('--json', 'JSON instead of a table')
    .action((name: string, options: TestOptions) => testPreset(output, name, options));
  withPeople(
    preset
      .command('record')
      .description('record one sign-in of yours in a browser, and write a preset from it that is proven on the app'),
  )
    .option('--port <n>', 'port on 127.0.0.1 (default: any that is free)')
    .option('--out <file>', 'where the preset is written', 'recorded.yml')
    .option('--json', 'JSON instead of a table')
    .action((options: RecordOptions) => recordPreset(output, options));
  return preset;
}
