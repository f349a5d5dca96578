import { Command } from 'commander';
import type { AccountView } from '../manage/account-view.ts';
import { listOrganisations } from '../manage/organisations.ts';
import { grantRole, listRoles, revokeRole } from '../manage/roles.ts';
import { type Grant, ROLES, type Role } from '../roles.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { type Column, count, json, list, type Output, record } from '../terminal/output.ts';
import { COLUMNS } from './account-list.ts';
import { act, located, managing, realmed, type Where, withStore } from './context.ts';
import { forceRecord, tellForce } from './in-force.ts';

type Options = Where & { realm?: string; organisation?: string; json?: true };

/** One role of one account. */
interface Held extends Grant {
  readonly account: AccountView;
  /** Name of the organisation, or `everything`. */
  readonly for: string;
}

const HELD: readonly Column<Held>[] = [
  { name: 'account', of: (row) => row.account.name },
  { name: 'realm', of: (row) => row.account.realm },
  { name: 'role', of: (row) => row.role },
  { name: 'for', of: (row) => row.for },
  { name: 'organisation id', of: (row) => row.organisation, shown: null },
  { name: 'factors', of: (row) => row.account.authenticators },
  { name: 'account id', of: (row) => row.account.id, shown: null },
];

/** The role that was typed. Throws CommandMisused. */
export function roleOf(typed: string): Role {
  const role = ROLES.find((each) => each === typed);
  if (role === undefined) throw new CommandMisused(`There is no role of that name: say one of ${ROLES.join(', ')}.`);
  return role;
}

interface Change {
  readonly name: 'grant' | 'revoke';
  readonly description: string;
  readonly operation: typeof grantRole | typeof revokeRole;
  readonly told: string;
}

function changeCommand(output: Output, roles: Command, { name, description, operation, told }: Change): void {
  realmed(located(roles.command(`${name} <account> <role>`).description(description)))
    .option('--organisation <name>', 'for this client organisation alone (default: for everything)')
    .option('--json', 'JSON instead of text')
    .action(async (account: string, typed: string, options: Options) => {
      const { realm, organisation } = options;
      const role = roleOf(typed);
      const { done: row, force } = await act(options, operation, { account, realm, role, organisation });
      if (options.json === true)
        return json(output, { ...record(COLUMNS, row), sessions_ended: row.sessionsEnded, ...forceRecord(force) });
      const ended = row.sessionsEnded === 0 ? '' : ` ${count(row.sessionsEnded, 'session')} at the console ended.`;
      const tickets = 'ticketsEnded' in row ? Number(row.ticketsEnded) : 0;
      const links = tickets === 0 ? '' : ` ${count(tickets, 'open link')} ended: issue another.`;
      output.line(`${row.name} ${told} ${role} for ${organisation ?? 'everything'}.${ended}${links}`);
      tellForce(output, force);
    });
}

export function roleCommands(output: Output): Command {
  const roles = new Command('role').description(`what people may do in the console and the API: ${ROLES.join(', ')}`);
  located(roles.command('list').description('who holds which role, and for what'))
    .option('--json', 'JSON instead of a table')
    .action(async (options: Options) => {
      const rows = await withStore(options, async (opened): Promise<Held[]> => {
        const ctx = managing(opened);
        const names = new Map((await listOrganisations.ask(ctx, {})).map(({ id, name }) => [id, name]));
        const held = (account: AccountView) =>
          account.roles.map((grant) => ({ ...grant, account, for: nameOf(names, grant) }));
        return (await listRoles.ask(ctx, {})).flatMap(held);
      });
      list(output, options.json === true, { columns: HELD, rows, empty: 'Nobody holds a role.' });
    });
  changeCommand(output, roles, {
    name: 'grant',
    description: 'gives an account a role',
    operation: grantRole,
    told: 'is now',
  });
  changeCommand(output, roles, {
    name: 'revoke',
    description: 'takes a role from an account; its sessions at the console end',
    operation: revokeRole,
    told: 'is no longer',
  });
  return roles;
}

function nameOf(names: ReadonlyMap<string, string>, { organisation }: Grant): string {
  return organisation === null ? 'everything' : (names.get(organisation) ?? organisation);
}
