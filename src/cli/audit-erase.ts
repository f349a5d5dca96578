import type { Command } from 'commander';
import { eraseRecord } from '../manage/erase.ts';
import { CommandRefused } from '../terminal/exit.ts';
import { count, json, type Output } from '../terminal/output.ts';
import { sealRecord } from './audit-log.ts';
import { located, managing, type Where, withStore } from './context.ts';

interface Options extends Where {
  readonly account: string;
  readonly reason: string;
  readonly json?: true;
}

async function erase({ account, reason, ...options }: Options, output: Output): Promise<void> {
  const erased = await withStore(options, async (opened) => {
    // What has no leaf could not be accounted for.
    await sealRecord(opened);
    let all = 0;
    for (let more = true; more; ) {
      const done = await eraseRecord.perform(managing(opened), { account, reason });
      all += done.erased;
      more = done.more && done.erased > 0;
    }
    return all;
  });
  if (erased === 0)
    throw new CommandRefused(
      `Nothing is on record about an account ${account}: "audit tail" shows the ids of accounts.`,
    );
  if (options.json === true) return json(output, { account, erased });
  output.line(
    `${count(erased, 'entry', 'entries')} about ${account} erased; their leaves stay, and the record says why.`,
  );
}

export function eraseCommand(audit: Command, output: Output): void {
  located(
    audit
      .command('erase')
      .description(
        'erases what is on record about an account that was removed; its leaves stay, and prove that it was there',
      ),
  )
    .requiredOption('--account <id>', 'id of the account, as the record has it')
    .requiredOption('--reason <text>', 'why, for the record: who asked, or by which law')
    .option('--json', 'JSON instead of text')
    .action((options: Options) => erase(options, output));
}
