import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { parseDuration } from '../lib/duration.ts';
import type { AccountView } from '../manage/account-view.ts';
import { listAccounts } from '../manage/accounts.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { type Column, json, list, type Output, record, span, when } from '../terminal/output.ts';
import { commandLine, managing, type Where, withStore } from './context.ts';

/** `owner`, or `help-desk:ID` for one organisation. */
function roleTexts({ roles }: AccountView): string[] {
  return roles.map(({ role, organisation }) => (organisation === null ? role : `${role}:${organisation}`));
}

/** All of an account: what JSON has, and what is shown of one. */
export const COLUMNS: readonly Column<AccountView>[] = [
  { name: 'account', of: (row) => row.name },
  { name: 'realm', of: (row) => row.realm },
  { name: 'authenticators', of: (row) => row.authenticators },
  { name: 'recovery codes', of: (row) => row.recoveryCodes },
  { name: 'last sign in', of: (row) => when(row.lastSignIn) },
  { name: 'password', of: (row) => row.passwordSet },
  { name: 'admin', of: (row) => row.admin },
  { name: 'roles', of: roleTexts },
  { name: 'organisation id', of: (row) => row.organisationId, shown: null },
  { name: 'groups', of: (row) => row.groups },
  { name: 'email', of: (row) => row.email },
  { name: 'disabled', of: (row) => when(row.disabledAt) },
  { name: 'created', of: (row) => when(row.createdAt) },
  { name: 'id', of: (row) => row.id },
];

const GROUPS_SHOWN = 16;

function shortGroups({ groups }: AccountView): string {
  const text = groups.join(' ');
  return text.length > GROUPS_SHOWN ? `${text.slice(0, GROUPS_SHOWN - 1)}…` : text;
}

function state(row: AccountView): string | null {
  if (row.disabledAt !== null) return 'disabled';
  return row.admin ? 'admin' : null;
}

function ago({ lastSignIn }: AccountView): string {
  return lastSignIn === null ? 'never' : `${span(systemClock.now() - lastSignIn)} ago`;
}

/** What fits a terminal of 80 columns; the rest is in `account show` and in JSON. */
const LISTED: readonly Column<AccountView>[] = [
  { name: 'account', of: (row) => row.name },
  { name: 'realm', of: (row) => row.realm },
  { name: 'factors', of: (row) => row.authenticators },
  { name: 'codes', of: (row) => row.recoveryCodes },
  { name: 'last sign-in', of: ago },
  { name: 'state', of: state },
  { name: 'groups', of: shortGroups },
];

interface Options extends Where {
  readonly realm?: string;
  readonly organisation?: string;
  readonly json?: true;
  readonly withoutFactor?: true;
  readonly unused?: string;
}

function unusedFor(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  throw new CommandMisused(
    `${JSON.stringify(text)} is no duration: a whole number and one of ms, s, m, h, d, as in 90d.`,
  );
}

/** What is no longer on record cannot be asked for: everybody would seem to have stayed away. */
function checkKnown(asked: number | undefined, kept: number): void {
  if (asked === undefined || asked <= kept) return;
  throw new CommandMisused(
    `Sign-ins stay on record for ${Math.floor(kept / 86_400_000)}d (retention.sign_ins): ask for no longer than that.`,
  );
}

/** Makes `account list` of a command. */
export function listCommand(output: Output, command: Command): void {
  command
    .description(
      'all accounts: authenticators that work, recovery codes left, last sign-in. ' +
        `--json has of each: ${COLUMNS.map(({ name }) => name.replaceAll(' ', '_')).join(', ')}`,
    )
    .option('--without-factor', 'only those that have no authenticator that works (recovery codes are none)')
    .option('--organisation <name>', 'only those of one client organisation')
    .option(
      '--unused <duration>',
      'only those that have not signed in for as long, such as 90d, and are older than that',
    )
    .action(async (options: Options) => {
      const { realm, organisation, withoutFactor } = options;
      const filter = { realm, organisation, withoutFactor, unusedFor: unusedFor(options.unused) };
      const rows = await withStore(options, (opened) => {
        checkKnown(filter.unusedFor, opened.config.retention.signIns);
        return listAccounts.ask(managing(opened), filter);
      });
      if (options.json === true) {
        const records = rows.map((row) => record(COLUMNS, row));
        return json(output, records);
      }
      const filtered = organisation !== undefined || withoutFactor === true || options.unused !== undefined;
      const none = filtered
        ? 'No account is like that.'
        : `There are no accounts yet: ${commandLine(options, 'account add', 'NAME')}`;
      list(output, false, { columns: LISTED, rows, empty: none });
    });
}
