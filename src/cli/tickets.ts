import { Command } from 'commander';
import { parseDuration } from '../lib/duration.ts';
import { addAccount, makeAdmin } from '../manage/accounts.ts';
import { issueTicket, listTickets, revokeTickets, type TicketView } from '../manage/tickets.ts';
import { located, managing, type Where, withStore } from './context.ts';
import { CommandMisused } from './exit.ts';
import { list, type Output, when } from './output.ts';

type Options = Where & { realm?: string; json?: true };

const COLUMNS = [
  { name: 'account id', of: (row: TicketView) => row.accountId },
  { name: 'issued', of: (row: TicketView) => when(row.createdAt) },
  { name: 'by', of: (row: TicketView) => row.issuedBy },
  { name: 'expires', of: (row: TicketView) => when(row.expiresAt) },
  { name: 'resets password', of: (row: TicketView) => row.resetPassword },
];

function lifeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) throw new CommandMisused('--ttl must be a duration such as 30m, 24h or 3d.');
  return ms;
}

function issueCommand(output: Output, ticket: Command): void {
  located(
    ticket
      .command('issue <account>')
      .description('a one-time link by which the person enrols an authenticator; older links of the account end'),
  )
    .option('--ttl <duration>', 'how long the link can be used, 5m to 7d (default 24h)')
    .option('--admin', 'for a new administrator: the account is added when there is none of that name')
    .option('--reset-password', 'the person chooses a new password although one is set')
    .option('--realm <id>', 'realm of the account, where there are several')
    .option('--json', 'JSON instead of text')
    .action(async (account: string, options: Options & { ttl?: string; admin?: true; resetPassword?: true }) => {
      const ttlMs = lifeOf(options.ttl);
      await withStore(options, async (opened) => {
        const ctx = managing(opened);
        if (options.admin === true) await ensureAdmin(ctx, account, options.realm);
        const issued = await issueTicket(ctx, account, { ttlMs, resetPassword: options.resetPassword }, options.realm);
        if (options.json === true) {
          output.line(
            JSON.stringify(
              {
                account: issued.accountName,
                realm: issued.realm,
                expires: when(issued.expiresAt),
                links: issued.links.map((link) => ({ app: link.appId, url: link.url })),
              },
              null,
              2,
            ),
          );
          return;
        }
        for (const link of issued.links) output.line(link.url);
        output.note(
          `For ${issued.accountName}, to be used once before ${when(issued.expiresAt)}. Whoever has the link can enrol: hand it over safely.`,
        );
      });
    });
}

/** The account as an administrator: added when it is not there, raised when it is an ordinary one. */
async function ensureAdmin(
  ctx: Parameters<typeof addAccount>[0],
  name: string,
  realm: string | undefined,
): Promise<void> {
  try {
    await addAccount(ctx, { name, realm, admin: true });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'conflict')) throw error;
    await makeAdmin(ctx, name, realm);
  }
}

export function ticketCommands(output: Output): Command {
  const ticket = new Command('ticket').description('one-time links for enrolment');
  issueCommand(output, ticket);
  located(ticket.command('list').description('links that can still be used'))
    .option('--json', 'JSON instead of a table')
    .action(async (options: Where & { json?: true }) => {
      const rows = await withStore(options, (opened) => listTickets(managing(opened)));
      list(output, options.json === true, COLUMNS, rows, 'There are no open links.');
    });
  located(ticket.command('revoke <account>').description('every open link of an account ends'))
    .option('--realm <id>', 'realm of the account, where there are several')
    .option('--json', 'JSON instead of text')
    .action(async (account: string, options: Options) => {
      const revoked = await withStore(options, (opened) => revokeTickets(managing(opened), account, options.realm));
      output.line(
        options.json === true ? JSON.stringify({ revoked }) : `${revoked} open links of ${account} were ended.`,
      );
    });
  return ticket;
}
