import { Command } from 'commander';
import { listSessions, type RevokeWish, revokeSessions, type SessionView } from '../manage/sessions.ts';
import { located, managing, type Where, withStore } from './context.ts';
import { CommandMisused } from './exit.ts';
import { list, type Output, when } from './output.ts';

interface Options extends Where {
  readonly account?: string;
  readonly realm?: string;
  readonly app?: string;
  readonly all?: true;
  readonly json?: true;
}

const COLUMNS = [
  { name: 'id', of: (row: SessionView) => row.id },
  { name: 'account', of: (row: SessionView) => row.account },
  { name: 'realm', of: (row: SessionView) => row.realm },
  { name: 'app', of: (row: SessionView) => row.appId },
  { name: 'proven by', of: (row: SessionView) => row.amr.join(' ') },
  { name: 'since', of: (row: SessionView) => when(row.createdAt) },
  { name: 'last seen', of: (row: SessionView) => when(row.lastSeenAt) },
  { name: 'until', of: (row: SessionView) => when(row.expiresAt) },
  { name: 'from', of: (row: SessionView) => row.source },
];

/** Exactly one way of saying which sessions. */
function wishOf(id: string | undefined, options: Options): RevokeWish {
  const wishes: RevokeWish[] = [];
  if (id !== undefined) wishes.push({ by: 'id', id });
  if (options.account !== undefined) wishes.push({ by: 'account', account: options.account, realm: options.realm });
  if (options.app !== undefined) wishes.push({ by: 'app', appId: options.app });
  if (options.all === true) wishes.push({ by: 'all' });
  const [wish, second] = wishes;
  if (wish === undefined || second !== undefined)
    throw new CommandMisused('Say which sessions in exactly one way: ID, --account NAME, --app ID or --all.');
  return wish;
}

export function sessionCommands(output: Output): Command {
  const session = new Command('session').description('who is signed in');
  located(session.command('list').description('live sessions'))
    .option('--account <name>', 'of one account')
    .option('--realm <id>', 'realm of the account, where there are several')
    .option('--app <id>', 'of one app')
    .option('--json', 'JSON instead of a table')
    .action(async (options: Options) => {
      const filter = {
        ...(options.account === undefined ? {} : { account: options.account }),
        ...(options.realm === undefined ? {} : { realm: options.realm }),
        ...(options.app === undefined ? {} : { appId: options.app }),
      };
      const rows = await withStore(options, (opened) => listSessions(managing(opened), filter));
      list(output, options.json === true, COLUMNS, rows, 'Nobody is signed in.');
    });
  located(
    session
      .command('revoke [id]')
      .description('ended now: the next request is refused and what is open is cut within a second'),
  )
    .option('--account <name>', 'every session of one account')
    .option('--realm <id>', 'realm of the account, where there are several')
    .option('--app <id>', 'every session of one app')
    .option('--all', 'every session')
    .option('--json', 'JSON instead of text')
    .action(async (id: string | undefined, options: Options) => {
      const wish = wishOf(id, options);
      const revoked = await withStore(options, (opened) => revokeSessions(managing(opened), wish));
      if (options.json === true) output.line(JSON.stringify({ revoked }, null, 2));
      else output.line(`${revoked.length} ${revoked.length === 1 ? 'session was' : 'sessions were'} ended.`);
    });
  return session;
}
