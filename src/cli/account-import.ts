import type { Command } from 'commander';
import { FileUnread, readWhole } from '../lib/files.ts';
import { decodeCsv } from '../manage/csv.ts';
import { importAccounts } from '../manage/import.ts';
import { CommandRefused } from '../terminal/exit.ts';
import { count, json, type Output } from '../terminal/output.ts';
import { commandLine, managing, type Where, withStore } from './context.ts';

const MOST = 8 * 1_048_576;
const FAULTS_SHOWN = 50;

function readCsv(file: string): ReturnType<typeof decodeCsv> {
  try {
    return decodeCsv(readWhole(file, { most: MOST }));
  } catch (error) {
    if (error instanceof FileUnread && (error.reason === 'too-large' || error.reason === 'forbidden'))
      throw new CommandRefused(error.message);
    throw new CommandRefused(`${file} cannot be read: name a CSV file with the columns account, realm, email, groups.`);
  }
}

/** Makes `account import` of a command. */
export function importCommand(output: Output, command: Command): void {
  command
    .description(
      'accounts from a file whose first line names its columns: account, and realm, email, groups if you like. Parted by ' +
        'commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252; all or none',
    )
    .option('--json', 'JSON instead of text')
    .action(async (file: string, options: Where & { json?: true }) => {
      const { text, encoding } = readCsv(file);
      if (encoding === 'windows-1252')
        output.note(`${file} is not UTF-8 and was read as Windows-1252: look whether names with accents are right.`);
      const { added, faults } = await withStore(options, (opened) =>
        importAccounts.perform(managing(opened), { text }),
      );
      if (options.json === true) json(output, { added, faults, encoding });
      if (faults.length > 0) {
        const lines = faults.slice(0, FAULTS_SHOWN).map((fault) => `  line ${fault.line}: ${fault.message}`);
        if (faults.length > FAULTS_SHOWN) lines.push(`  and ${faults.length - FAULTS_SHOWN} more`);
        throw new CommandRefused(
          `${file} has ${count(faults.length, 'fault')}; no account was added:\n${lines.join('\n')}`,
        );
      }
      if (options.json === true) return;
      output.line(`${count(added.length, 'account')} ${added.length === 1 ? 'was' : 'were'} added.`);
      output.note(`Each enrols by a link of its own: ${commandLine(options, 'ticket issue', 'NAME')}`);
    });
}
