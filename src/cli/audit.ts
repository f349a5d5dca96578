import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { AuditRow } from '../store/types.ts';
import { located, type Where, withStore } from './context.ts';
import { CommandMisused } from './exit.ts';
import { list, type Output, when } from './output.ts';

const COLUMNS = [
  { name: 'seq', of: (row: AuditRow) => row.seq },
  { name: 'at', of: (row: AuditRow) => when(row.at) },
  { name: 'kind', of: (row: AuditRow) => row.kind },
  { name: 'outcome', of: (row: AuditRow) => row.outcome },
  { name: 'actor', of: (row: AuditRow) => row.actor },
  { name: 'account', of: (row: AuditRow) => row.accountId },
  { name: 'app', of: (row: AuditRow) => row.appId },
  { name: 'source', of: (row: AuditRow) => row.source },
  { name: 'detail', of: (row: AuditRow) => row.detail },
];

export function auditCommands(output: Output): Command {
  const audit = new Command('audit').description('the record of what happened');
  located(audit.command('tail').description('the newest entries, oldest first'))
    .option('--lines <n>', 'how many', '20')
    .option('--kind <kind>', 'only this kind, such as sign-in.second')
    .option('--follow', 'go on showing new entries until interrupted')
    .option('--json', 'JSON instead of a table')
    .action(async (options: Where & { lines: string; kind?: string; follow?: true; json?: true }) => {
      const limit = Number(options.lines);
      if (!Number.isInteger(limit) || limit < 1 || limit > 10_000)
        throw new CommandMisused('--lines must be a whole number from 1 to 10000.');
      const kind = options.kind === undefined ? {} : { kind: options.kind };
      await withStore(options, async ({ store }) => {
        const rows = await store.audit.list({ limit, ...kind });
        list(output, options.json === true, COLUMNS, rows, 'Nothing is on record yet.');
        let after = rows.at(-1)?.seq ?? 0;
        while (options.follow === true) {
          await sleep(500);
          for (const row of await store.audit.list({ after, limit: 1000, ...kind })) {
            output.line(
              options.json === true ? JSON.stringify(row) : COLUMNS.map((column) => column.of(row) ?? '–').join('  '),
            );
            after = row.seq;
          }
        }
      });
    });
  return audit;
}
