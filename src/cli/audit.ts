import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { tailAudit, tailFilter } from '../manage/audit.ts';
import type { AuditRow, Store } from '../store/types.ts';
import { CommandMisused } from '../terminal/exit.ts';
import { type Column, list, type Output, record, utc, when } from '../terminal/output.ts';
import { checkpointCommand } from './audit-checkpoint.ts';
import { eraseCommand } from './audit-erase.ts';
import { exportCommand } from './audit-export.ts';
import { verifyCommand } from './audit-verify.ts';
import { located, managing, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly lines: string;
  readonly kind?: string;
  readonly account?: string;
  readonly realm?: string;
  readonly follow?: true;
  readonly json?: true;
}

/** An entry with the names that its ids have now; of what was removed the id remains. */
interface Entry extends AuditRow {
  readonly account: string | null;
  readonly by: string;
}

type Detail = Readonly<Record<string, string | number | boolean>>;

const COLUMNS: readonly Column<Entry>[] = [
  { name: 'seq', of: (row) => row.seq },
  { name: 'at', of: (row) => when(row.at) },
  { name: 'kind', of: (row) => row.kind },
  { name: 'outcome', of: (row) => row.outcome },
  { name: 'actor', of: (row) => row.actor, shown: (row) => row.by },
  { name: 'account', of: (row) => row.account, shown: (row) => row.account ?? row.accountId },
  { name: 'account id', of: (row) => row.accountId, shown: null },
  { name: 'session id', of: (row) => row.sessionId, shown: null },
  { name: 'app', of: (row) => row.appId },
  { name: 'source', of: (row) => row.source },
  { name: 'detail', of: (row) => JSON.parse(row.detail) as object, shown: detailText }, // written as an object
];

/** What a tidying took away, in words: `500 entries of 2026-01-01 00:00:00Z to …, numbers 1 to 612: kinds. SHA-256 …`. */
function droppedText({ count: gone, from, to, first, last, what, digest }: Detail): string {
  const moment = (ms: Detail[string] | undefined) => utc(new Date(Number(ms)));
  const kinds = String(what)
    .split(' ')
    .join(', ')
    .replaceAll(/:(\w+)/g, ' ($1)');
  const entries = Number(gone) === 1 ? '1 entry' : `${gone} entries`;
  return `${entries} of ${moment(from)} to ${moment(to)}, numbers ${first} to ${last}, over their time: ${kinds}. SHA-256 ${digest}`;
}

/** What stands in the record has its control characters escaped already: escaping that again would show a letter for a letter. */
function quoted(value: string): string {
  return /[\s"=]/.test(value) ? `"${value.replaceAll('"', '\\"')}"` : value;
}

/** `ttl=1d replaced=0`; an empty value says nothing. */
export function detailText(row: Pick<AuditRow, 'kind' | 'detail'>): string {
  const detail = JSON.parse(row.detail) as Detail; // as above
  if (row.kind === 'audit.dropped') return droppedText(detail);
  return Object.entries(detail)
    .filter(([, value]) => value !== '')
    .map(([name, value]) => `${name}=${quoted(String(value))}`)
    .join(' ');
}

/** Gives entries the names of their accounts; each account is asked for once. */
function naming(store: Store): (rows: readonly AuditRow[]) => Promise<Entry[]> {
  const names = new Map<string, string | null>();
  const nameOf = async (id: string): Promise<string | null> => {
    if (!names.has(id)) names.set(id, (await store.accounts.byId(id))?.name ?? null);
    return names.get(id) ?? null;
  };
  return async (rows) => {
    const entries: Entry[] = [];
    for (const row of rows) {
      const account = row.accountId === null ? null : await nameOf(row.accountId);
      entries.push({ ...row, account, by: row.actor === row.accountId ? (account ?? row.actor) : row.actor });
    }
    return entries;
  };
}

async function tail(output: Output, options: Options): Promise<void> {
  const limit = Number(options.lines);
  if (!/^[0-9]+$/.test(options.lines) || limit < 1 || limit > 10_000)
    throw new CommandMisused('--lines must be a whole number from 1 to 10000.');
  const { kind, account, realm } = options;
  await withStore(options, async (opened) => {
    const named = naming(opened.store);
    const filter = await tailFilter(managing(opened), { kind, account, realm });
    const newest = async (after?: number) =>
      named(await tailAudit(opened, { ...filter, limit: after === undefined ? limit : 10_000, after }));
    const rows = await newest();
    const empty = Object.keys(filter).length > 0 ? 'No entry matches.' : 'Nothing is on record yet.';
    if (options.follow !== true) return list(output, options.json === true, { columns: COLUMNS, rows, empty });
    // Entries that come later cannot join a JSON array or widen a column: one line each, from the first on.
    const line = (row: Entry) =>
      options.json === true
        ? JSON.stringify(record(COLUMNS, row))
        : COLUMNS.filter((column) => column.shown !== null && column.name !== 'seq')
            .map((column) => (column.shown ?? column.of)(row))
            .filter((value) => value !== null && value !== '')
            .map((value) => (value instanceof Date ? value.toISOString() : String(value)))
            .join('  ');
    const stopped = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) void once(process, signal).then(() => stopped.abort());
    let after = 0;
    for (let next = rows; !stopped.signal.aborted; next = await newest(after)) {
      for (const row of next) output.line(line(row));
      after = next.at(-1)?.seq ?? after;
      await sleep(500, undefined, { signal: stopped.signal }).catch(() => {});
    }
  });
}

export function auditCommands(output: Output): Command {
  const audit = new Command('audit').description('the record of what happened');
  located(audit.command('tail').description('the newest entries, oldest first'))
    .option('--lines <n>', 'how many', '20')
    .option('--kind <kind>', 'only this kind, such as sign-in.second')
    .option('--account <name>', 'only what concerns this account; one that was removed by its id')
    .option('--realm <id>', 'realm of the account of --account, where there are several')
    .option('--follow', 'go on showing new entries until interrupted')
    .option('--json', 'JSON instead of a table; with --follow one object on each line')
    .action((options: Options) => tail(output, options));
  verifyCommand(audit, output);
  exportCommand(audit, output);
  checkpointCommand(audit, output);
  eraseCommand(audit, output);
  return audit;
}
