import { Command } from 'commander';
import { type AuthenticatorView, listAuthenticators, removeAuthenticator } from '../manage/authenticators.ts';
import { type Column, count, json, list, type Output, when } from '../terminal/output.ts';
import { act, commandLine, located, managing, realmed, type Where, withStore } from './context.ts';
import { forceRecord, tellForce } from './in-force.ts';

type Options = Where & { realm?: string; json?: true };

const KINDS = { totp: 'authenticator app', passkey: 'passkey', recovery: 'recovery codes' } as const;

const COLUMNS: readonly Column<AuthenticatorView>[] = [
  { name: 'id', of: (row) => row.id },
  { name: 'kind', of: (row) => row.kind, shown: (row) => KINDS[row.kind] },
  { name: 'label', of: (row) => row.label },
  { name: 'added', of: (row) => when(row.createdAt) },
  { name: 'last used', of: (row) => when(row.lastUsedAt) },
  { name: 'failures', of: (row) => row.failures },
  { name: 'disabled', of: (row) => when(row.disabledAt) },
];

export function authenticatorCommands(output: Output): Command {
  const authenticator = new Command('authenticator').description('what accounts prove themselves with');
  realmed(located(authenticator.command('list <account>').description('authenticators of one account')))
    .option('--json', 'JSON instead of a table')
    .action(async (account: string, options: Options) => {
      const rows = await withStore(options, (opened) =>
        listAuthenticators.ask(managing(opened), { account, realm: options.realm }),
      );
      const empty = `${account} has no authenticator: ${commandLine(options, 'ticket issue', account)}`;
      list(output, options.json === true, { columns: COLUMNS, rows, empty });
    });
  located(
    authenticator.command('remove <id>').description('one authenticator, by its id; every session of its account ends'),
  )
    .option('--json', 'JSON instead of text')
    .action(async (id: string, options: Where & { json?: true }) => {
      const { done: row, force } = await act(options, removeAuthenticator, { id }, 'authenticator list ACCOUNT');
      if (options.json === true)
        return json(output, { id: row.id, sessions_ended: row.sessionsEnded, ...forceRecord(force) });
      output.line(`${row.label} was removed; ${count(row.sessionsEnded, 'session')} ended.`);
      tellForce(output, force);
      output.note('An account without another authenticator enrols again by ticket.');
    });
  return authenticator;
}
