import { Command } from 'commander';
import { WAY_WORDS } from '../evidence.ts';
import { systemClock } from '../lib/clock.ts';
import { DEVICE_WORDS, deviceOf } from '../lib/device.ts';
import type { Administration } from '../manage/administration.ts';
import {
  listSessions,
  revokeAccountSessions,
  revokeAllSessions,
  revokeAppSessions,
  revokeModelSessions,
  revokeOrganisationSessions,
  revokeSession,
  type SessionView,
} from '../manage/sessions.ts';
import { type Ended, endMeasured, stoppedAfter } from '../manage/stopped.ts';
import type { RollCall } from '../store/types.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { type Column, count, json, list, type Output, span, when } from '../terminal/output.ts';
import { located, managing, openedStore, type Where, withStore } from './context.ts';
import { forceRecord, tellForce } from './in-force.ts';

interface Options extends Where {
  readonly account?: string;
  readonly realm?: string;
  readonly app?: string;
  readonly organisation?: string;
  readonly model?: string;
  readonly all?: true;
  readonly json?: true;
}

const COLUMNS: readonly Column<SessionView>[] = [
  { name: 'id', of: (row) => row.id },
  { name: 'account', of: (row) => row.account },
  { name: 'realm', of: (row) => row.realm },
  { name: 'app', of: (row) => row.appId },
  { name: 'proven by', of: (row) => row.amr, shown: ({ ways }) => ways.map((way) => WAY_WORDS[way]).join(' + ') },
  { name: 'ways', of: (row) => row.ways, shown: null },
  { name: 'since', of: (row) => when(row.createdAt) },
  {
    name: 'last seen',
    of: (row) => when(row.lastSeenAt),
    shown: (row) => `${span(systemClock.now() - row.lastSeenAt)} ago`,
  },
  { name: 'ends', of: (row) => when(row.expiresAt), shown: (row) => `in ${span(row.expiresAt - systemClock.now())}` },
  { name: 'open', of: (row) => row.streams, shown: ({ streams }) => (streams === null ? 'unknown' : String(streams)) },
  { name: 'source', of: (row) => row.source },
  { name: 'device', of: device },
  { name: 'browser', of: (row) => row.userAgent, shown: null },
];

/** In the words of the account page. */
export function device({ userAgent }: Pick<SessionView, 'userAgent'>): string {
  const { browser, system } = deviceOf(userAgent);
  if (browser !== undefined && system !== undefined) return DEVICE_WORDS.deviceOn(browser, system);
  return browser ?? system ?? DEVICE_WORDS.unknownDevice;
}

type What = Parameters<typeof endMeasured>[1];

/** Ends sessions, and measures until the last of what they had open has stopped. */
function ending<I>(where: Where, operation: Administration<I, readonly string[]>, lookup?: string) {
  return (what: What, input: I) => (): Promise<Ended> =>
    openedStore(
      where,
      (opened) => {
        const ctx = managing(opened);
        return endMeasured(ctx, what, () => operation.perform(ctx, input));
      },
      lookup,
    );
}

/** Exactly one way of saying which sessions. Answers with the ids of those that ended. */
function revoked(id: string | undefined, options: Options): Promise<Ended> {
  const { account, realm, app, organisation, model, all } = options;
  const ways: (() => Promise<Ended>)[] = [];
  if (id !== undefined) ways.push(ending(options, revokeSession, 'session list')('id', { id }));
  if (account !== undefined) ways.push(ending(options, revokeAccountSessions)('account', { account, realm }));
  if (app !== undefined) ways.push(ending(options, revokeAppSessions)('app', { app }));
  if (organisation !== undefined)
    ways.push(ending(options, revokeOrganisationSessions)('organisation', { organisation, realm }));
  if (model !== undefined) ways.push(ending(options, revokeModelSessions)('model', { aaguid: model }));
  if (all === true) ways.push(ending(options, revokeAllSessions)('all', {}));
  if (realm !== undefined && account === undefined && organisation === undefined)
    throw new CommandMisused(
      '--realm says which account is meant, beside --account or --organisation NAME: sessions of a whole realm end with --app for each of its apps.',
    );
  const [way, second] = ways;
  if (way === undefined || second !== undefined)
    throw new CommandMisused(
      'Say which sessions in exactly one way: ID, --account NAME, --app ID, --organisation NAME, --model AAGUID or --all.',
    );
  return way();
}

function listCommand(output: Output, session: Command): void {
  located(session.command('list').description('live sessions'))
    .option('--realm <id>', 'of one realm')
    .option('--account <name>', 'of one account')
    .option('--app <id>', 'of one app')
    .option('--json', 'JSON instead of a table')
    .action(async (options: Options) => {
      const { account, realm, app: appId } = options;
      const rows = await withStore(options, (opened) => listSessions.ask(managing(opened), { account, realm, appId }));
      const filtered = [account, realm, appId].some((each) => each !== undefined);
      const empty = filtered ? 'No session is like that.' : 'Nobody is signed in.';
      list(output, options.json === true, { columns: COLUMNS, rows, empty });
    });
}

/** How long what they had open went on. Nothing where no server runs, or nobody knows. */
function stopped(force: RollCall): string {
  const ms = stoppedAfter(force);
  if (ms === null) return '';
  const where = force.silent.length === 0 ? '' : ', as far as nodes have answered';
  if (force.cut === 0) return ` Nothing of theirs was open; it was in force ${ms} ms later${where}.`;
  const streams = force.cut === null ? '' : `: ${count(force.cut, 'request or stream', 'requests and streams')} cut`;
  return ` The last open stream stopped ${ms} ms later${where}${streams}.`;
}

function revokeCommand(output: Output, session: Command): void {
  const description = 'ended now: when it returns, no node admits them any more and what they had open is cut';
  located(session.command('revoke [id]').description(description))
    .option('--realm <id>', 'realm of the account or the organisation, where there are several')
    .option('--account <name>', 'every session of one account')
    .option('--app <id>', 'every session of one app')
    .option('--organisation <name>', 'every session of the people of one organisation')
    .option('--model <aaguid>', 'every session of people who have a passkey of one model')
    .option('--all', 'every session')
    .option('--json', 'JSON instead of text')
    .action(async (id: string | undefined, options: Options) => {
      const { done, force } = await revoked(id, options);
      if (options.json === true) return json(output, { revoked: done, ...forceRecord(force) });
      output.line(`${count(done.length, 'session')} ended.${done.length === 0 ? '' : stopped(force)}`);
      tellForce(output, force);
    });
}

export function sessionCommands(output: Output): Command {
  const session = new Command('session').description('who is signed in');
  listCommand(output, session);
  revokeCommand(output, session);
  return session;
}
