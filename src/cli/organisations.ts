import { Command } from 'commander';
import { formatDuration, parseDuration } from '../lib/duration.ts';
import {
  addOrganisation,
  type CountedOrganisation,
  listOrganisations,
  moveAccount,
  type OrganisationView,
  removeOrganisation,
  restrictOrganisation,
  setOrganisation,
} from '../manage/organisations.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { type Column, json, list, type Output, record, when } from '../terminal/output.ts';
import { act, located, managing, realmed, type Where, withStore } from './context.ts';
import { forceRecord, tellForce } from './in-force.ts';
import { lookCommands } from './organisation-looks.ts';

type Options = Where & { realm?: string; json?: true };
type SetOptions = Options & { name?: string; contact?: string };
interface RestrictOptions extends Options {
  readonly require?: string;
  readonly idle?: string;
  readonly absolute?: string;
  readonly apps?: string;
  readonly networks?: string;
}

/** What is stricter, in words; null: nothing. */
function policyText({ policy }: OrganisationView): string | null {
  const { require, idleMs, absoluteMs, apps, networks } = policy;
  const parts = [
    require,
    idleMs === undefined ? undefined : `idle ${formatDuration(idleMs)}`,
    absoluteMs === undefined ? undefined : `absolute ${formatDuration(absoluteMs)}`,
    apps === undefined ? undefined : `apps ${apps.join(' ')}`,
    networks === undefined ? undefined : `networks ${networks.join(' ')}`,
  ].filter((each) => each !== undefined);
  return parts.length === 0 ? null : parts.join(', ');
}

const ALONE: readonly Column<OrganisationView>[] = [
  { name: 'organisation', of: (row) => row.name },
  { name: 'realm', of: (row) => row.realm },
  { name: 'policy', of: (row) => row.policy, shown: policyText },
  { name: 'contact', of: (row) => row.contact },
  { name: 'created', of: (row) => when(row.createdAt) },
  { name: 'id', of: (row) => row.id },
];

const COLUMNS: readonly Column<CountedOrganisation>[] = [
  { name: 'organisation', of: (row) => row.name },
  { name: 'realm', of: (row) => row.realm },
  { name: 'accounts', of: (row) => row.accounts },
  { name: 'policy', of: (row) => row.policy, shown: policyText },
  { name: 'contact', of: (row) => row.contact },
  { name: 'created', of: (row) => when(row.createdAt) },
  { name: 'id', of: (row) => row.id },
];

/** What every list of organisations is looked up with, where one is not there. */
const LOOKUP = 'organisation list';

function about(command: Command): Command {
  return realmed(located(command)).option('--json', 'JSON instead of text');
}

function changeCommands(output: Output, organisation: Command): void {
  about(organisation.command('add <name>').description('a new client organisation of a realm'))
    .option('--contact <text>', 'whom to ask there, in a line')
    .action(async (name: string, options: SetOptions) => {
      const { realm, contact } = options;
      const row = await withStore(options, (opened) =>
        addOrganisation.perform(managing(opened), { name, realm, contact }),
      );
      if (options.json === true) json(output, record(ALONE, row));
      else output.line(`${row.name} was added to realm ${row.realm}.`);
    });
  about(organisation.command('set <organisation>').description('another name or contact'))
    .option('--name <name>', 'what it is called from now on')
    .option('--contact <text>', "whom to ask there; '' for nobody")
    .action(async (which: string, options: SetOptions) => {
      const { realm, name, contact } = options;
      if (name === undefined && contact === undefined)
        throw new CommandMisused('Say what to change: --name or --contact.');
      const wish = { organisation: which, realm, name, contact };
      const row = await withStore(options, (opened) => setOrganisation.perform(managing(opened), wish), LOOKUP);
      if (options.json === true) json(output, record(ALONE, row));
      else output.line(`It is called ${row.name}, with the contact ${row.contact === '' ? 'nobody' : row.contact}.`);
    });
  about(organisation.command('remove <organisation>').description('one without accounts')).action(
    async (which: string, options: Options) => {
      const wish = { organisation: which, realm: options.realm };
      const row = await withStore(options, (opened) => removeOrganisation.perform(managing(opened), wish), LOOKUP);
      if (options.json === true) json(output, record(ALONE, row));
      else output.line(`${row.name} was removed.`);
    },
  );
}

/** `''` takes away what was said. */
function timeOf(option: string, text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  if (text === '') return null;
  const ms = parseDuration(text);
  if (ms === undefined) throw new CommandMisused(`${option} must be a duration such as 15m or 4h, or '' for none.`);
  return ms;
}

function listOf(text: string | undefined): readonly string[] | null | undefined {
  if (text === undefined) return undefined;
  const parts = text.split(/[,\s]+/).filter((each) => each !== '');
  return parts.length === 0 ? null : parts;
}

function requireOf(text: string | undefined): 'passkey' | null | undefined {
  if (text === undefined) return undefined;
  if (text === 'passkey') return text;
  if (text === 'mfa') return null;
  throw new CommandMisused('--require must be passkey, or mfa for what everybody may use.');
}

function restrictCommand(output: Output, organisation: Command): void {
  about(
    organisation.command('restrict <organisation>').description('what is stricter for its people than for everybody'),
  )
    .option('--require <what>', 'passkey; or mfa for what everybody may use')
    .option('--idle <duration>', "shorter time without use, 1m to 1d; '' for none")
    .option('--absolute <duration>', "shorter time in all, 5m to 30d; '' for none")
    .option('--apps <ids>', "the only apps they may use, parted by commas; '' for all")
    .option('--networks <blocks>', "the only addresses or CIDR blocks they come from, parted by commas; '' for all")
    .action(async (which: string, options: RestrictOptions) => {
      const policy = {
        require: requireOf(options.require),
        idleMs: timeOf('--idle', options.idle),
        absoluteMs: timeOf('--absolute', options.absolute),
        apps: listOf(options.apps),
        networks: listOf(options.networks),
      };
      if (Object.values(policy).every((each) => each === undefined))
        throw new CommandMisused('Say what is stricter: --require, --idle, --absolute, --apps or --networks.');
      const wish = { organisation: which, realm: options.realm, policy };
      const { done: row, force } = await act(options, restrictOrganisation, wish, LOOKUP);
      if (options.json === true) return json(output, { ...record(ALONE, row), ...forceRecord(force) });
      output.line(`Stricter for ${row.name}: ${policyText(row) ?? 'nothing'}.`);
      tellForce(output, force);
    });
}

function moveCommand(output: Output, organisation: Command): void {
  about(organisation.command('move <account> <organisation>').description('an account to another organisation')).action(
    async (account: string, to: string, options: Options) => {
      const wish = { account, organisation: to, realm: options.realm };
      const { done: row, force } = await act(options, moveAccount, wish, LOOKUP);
      if (options.json === true)
        return json(output, { account: row.name, organisation: row.organisationId, ...forceRecord(force) });
      output.line(`${row.name} belongs to ${to} from now on.`);
      tellForce(output, force);
    },
  );
}

export function organisationCommands(output: Output): Command {
  const organisation = new Command('organisation').description('client organisations, to which accounts belong');
  about(organisation.command('list').description('organisations with the number of their accounts')).action(
    async (options: Options) => {
      const { realm } = options;
      const rows = await withStore(options, (opened) => listOrganisations.ask(managing(opened), { realm }));
      const empty = 'There are no organisations yet: one called as its realm comes with its first account.';
      list(output, options.json === true, { columns: COLUMNS, rows, empty });
    },
  );
  changeCommands(output, organisation);
  lookCommands(output, organisation);
  restrictCommand(output, organisation);
  moveCommand(output, organisation);
  return organisation;
}
