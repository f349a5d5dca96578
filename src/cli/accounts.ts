import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { SallyportError } from '../errors.ts';
import {
  type AccountView,
  addAccount,
  disableAccount,
  enableAccount,
  listAccounts,
  removeAccount,
  showAccount,
} from '../manage/accounts.ts';
import { importAccounts } from '../manage/import.ts';
import { commandLine, located, managing, realmed, type Where, withStore } from './context.ts';
import { CommandRefused } from './exit.ts';
import { type Column, count, json, list, type Output, one, record, when } from './output.ts';

type Options = Where & { realm?: string; json?: true };

const COLUMNS: readonly Column<AccountView>[] = [
  { name: 'account', of: (row) => row.name },
  { name: 'realm', of: (row) => row.realm },
  { name: 'authenticators', of: (row) => row.authenticators },
  { name: 'password', of: (row) => row.passwordSet },
  { name: 'admin', of: (row) => row.admin },
  { name: 'groups', of: (row) => row.groups },
  { name: 'email', of: (row) => row.email },
  { name: 'disabled', of: (row) => when(row.disabledAt) },
  { name: 'created', of: (row) => when(row.createdAt) },
  { name: 'id', of: (row) => row.id },
];

function about(command: Command): Command {
  return realmed(located(command)).option('--json', 'JSON instead of text');
}

function addCommand(output: Output, account: Command): void {
  about(account.command('add <name>').description('a new account; it enrols by ticket before it can sign in'))
    .option('--email <address>', 'where to reach the person')
    .option('--group <name...>', 'groups that rules may ask for')
    .option('--admin', 'an administrator')
    .action(async (name: string, options: Options & { email?: string; group?: string[]; admin?: true }) => {
      const { realm, email, group: groups, admin } = options;
      const wish = { name, realm, email, groups, admin };
      const row = await withStore(options, (opened) => addAccount(managing(opened), wish)).catch((error: unknown) => {
        if (!(error instanceof SallyportError) || error.code !== 'conflict') throw error;
        throw new CommandRefused(
          `There is an account ${JSON.stringify(name)} already: "${commandLine(options, 'account show', name)}" shows it.`,
        );
      });
      if (options.json === true) json(output, record(COLUMNS, row));
      else {
        output.line(`${row.name} was added to realm ${row.realm}.`);
        output.note(`Next, a link to enrol by: ${commandLine(options, 'ticket issue', row.name)}`);
      }
    });
}

function importCommand(output: Output, account: Command): void {
  located(
    account
      .command('import <file>')
      .description('accounts from CSV with the columns account, realm, email, groups; all or none'),
  )
    .option('--json', 'JSON instead of text')
    .action(async (file: string, options: Where & { json?: true }) => {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch {
        throw new CommandRefused(
          `${file} cannot be read: name a CSV file with the columns account, realm, email, groups.`,
        );
      }
      const { added, faults } = await withStore(options, (opened) => importAccounts(managing(opened), text));
      if (faults.length > 0) {
        if (options.json === true) json(output, { added, faults });
        const lines = faults.map((fault) => `  line ${fault.line}: ${fault.message}`);
        throw new CommandRefused(
          `${file} has ${count(faults.length, 'fault')}; no account was added:\n${lines.join('\n')}`,
        );
      }
      if (options.json === true) return json(output, { added, faults });
      output.line(`${count(added.length, 'account')} ${added.length === 1 ? 'was' : 'were'} added.`);
      output.note(`Each enrols by a link of its own: ${commandLine(options, 'ticket issue', 'NAME')}`);
    });
}

/** A command that changes one account and says so. */
function changeCommand<T extends AccountView>(
  output: Output,
  account: Command,
  name: string,
  description: string,
  change: (...args: Parameters<typeof showAccount>) => Promise<T>,
  told: (row: T) => string,
): void {
  about(account.command(`${name} <name>`).description(description)).action(async (who: string, options: Options) => {
    const row = await withStore(options, (opened) => change(managing(opened), who, options.realm));
    if (options.json === true) json(output, record(COLUMNS, row));
    else output.line(told(row));
  });
}

export function accountCommands(output: Output): Command {
  const account = new Command('account').description('who may sign in');
  addCommand(output, account);
  about(account.command('list').description('all accounts, with how many authenticators each has')).action(
    async (options: Options) => {
      const rows = await withStore(options, (opened) => listAccounts(managing(opened), options.realm));
      const empty = `There are no accounts yet: ${commandLine(options, 'account add', 'NAME')}`;
      list(output, options.json === true, COLUMNS, rows, empty);
    },
  );
  about(account.command('show <name>').description('one account')).action(async (name: string, options: Options) => {
    const row = await withStore(options, (opened) => showAccount(managing(opened), name, options.realm));
    if (options.json === true) json(output, record(COLUMNS, row));
    else one(output, COLUMNS, row);
  });
  changeCommand(
    output,
    account,
    'disable',
    'may not sign in any more; every session of it ends now',
    disableAccount,
    (row) => `${row.name} is disabled; ${count(row.sessionsEnded, 'session')} ended.`,
  );
  changeCommand(output, account, 'enable', 'may sign in again', enableAccount, (row) => `${row.name} is enabled.`);
  changeCommand(
    output,
    account,
    'remove',
    'removed with its authenticators and sessions; the record keeps its name',
    removeAccount,
    (row) => `${row.name} was removed.`,
  );
  importCommand(output, account);
  return account;
}
