import { Command } from 'commander';
import { SallyportError } from '../errors.ts';
import { addAccount, listAccounts } from '../manage/accounts.ts';
import type { ManageContext } from '../manage/context.ts';
import { grantRole } from '../manage/roles.ts';
import { type IssuedTicket, issueTicket, listTickets, revokeTickets, type TicketView } from '../manage/tickets.ts';
import { type Column, count, json, list, type Output, utc, when } from '../terminal/output.ts';
import { located, managing, realmed, type Where, withStore } from './context.ts';
import { issueManyCommand, mailedCommand } from './tickets-many.ts';
import { lifeOf } from './ttl.ts';

type Options = Where & { realm?: string; json?: true };
type IssueOptions = Options & { ttl?: string; admin?: true; resetPassword?: true };

/** An open link with the name of its account. */
interface OpenTicket extends TicketView {
  readonly account: string;
  readonly realm: string;
}

const COLUMNS: readonly Column<OpenTicket>[] = [
  { name: 'account', of: (row) => row.account },
  { name: 'realm', of: (row) => row.realm },
  { name: 'account id', of: (row) => row.accountId, shown: null },
  { name: 'issued', of: (row) => when(row.createdAt) },
  { name: 'by', of: (row) => row.issuedBy },
  { name: 'expires', of: (row) => when(row.expiresAt) },
  { name: 'resets password', of: (row) => row.resetPassword },
];

function tell(output: Output, options: IssueOptions, issued: IssuedTicket): void {
  const { accountName: account, realm, expiresAt } = issued;
  const expires = new Date(expiresAt);
  const links = issued.links.map((link) => ({ app: link.appId, url: link.url }));
  if (options.json === true) {
    json(output, { account, realm, expires, links });
    return;
  }
  for (const { url } of links) output.line(url);
  const one = links.length === 1 ? 'to be used once' : 'any one of them to be used once';
  output.note(`For ${account}, ${one} before ${utc(expires)}. Whoever has the link can enrol: hand it over safely.`);
}

function issueCommand(output: Output, ticket: Command): void {
  const description = 'a one-time link by which the person enrols an authenticator; older links of the account end';
  realmed(located(ticket.command('issue <account>').description(description)))
    .option('--ttl <duration>', 'how long the link can be used, 5m to 7d (default 24h)')
    .option('--admin', 'for a new administrator: the account is added when there is none of that name')
    .option('--reset-password', 'the person chooses a new password although one is set')
    .option('--json', 'JSON instead of text')
    .action(async (account: string, options: IssueOptions) => {
      const ttlMs = lifeOf(options.ttl);
      const { resetPassword, realm } = options;
      const issued = await withStore(options, async (opened) => {
        const ctx = managing(opened);
        if (options.admin === true) await ensureAdmin(ctx, account, realm);
        return issueTicket.perform(ctx, { account, realm, ttlMs, resetPassword });
      });
      tell(output, options, issued);
    });
}

/** It is an owner already. */
function unlessHeld(error: unknown): void {
  if (!(error instanceof SallyportError) || error.code !== 'conflict') throw error;
}

/** The account as an owner: added when it is not there, raised when it is an ordinary one. */
async function ensureAdmin(ctx: ManageContext, name: string, realm: string | undefined): Promise<void> {
  try {
    await addAccount.perform(ctx, { name, realm, admin: true });
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'conflict') throw error;
    await grantRole.perform(ctx, { account: name, realm, role: 'owner' }).catch(unlessHeld);
  }
}

export function ticketCommands(output: Output): Command {
  const ticket = new Command('ticket').description('one-time links for enrolment');
  issueCommand(output, ticket);
  issueManyCommand(output, ticket);
  mailedCommand(output, ticket);
  located(ticket.command('list').description('links that can still be used'))
    .option('--json', 'JSON instead of a table')
    .action(async (options: Where & { json?: true }) => {
      const rows = await withStore(options, async (opened): Promise<OpenTicket[]> => {
        const accounts = new Map(
          (await listAccounts.ask(managing(opened), {})).map((account) => [account.id, account]),
        );
        return (await listTickets.ask(managing(opened), {})).map((row) => {
          const { name = row.accountId, realm = '' } = accounts.get(row.accountId) ?? {};
          return { ...row, account: name, realm };
        });
      });
      list(output, options.json === true, { columns: COLUMNS, rows, empty: 'There are no open links.' });
    });
  realmed(located(ticket.command('revoke <account>').description('every open link of an account ends')))
    .option('--json', 'JSON instead of text')
    .action(async (account: string, options: Options) => {
      const revoked = await withStore(options, (opened) =>
        revokeTickets.perform(managing(opened), { account, realm: options.realm }),
      );
      if (options.json === true) json(output, { revoked });
      else output.line(`${count(revoked, 'link')} of ${account} ended.`);
    });
  return ticket;
}
