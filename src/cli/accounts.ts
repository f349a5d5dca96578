import { Command } from 'commander';
import type { z } from 'zod';
import { SallyportError } from '../errors.ts';
import type { AccountView } from '../manage/account-view.ts';
import { addAccount, disableAccount, enableAccount, removeAccount, showAccount } from '../manage/accounts.ts';
import type { Administration, accountForm } from '../manage/administration.ts';
import { appNamesOf, removeAppName, setAppName } from '../manage/app-names.ts';
import { listOrganisations } from '../manage/organisations.ts';
import { CommandMisused, CommandRefused } from '../terminal/exit.ts';
import { count, json, type Output, one, record } from '../terminal/output.ts';
import { importCommand } from './account-import.ts';
import { COLUMNS, listCommand } from './account-list.ts';
import { setCommand } from './account-set.ts';
import { act, commandLine, located, managing, realmed, type Where, withStore } from './context.ts';
import { groupNames } from './groups.ts';
import { forceRecord, tellForce } from './in-force.ts';

type Options = Where & { realm?: string; json?: true };

interface AddOptions extends Options {
  readonly email?: string;
  readonly group?: string[];
  readonly admin?: true;
  readonly organisation?: string;
}

function about(command: Command): Command {
  return realmed(located(command)).option('--json', 'JSON instead of text');
}

function addCommand(output: Output, account: Command): void {
  about(account.command('add <name>').description('a new account; it enrols by ticket before it can sign in'))
    .option('--email <address>', 'where to reach the person')
    .option('--group <name...>', 'groups that rules may ask for: a b, or a,b')
    .option('--admin', 'an owner: may do everything in the console and the API')
    .option('--organisation <name>', 'client organisation that it belongs to (default: the one called as its realm)')
    .action(async (name: string, options: AddOptions) => {
      const { realm, email, group: groups, admin, organisation } = options;
      const wish = { name, realm, email, groups: groupNames(groups), admin, organisation };
      const row = await withStore(options, (opened) => addAccount.perform(managing(opened), wish)).catch(
        (error: unknown) => {
          if (!(error instanceof SallyportError) || error.code !== 'conflict') throw error;
          throw new CommandRefused(
            `There is an account ${JSON.stringify(name)} already: "${commandLine(options, 'account show', name)}" shows it.`,
          );
        },
      );
      if (options.json === true) json(output, record(COLUMNS, row));
      else {
        output.line(`${row.name} was added to realm ${row.realm}.`);
        output.note(`Next, a link to enrol by: ${commandLine(options, 'ticket issue', row.name)}`);
      }
    });
}

interface Change<T extends AccountView> {
  readonly name: string;
  readonly description: string;
  readonly operation: Administration<z.infer<typeof accountForm>, T>;
  readonly told: (row: T) => string;
}

/** A command that changes one account and says so. */
function changeCommand<T extends AccountView>(
  output: Output,
  account: Command,
  { name, description, operation, told }: Change<T>,
): void {
  about(account.command(`${name} <name>`).description(description)).action(async (who: string, options: Options) => {
    const { done: row, force } = await act(options, operation, { account: who, realm: options.realm });
    if (options.json === true) return json(output, { ...record(COLUMNS, row), ...forceRecord(force) });
    output.line(told(row));
    tellForce(output, force);
  });
}

interface AliasOptions extends Where {
  readonly app: string;
  readonly as?: string;
  readonly remove?: true;
  readonly json?: true;
}

/** The same person may have another name at an app that came with accounts of its own. */
function aliasCommand(output: Output, account: Command): void {
  located(account.command('alias <name>').description('what an account is called at an app with its own login'))
    .requiredOption('--app <id>', 'the app')
    .option('--as <name>', 'its name there')
    .option('--remove', 'it has its own name there again')
    .option('--json', 'JSON instead of text')
    .action(async (who: string, options: AliasOptions) => {
      const { app, as, remove } = options;
      if ((as === undefined) === (remove === undefined)) throw new CommandMisused('Give either --as or --remove.');
      const { done, force } =
        as === undefined
          ? await act(options, removeAppName, { account: who, app })
          : await act(options, setAppName, { account: who, app, name: as });
      if (options.json === true) return json(output, { account: who, app, as: as ?? null, ...forceRecord(force) });
      const [name, since] = as === undefined ? [done.name, 'again'] : [who, 'from now on'];
      output.line(`${name} is called ${done.name} at ${app} ${since}.`);
      tellForce(output, force);
    });
}

function showCommand(output: Output, account: Command): void {
  about(account.command('show <name>').description('one account, with its names at apps')).action(
    async (name: string, options: Options) => {
      const { row, names, organisations } = await withStore(options, async (opened) => ({
        row: await showAccount.ask(managing(opened), { account: name, realm: options.realm }),
        organisations: await listOrganisations.ask(managing(opened), {}),
        names: await appNamesOf.ask(managing(opened), { account: name, realm: options.realm }),
      }));
      const apps = Object.fromEntries(names.map((each) => [each.appId, each.name]));
      const organisation = organisations.find(({ id }) => id === row.organisationId)?.name ?? row.organisationId;
      if (options.json === true) return json(output, { ...record(COLUMNS, row), organisation, names_at_apps: apps });
      one(output, COLUMNS, row);
      output.line(`organisation: ${organisation}`);
      for (const each of names) output.line(`at ${each.appId}: ${each.name}`);
    },
  );
}

export function accountCommands(output: Output): Command {
  const account = new Command('account').description('who may sign in');
  addCommand(output, account);
  listCommand(output, about(account.command('list')));
  showCommand(output, account);
  setCommand(output, about(account.command('set <account>')));
  aliasCommand(output, account);
  changeCommand(output, account, {
    name: 'disable',
    description: 'may not sign in any more; every session and open link of it ends now',
    operation: disableAccount,
    told: (row) =>
      `${row.name} is disabled; ${count(row.sessionsEnded, 'session')} and ${count(row.ticketsEnded, 'link')} ended.`,
  });
  changeCommand(output, account, {
    name: 'enable',
    description: 'may sign in again',
    operation: enableAccount,
    told: (row) => `${row.name} is enabled.`,
  });
  changeCommand(output, account, {
    name: 'remove',
    description: 'removed with its authenticators and sessions; the record keeps its name',
    operation: removeAccount,
    told: (row) => `${row.name} was removed.`,
  });
  importCommand(output, located(account.command('import <file>')));
  return account;
}
