import { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import { issueToken, SCIM_OPERATIONS } from '../manage/operations.ts';
import { listTokens, revokeToken, type TokenView } from '../manage/tokens.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { type Column, json, list, type Output, record, when } from '../terminal/output.ts';
import { located, managing, type Where, withStore } from './context.ts';
import { roleOf } from './roles.ts';

type Options = Where & { json?: true };
interface IssueOptions extends Options {
  readonly role: string;
  readonly allow: readonly string[];
  readonly organisation?: readonly string[];
  readonly ttl?: string;
}

const grantTexts = ({ grants }: TokenView): string[] =>
  grants.map(({ role, organisation }) => `${role}:${organisation ?? 'everything'}`);

function state({ revokedAt, expiresAt }: TokenView): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt <= systemClock.now() ? 'expired' : 'in use';
}

const COLUMNS: readonly Column<TokenView>[] = [
  { name: 'name', of: (row) => row.name },
  { name: 'state', of: state },
  { name: 'grants', of: grantTexts },
  { name: 'operations', of: (row) => row.operations, shown: (row) => row.operations.length },
  { name: 'made by', of: (row) => row.createdBy },
  { name: 'expires', of: (row) => when(row.expiresAt) },
  { name: 'last used', of: (row) => when(row.lastUsedAt) },
  { name: 'created', of: (row) => when(row.createdAt), shown: null },
  { name: 'id', of: (row) => row.id },
];

function lifeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms === undefined) throw new CommandMisused('--ttl must be a duration such as 12h or 90d.');
  return ms;
}

/** One that is named; `scim`: those that a directory asks for. */
function operationsOf(name: string): readonly string[] {
  if (name === 'scim') return SCIM_OPERATIONS;
  return name === '' ? [] : [name];
}

function issueCommand(output: Output, token: Command): void {
  located(token.command('issue <name>').description('a new token for a program; its secret is shown once'))
    .requiredOption('--role <role>', 'with which role it asks: owner, administrator, help-desk or auditor')
    .requiredOption(
      '--allow <operation...>',
      'what it is for, such as account.list or account.disable; scim: all that a directory needs',
    )
    .option('--organisation <name...>', 'for these client organisations alone (default: for everything)')
    .option('--ttl <duration>', 'how long it can be used, 5m to 366d (default 90d)')
    .option('--json', 'JSON instead of text')
    .action(async (name: string, options: IssueOptions) => {
      const wish = {
        name,
        role: roleOf(options.role),
        operations: options.allow.flatMap((each) => each.split(',')).flatMap(operationsOf),
        organisations: options.organisation,
        ttlMs: lifeOf(options.ttl),
      };
      const issued = await withStore(
        options,
        (opened) => issueToken.perform(managing(opened), wish),
        'organisation list',
      );
      if (options.json === true) return json(output, { ...record(COLUMNS, issued), secret: issued.secret });
      output.line(issued.secret);
      output.note(`Shown this once. Send it as "Authorization: Bearer …". It ends by "token revoke ${issued.id}".`);
    });
}

export function tokenCommands(output: Output): Command {
  const token = new Command('token').description('by which programs ask the API');
  issueCommand(output, token);
  located(token.command('list').description('tokens, what they are for, and when they were last used'))
    .option('--json', 'JSON instead of a table')
    .action(async (options: Options) => {
      const rows = await withStore(options, (opened) => listTokens.ask(managing(opened), {}));
      list(output, options.json === true, { columns: COLUMNS, rows, empty: 'There are no tokens.' });
    });
  located(token.command('revoke <id>').description('a token ends at once'))
    .option('--json', 'JSON instead of text')
    .action(async (id: string, options: Options) => {
      const row = await withStore(options, (opened) => revokeToken.perform(managing(opened), { id }), 'token list');
      if (options.json === true) json(output, record(COLUMNS, row));
      else output.line(`The token ${row.name} ended.`);
    });
  return token;
}
