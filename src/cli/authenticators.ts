import { Command } from 'commander';
import { type AuthenticatorView, listAuthenticators, removeAuthenticator } from '../manage/authenticators.ts';
import { located, managing, type Where, withStore } from './context.ts';
import { list, type Output, when } from './output.ts';

type Options = Where & { realm?: string; json?: true };

const KINDS = { totp: 'authenticator app', recovery: 'recovery codes' } as const;

const COLUMNS = [
  { name: 'id', of: (row: AuthenticatorView) => row.id },
  { name: 'kind', of: (row: AuthenticatorView) => KINDS[row.kind] },
  { name: 'label', of: (row: AuthenticatorView) => row.label },
  { name: 'added', of: (row: AuthenticatorView) => when(row.createdAt) },
  { name: 'last used', of: (row: AuthenticatorView) => when(row.lastUsedAt) },
  { name: 'failures', of: (row: AuthenticatorView) => row.failures },
  { name: 'disabled', of: (row: AuthenticatorView) => when(row.disabledAt) },
];

export function authenticatorCommands(output: Output): Command {
  const authenticator = new Command('authenticator').description('what accounts prove themselves with');
  located(authenticator.command('list <account>').description('authenticators of one account'))
    .option('--realm <id>', 'realm of the account, where there are several')
    .option('--json', 'JSON instead of a table')
    .action(async (account: string, options: Options) => {
      const rows = await withStore(options, (opened) => listAuthenticators(managing(opened), account, options.realm));
      list(
        output,
        options.json === true,
        COLUMNS,
        rows,
        `${account} has no authenticator: sallyport ticket issue ${account}`,
      );
    });
  located(
    authenticator.command('remove <id>').description('one authenticator, by its id; every session of its account ends'),
  )
    .option('--json', 'JSON instead of text')
    .action(async (id: string, options: Where & { json?: true }) => {
      const row = await withStore(options, (opened) => removeAuthenticator(managing(opened), id));
      if (options.json === true) output.line(JSON.stringify({ id: row.id, sessions_ended: row.sessionsEnded }));
      else
        output.line(
          `${row.label} was removed; ${row.sessionsEnded} sessions were ended. Without another authenticator the account enrols again by ticket.`,
        );
    });
  return authenticator;
}
