import { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { migrate, pendingMigrations } from '../store/migrate.ts';
import { openDatabase } from '../store/open.ts';
import { configOf, located, type Where } from './context.ts';
import type { Output } from './output.ts';

export function migrateCommand(output: Output): Command {
  return located(new Command('migrate').description('bring the database to this version; a start does it too'))
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'JSON instead of text')
    .action(async (options: Where & { dryRun?: true; json?: true }) => {
      const config = await configOf(options);
      const database = openDatabase(config.store, { clock: systemClock });
      try {
        const names =
          options.dryRun === true ? await pendingMigrations(database) : await migrate(database, systemClock);
        if (options.json === true)
          output.line(JSON.stringify({ [options.dryRun === true ? 'pending' : 'applied']: names }));
        else if (names.length === 0) output.line('The database is up to date.');
        else for (const name of names) output.line(`${options.dryRun === true ? 'would apply' : 'applied'}  ${name}`);
      } finally {
        await database.close();
      }
    });
}
