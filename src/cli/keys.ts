import { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { type NewKey, rotateKey } from '../manage/keys.ts';
import type { KeyRow } from '../store/types.ts';
import { type Column, json, list, type Output, when } from '../terminal/output.ts';
import { changeStore, located, managing, type Where, withStore } from './context.ts';
import { forceRecord, tellForce } from './in-force.ts';

type Options = Where & { now?: true; json?: true };

/** The keys with what each is used for now: of those that may sign, the newest does. */
function columnsOf(keys: readonly KeyRow[], now: number): readonly Column<KeyRow>[] {
  const active = keys.filter((key) => key.activeAt <= now && (key.retiredAt === null || key.retiredAt > now));
  const signing = active.reduce<KeyRow | undefined>(
    (a, b) => (a !== undefined && a.activeAt > b.activeAt ? a : b),
    undefined,
  );
  const stateOf = (key: KeyRow): string => {
    if (key.retiredAt !== null && key.retiredAt <= now) return 'retired';
    if (key.activeAt > now) return 'published, signs soon';
    return key === signing ? 'signs' : 'published, signs no more';
  };
  return [
    { name: 'id', of: (row) => row.id },
    { name: 'state', of: stateOf },
    { name: 'created', of: (row) => when(row.createdAt) },
    { name: 'signs from', of: (row) => when(row.activeAt) },
    { name: 'published until', of: (row) => when(row.retiredAt) },
  ];
}

function thenOf(row: NewKey): string {
  const lead = row.activeAt - row.createdAt;
  return lead === 0
    ? 'and signs from now on; every older key is withdrawn'
    : `and signs in ${formatDuration(lead)}; the older one is kept until its last token is dead`;
}

export function keyCommands(output: Output): Command {
  const key = new Command('key').description('signing keys of assertions');
  located(key.command('list').description('every signing key and what it is used for now'))
    .option('--json', 'JSON instead of a table')
    .action(async (options: Options) => {
      const rows = await withStore(options, ({ store }) => store.keys.list());
      const empty = 'There are no keys yet: they are made at the first start.';
      list(output, options.json === true, { columns: columnsOf(rows, systemClock.now()), rows, empty });
    });
  located(key.command('rotate').description('a new signing key: published at once, signing when apps can know it'))
    .option(
      '--now',
      'for a key that leaked: sign with the new one at once and withdraw all older ones; apps that cache keys refuse requests until they fetch them anew',
    )
    .option('--json', 'JSON instead of text')
    .action(async (options: Options) => {
      const { done: row, force } = await changeStore(options, (opened) =>
        rotateKey.perform({ ...managing(opened), seal: opened.seal }, { now: options.now === true }),
      );
      if (options.json === true)
        return json(output, { id: row.id, signs_from: when(row.activeAt), ...forceRecord(force) });
      output.line(`Key ${row.id} is published ${thenOf(row)}.`);
      tellForce(output, force);
    });
  return key;
}
