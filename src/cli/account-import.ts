import type { Command } from 'commander';
import { decodeCsv } from '../lib/csv.ts';
import { FileUnread, readWhole } from '../lib/files.ts';
import type { ManageContext } from '../manage/context.ts';
import { importAccounts, previewImport } from '../manage/import.ts';
import { importInParts, type PartsDone } from '../manage/import-parts.ts';
import { type LineFault, MOST_LINES } from '../manage/import-text.ts';
import { CommandRefused } from '../terminal/exit.ts';
import { count, json, type Output } from '../terminal/output.ts';
import { commandLine, managing, type Where, withStore } from './context.ts';

/** Bytes; of a million lines about half. */
const MOST = 64 * 1_048_576;
const FAULTS_SHOWN = 50;

interface Options extends Where {
  readonly json?: true;
  readonly newOnly?: true;
  readonly skipFaulty?: true;
  readonly dryRun?: true;
}

/** The text of a CSV file. Throws CommandRefused; a file that is too large is not read. */
export function readCsv(file: string): ReturnType<typeof decodeCsv> {
  try {
    return decodeCsv(readWhole(file, { most: MOST }));
  } catch (error) {
    if (error instanceof FileUnread && (error.reason === 'too-large' || error.reason === 'forbidden'))
      throw new CommandRefused(error.message);
    throw new CommandRefused(`${file} cannot be read: name a CSV file with the columns account, realm, email, groups.`);
  }
}

type Account = Readonly<Record<'id' | 'realm' | 'name', string>>;

interface Outcome extends Omit<PartsDone, 'lines'> {
  readonly accounts: { readonly added: readonly Account[]; readonly changed: readonly Account[] };
}

/** More lines than are done at once, for certain. */
function isLong(text: string): boolean {
  let [at, lines] = [-1, 0];
  do {
    at = text.indexOf('\n', at + 1);
    lines += 1;
  } while (at !== -1 && lines <= MOST_LINES);
  return lines > MOST_LINES;
}

async function atOnce(ctx: ManageContext, text: string, { newOnly, skipFaulty, dryRun }: Options): Promise<Outcome> {
  if (dryRun === true) {
    const { lines, faults } = await previewImport.ask(ctx, { text, newOnly });
    const of = (what: string) => lines.filter((each) => each.what === what).length;
    const counts = { added: of('new'), changed: of('changed'), unchanged: of('unchanged') };
    return { ...counts, faults, faulty: faults.length, partly: false, accounts: { added: [], changed: [] } };
  }
  const { added, changed, unchanged, faults } = await importAccounts.perform(ctx, { text, newOnly, skipFaulty });
  const counts = { added: added.length, changed: changed.length, unchanged: unchanged.length };
  return { ...counts, faults, faulty: faults.length, partly: false, accounts: { added, changed } };
}

async function inParts(ctx: ManageContext, text: string, options: Options, output: Output): Promise<Outcome> {
  const accounts = { added: [] as Account[], changed: [] as Account[] };
  const done = await importInParts(ctx, {
    ...{ text, newOnly: options.newOnly, skipFaulty: options.skipFaulty, dryRun: options.dryRun },
    onProgress: (lines, of) =>
      output.note(of === undefined ? `${lines} lines looked at` : `${lines} of ${of} lines done`),
    onPart: ({ added, changed }) => {
      // For people they are counted, and not kept.
      if (options.json !== true) return;
      for (const each of added) accounts.added.push(each);
      for (const each of changed) accounts.changed.push(each);
    },
  });
  return { ...done, accounts };
}

/** A line for each of the first. */
function faultLines({ faults, faulty }: Pick<Outcome, 'faults' | 'faulty'>): readonly string[] {
  const told = faults.slice(0, FAULTS_SHOWN);
  const lines = told.map(({ line, column, message }) => `  line ${line}${ofColumn(column)}: ${message}`);
  return faulty > told.length ? [...lines, `  and ${faulty - told.length} more`] : lines;
}

function refusal(file: string, outcome: Outcome): CommandRefused {
  const { faulty, added, changed, partly } = outcome;
  const lines = faultLines(outcome);
  const so = partly
    ? `${count(added + changed, 'account')} before the first were added or changed: put it right and import the file again`
    : 'no account was added';
  return new CommandRefused(`${file} has ${count(faulty, 'fault')}; ${so}:\n${lines.join('\n')}`);
}

const ofColumn = (column: LineFault['column']): string => (column === null ? '' : `, ${column}`);

function tell(output: Output, { added, changed, unchanged }: Outcome, dryRun: boolean): void {
  const [would, were] = dryRun ? ['would be', 'would be'] : ['was', 'were'];
  const say = (n: number, what: string) => output.line(`${count(n, 'account')} ${n === 1 ? would : were} ${what}.`);
  if (added > 0 || (changed === 0 && unchanged === 0)) say(added, 'added');
  if (changed > 0) say(changed, 'changed');
  if (unchanged > 0) output.line(`${count(unchanged, 'account')} ${unchanged === 1 ? 'is' : 'are'} so already.`);
}

/** Makes `account import` of a command. */
export function importCommand(output: Output, command: Command): void {
  command
    .description(
      'accounts from a file whose first line names its columns: account, and realm, email, groups, organisation if you like. Parted ' +
        'by commas, semicolons or tabs, in UTF-8, UTF-16 or Windows-1252. Accounts that are there are changed to what their line ' +
        'says, so that the same file can be imported again. With any fault nothing is done; up to 10,000 lines are done all or not at all, more ' +
        'in parts of 5,000',
    )
    .option('--new-only', 'an account that is there is a fault')
    .option('--skip-faulty', 'lines with a fault are left out and told, and the others are done')
    .option('--dry-run', 'says what would be done, and does nothing')
    .option('--json', 'JSON instead of text')
    .action(async (file: string, options: Options) => {
      const { text, encoding } = readCsv(file);
      if (encoding === 'windows-1252')
        output.note(`${file} is not UTF-8 and was read as Windows-1252: look whether names with accents are right.`);
      const done = await withStore(options, (opened) => {
        const ctx = managing(opened);
        return isLong(text) ? inParts(ctx, text, options, output) : atOnce(ctx, text, options);
      });
      const { faults, unchanged, accounts } = done;
      if (options.json === true) json(output, { ...accounts, unchanged, faults, encoding });
      const dryRun = options.dryRun === true;
      const skipped = options.skipFaulty === true && !done.partly && done.added + done.changed + unchanged > 0;
      if (faults.length > 0 && !skipped) throw refusal(file, done);
      if (options.json === true) return;
      tell(output, done, dryRun);
      if (faults.length > 0)
        output.note([`${count(done.faulty, 'fault')}: these lines are left out.`, ...faultLines(done)].join('\n'));
      if (done.added > 0 && !dryRun)
        output.note(`Each enrols by a link of its own: ${commandLine(options, 'ticket issue', 'NAME')}`);
    });
}
