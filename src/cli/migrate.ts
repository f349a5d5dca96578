import { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { migrate, pendingMigrations } from '../store/migrate.ts';
import { openDatabase } from '../store/open.ts';
import { json, type Output } from '../terminal/output.ts';
import { configOf, located, type Where } from './context.ts';

type Options = Where & { dryRun?: true; json?: true };

async function bringUp(output: Output, options: Options): Promise<void> {
  const dry = options.dryRun === true;
  const config = await configOf(options);
  const database = await openDatabase(config.store, { clock: systemClock });
  try {
    const names = dry ? await pendingMigrations(database) : await migrate(database, systemClock);
    if (options.json === true) json(output, { [dry ? 'pending' : 'applied']: names });
    else if (names.length === 0) output.line('The database is up to date.');
    else for (const name of names) output.line(`${dry ? 'would apply' : 'applied'}  ${name}`);
  } finally {
    await database.close();
  }
}

export function migrateCommand(output: Output): Command {
  return located(new Command('migrate').description('bring the database to this version; a start does it too'))
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'JSON instead of text')
    .action((options: Options) => bringUp(output, options));
}
