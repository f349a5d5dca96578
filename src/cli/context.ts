import { userInfo } from 'node:os';
import type { Command } from 'commander';
import { configFromArguments, loadConfigFile } from '../config/load.ts';
import type { Config, ConfigFault } from '../config/types.ts';
import { systemClock } from '../lib/clock.ts';
import { systemRandom } from '../lib/random.ts';
import type { ManageContext } from '../manage/context.ts';
import { openSealedStore } from '../store/open-sealed.ts';
import type { Seal } from '../store/seal.ts';
import type { Store } from '../store/types.ts';
import { CommandRefused } from './exit.ts';
import { readInstallation } from './installation.ts';

/** Options that every command understands: which installation it is about. */
export interface Where {
  readonly config?: string;
  readonly data?: string;
}

/** Adds `--config` and `--data` to a command. */
export function located(command: Command): Command {
  return command
    .option('--config <file>', 'configuration file of the installation')
    .option('--data <folder>', 'data folder (default var, or what the file says)');
}

export function describeFault(fault: ConfigFault): string {
  const place = fault.line > 0 ? `line ${fault.line}: ` : '';
  return `${place}${fault.path === '' ? '' : `${fault.path}: `}${fault.message}`;
}

/** The configuration in force for a command. Throws CommandRefused with every fault. */
export async function configOf(where: Where): Promise<Config> {
  if (where.config === undefined) return fromFolder(where.data ?? 'var');
  const { config, faults } = await loadConfigFile(
    where.config,
    where.data === undefined ? {} : { dataDir: where.data },
  );
  if (config === undefined)
    throw new CommandRefused(
      `${where.config} has faults:\n${faults.map((fault) => `  ${describeFault(fault)}`).join('\n')}`,
    );
  return config;
}

function fromFolder(data: string): Config {
  const installation = readInstallation(data);
  if (installation === undefined) {
    throw new CommandRefused(
      `There is no installation in the folder ${data} yet: start it with "npm start", or name yours with --config FILE or --data FOLDER.`,
    );
  }
  return configFromArguments({ data, ...installation });
}

export interface Opened {
  readonly config: Config;
  readonly store: Store;
  readonly seal: Seal;
  readonly clock: typeof systemClock;
  readonly random: typeof systemRandom;
  /** Who acts, for the record. */
  readonly actor: string;
}

/** What the operations of manage/ need. */
export function managing(opened: Opened): ManageContext {
  const { store, clock, random, config, actor } = opened;
  return { store, clock, random, config, actor };
}

/** Opens the store of the installation, runs the work and closes it. */
export async function withStore<T>(where: Where, work: (opened: Opened) => Promise<T>): Promise<T> {
  const config = await configOf(where);
  const { store, seal } = await openSealedStore(config, { clock: systemClock, random: systemRandom });
  try {
    return await work({
      config,
      store,
      seal,
      clock: systemClock,
      random: systemRandom,
      actor: `cli:${userInfo().username}`,
    });
  } finally {
    await store.close();
  }
}
