import type { Command } from 'commander';
import { FileUnread, readWhole } from '../lib/files.ts';
import { MOST_PICTURE_BYTES } from '../lib/picture/picture.ts';
import { setHosts, setLogo } from '../manage/organisation-looks.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { json, type Output } from '../terminal/output.ts';
import { located, managing, realmed, type Where, withStore } from './context.ts';

type Options = Where & { realm?: string; json?: true };

const LOOKUP = 'organisation list';

function about(command: Command): Command {
  return realmed(located(command)).option('--json', 'JSON instead of text');
}

function pictureIn(file: string): string {
  try {
    return readWhole(file, { most: MOST_PICTURE_BYTES }).toString('base64');
  } catch (error) {
    if (error instanceof FileUnread) throw new CommandRefused(error.message);
    throw new CommandRefused(`${file} cannot be read: name a PNG, JPEG or WebP file.`);
  }
}

/** What people see of an organisation where they enrol and sign in. */
export function lookCommands(output: Output, organisation: Command): void {
  about(organisation.command('logo <organisation>').description('the logo that its people see where they enrol'))
    .option('--file <file>', 'a PNG, JPEG or WebP of at most 64 KiB')
    .option('--remove', 'takes the logo away')
    .action(async (which: string, { file, remove, ...options }: Options & { file?: string; remove?: true }) => {
      if ((file === undefined) === (remove === undefined))
        throw new CommandMisused('Say which logo: --file FILE, or --remove.');
      const logo = file === undefined ? null : pictureIn(file);
      const wish = { organisation: which, realm: options.realm, logo };
      const done = await withStore(options, (opened) => setLogo.perform(managing(opened), wish), LOOKUP);
      if (options.json === true) return json(output, done);
      output.line(done.logo === null ? `${which} has no logo any more.` : `${which} has a new logo.`);
    });
  about(
    organisation
      .command('hosts <organisation> [hosts...]')
      .description('the hosts whose sign-in pages show its name and logo; none: nowhere'),
  ).action(async (which: string, hosts: readonly string[], options: Options) => {
    const wish = { organisation: which, realm: options.realm, hosts };
    const done = await withStore(options, (opened) => setHosts.perform(managing(opened), wish), LOOKUP);
    if (options.json === true) return json(output, done);
    output.line(
      done.hosts.length === 0 ? `No host shows ${which} any more.` : `${which} is shown at ${done.hosts.join(', ')}.`,
    );
  });
}
