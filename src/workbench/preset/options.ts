import type { Command } from 'commander';

/** Of an option that may be given several times. */
export const gather = (value: string, before: string[]): string[] => [...before, value];

/** Who signs in at an app that is tried. Passwords are never among options: they come from files or are asked for. */
export function withAccounts(command: Command): Command {
  return command
    .option('--account <name>', 'account of the app to sign in with (else asked for)')
    .option('--password-file <file>', 'file with its password (else SALLYPORT_TEST_PASSWORD, else asked for)')
    .option('--second <name>', 'another account, to sign in with in the session of the first')
    .option(
      '--second-password-file <file>',
      'file with its password (else SALLYPORT_TEST_SECOND_PASSWORD, else asked for)',
    );
}

/** Where the app is, and with whom it is tried. */
export function withPeople(command: Command): Command {
  return withAccounts(
    command
      .option('--upstream <url>', 'origin of the app, reached directly')
      .option('--origin <url>', 'public origin of the app, as in the configuration (default: one that no app knows)')
      .option('--host <which>', 'Host that the app is sent: preserve or upstream (default: what the preset says)')
      .option('--ca <file>', 'PEM file of the authority that signed the certificate of the app')
      .option('--within <seconds>', 'how long the app may take over all that is asked of it (default 900)'),
  );
}

/** How a sign-in is recorded, and where the preset goes. */
export function withRecording(command: Command): Command {
  return command
    .option('--out <file>', 'where the preset is written (default recorded.yml)')
    .option('--unattended', 'sign in from here: in HTML alone, and with Chromium where scripts build the pages')
    .option('--start <address>', 'with --unattended: where in the app to begin (default /)')
    .option(
      '--fill <name=value>',
      'with --unattended: what else is typed into the form; may be given several times',
      gather,
      [],
    )
    .option(
      '--look <address>',
      'with --unattended: where in the app it may say who is signed in; may be given several times',
      gather,
      [],
    )
    .option('--browser <file>', 'with --unattended: program of Chromium or Chrome (default: one that PATH has)');
}
