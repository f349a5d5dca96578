import { Command } from 'commander';
import { formatDuration } from '../lib/duration.ts';
import { rotateKey } from '../manage/keys.ts';
import type { KeyRow } from '../store/types.ts';
import { located, type Where, withStore } from './context.ts';
import { list, type Output, when } from './output.ts';

function stateOf(key: KeyRow, now: number): string {
  if (key.retiredAt !== null && key.retiredAt <= now) return 'retired';
  if (key.activeAt > now) return 'published, signs soon';
  return key.retiredAt === null ? 'signs' : 'retires';
}

export function keyCommands(output: Output): Command {
  const key = new Command('key').description('signing keys of assertions');
  located(key.command('list').description('every signing key and what it is used for now'))
    .option('--json', 'JSON instead of a table')
    .action(async (options: Where & { json?: true }) => {
      await withStore(options, async ({ store, clock }) => {
        const columns = [
          { name: 'id', of: (row: KeyRow) => row.id },
          { name: 'state', of: (row: KeyRow) => stateOf(row, clock.now()) },
          { name: 'created', of: (row: KeyRow) => when(row.createdAt) },
          { name: 'signs from', of: (row: KeyRow) => when(row.activeAt) },
          { name: 'published until', of: (row: KeyRow) => when(row.retiredAt) },
        ];
        list(
          output,
          options.json === true,
          columns,
          await store.keys.list(),
          'There are no keys yet: they are made at the first start.',
        );
      });
    });
  located(key.command('rotate').description('a new signing key: published at once, signing when apps can know it'))
    .option(
      '--now',
      'for a key that leaked: sign with the new one at once and withdraw all older ones; apps that cache keys refuse requests until they fetch them anew',
    )
    .option('--json', 'JSON instead of text')
    .action(async (options: Where & { now?: true; json?: true }) => {
      await withStore(options, async ({ store, seal, clock, actor }) => {
        const row = await rotateKey({ store, seal, clock, actor }, options.now === true);
        const lead = row.activeAt - row.createdAt;
        if (options.json === true) output.line(JSON.stringify({ id: row.id, signs_from: when(row.activeAt) }));
        else
          output.line(
            `Key ${row.id} is published${lead === 0 ? ' and signs from now on; every older key is withdrawn.' : ` and signs in ${formatDuration(lead)}; the older one is kept until its last token is dead.`}`,
          );
      });
    });
  return key;
}
