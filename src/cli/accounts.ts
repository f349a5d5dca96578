import { readFileSync } from 'node:fs';
import { Command } from 'commander';
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
import { located, managing, type Where, withStore } from './context.ts';
import { CommandRefused } from './exit.ts';
import { list, type Output, when } from './output.ts';

type Options = Where & { realm?: string; json?: true };

const COLUMNS = [
  { name: 'account', of: (row: AccountView) => row.name },
  { name: 'realm', of: (row: AccountView) => row.realm },
  { name: 'authenticators', of: (row: AccountView) => row.authenticators },
  { name: 'password', of: (row: AccountView) => row.passwordSet },
  { name: 'admin', of: (row: AccountView) => row.admin },
  { name: 'groups', of: (row: AccountView) => row.groups.join(' ') },
  { name: 'email', of: (row: AccountView) => row.email },
  { name: 'disabled', of: (row: AccountView) => when(row.disabledAt) },
  { name: 'created', of: (row: AccountView) => when(row.createdAt) },
  { name: 'id', of: (row: AccountView) => row.id },
];

function about(command: Command): Command {
  return located(command)
    .option('--realm <id>', 'realm of the account, where there are several')
    .option('--json', 'JSON instead of text');
}

function one(output: Output, json: boolean, row: AccountView, sentence: string): void {
  if (json)
    output.line(
      JSON.stringify(Object.fromEntries(COLUMNS.map((column) => [column.name, column.of(row) ?? null])), null, 2),
    );
  else output.line(sentence);
}

function addCommand(output: Output, account: Command): void {
  about(account.command('add <name>').description('a new account; it enrols by ticket before it can sign in'))
    .option('--email <address>', 'where to reach the person')
    .option('--group <name...>', 'groups that rules may ask for')
    .option('--admin', 'an administrator')
    .action(async (name: string, options: Options & { email?: string; group?: string[]; admin?: true }) => {
      await withStore(options, async (opened) => {
        const row = await addAccount(managing(opened), {
          name,
          realm: options.realm,
          email: options.email,
          groups: options.group,
          admin: options.admin,
        });
        one(
          output,
          options.json === true,
          row,
          `${row.name} was added to realm ${row.realm}. Next: sallyport ticket issue ${row.name}`,
        );
      });
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
          `${file} cannot be read. Name a CSV file with the columns account, realm, email, groups.`,
        );
      }
      const { added, faults } = await withStore(options, (opened) => importAccounts(managing(opened), text));
      if (faults.length > 0) {
        throw new CommandRefused(
          `${file} has faults; nothing was imported:\n${faults.map((fault) => `  line ${fault.line}: ${fault.message}`).join('\n')}`,
        );
      }
      if (options.json === true) output.line(JSON.stringify(added, null, 2));
      else output.line(`${added.length} accounts were imported. Each enrols by ticket: sallyport ticket issue NAME`);
    });
}

export function accountCommands(output: Output): Command {
  const account = new Command('account').description('who may sign in');
  addCommand(output, account);
  about(account.command('list').description('all accounts, with how many authenticators each has')).action(
    async (options: Options) => {
      const rows = await withStore(options, (opened) => listAccounts(managing(opened), options.realm));
      list(output, options.json === true, COLUMNS, rows, 'There are no accounts yet: sallyport account add NAME');
    },
  );
  about(account.command('show <name>').description('one account')).action(async (name: string, options: Options) => {
    const row = await withStore(options, (opened) => showAccount(managing(opened), name, options.realm));
    one(
      output,
      options.json === true,
      row,
      COLUMNS.map((column) => `${column.name.padEnd(16)}${column.of(row) ?? '–'}`).join('\n'),
    );
  });
  about(account.command('disable <name>').description('may not sign in any more; every session of it ends now')).action(
    async (name: string, options: Options) => {
      const row = await withStore(options, (opened) => disableAccount(managing(opened), name, options.realm));
      one(output, options.json === true, row, `${row.name} is disabled; ${row.sessionsEnded} sessions were ended.`);
    },
  );
  about(account.command('enable <name>').description('may sign in again')).action(
    async (name: string, options: Options) => {
      const row = await withStore(options, (opened) => enableAccount(managing(opened), name, options.realm));
      one(output, options.json === true, row, `${row.name} is enabled.`);
    },
  );
  about(
    account
      .command('remove <name>')
      .description('removed with its authenticators and sessions; the record keeps its name'),
  ).action(async (name: string, options: Options) => {
    const row = await withStore(options, (opened) => removeAccount(managing(opened), name, options.realm));
    one(output, options.json === true, row, `${row.name} was removed.`);
  });
  importCommand(output, account);
  return account;
}
