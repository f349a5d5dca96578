import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { configFromArguments, loadConfigFile } from '../config/load.ts';
import type { Config } from '../config/types.ts';
import { SallyportError } from '../errors.ts';
import { systemClock } from '../lib/clock.ts';
import { userName } from '../lib/denied.ts';
import { systemRandom } from '../lib/random.ts';
import type { Administration } from '../manage/administration.ts';
import { MACHINE } from '../manage/authority.ts';
import type { ManageContext } from '../manage/context.ts';
import { endMeasured, MEASURED } from '../manage/stopped.ts';
import { pendingMigrations } from '../store/migrate.ts';
import { openDatabase } from '../store/open.ts';
import { openSealedStore } from '../store/open-sealed.ts';
import type { Seal } from '../store/seal.ts';
import { createStore } from '../store/store.ts';
import type { RollCall, Store } from '../store/types.ts';
import { CommandRefused, sentence } from '../terminal/exit.ts';
import { describeFault, program, quoted } from '../terminal/started.ts';
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

/** Adds `--realm`: a name alone may be an account of several realms. */
export function realmed(command: Command): Command {
  return command.option('--realm <id>', 'realm of the account, where there are several');
}

/** A command line for the same installation, to be pasted as it is. */
export function commandLine({ config, data }: Where, words: string, ...names: readonly string[]): string {
  const where = [
    ...(config === undefined ? [] : ['--config', config]),
    ...(data === undefined ? [] : ['--data', data]),
  ];
  return [program(), words, ...[...names, ...where].map(quoted)].join(' ');
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
      `There is no installation in the folder ${data} yet: start it with "${program()} serve", or name yours with --config FILE or --data FOLDER.`,
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
  const { store, seal, clock, random, config, actor } = opened;
  return { store, seal, clock, random, config, actor, authority: MACHINE, reach: 'all' };
}

/** What a command has done, and where that is in force. */
export interface Changed<T> {
  readonly done: T;
  readonly force: RollCall;
}

/**
 * Like `withStore`, for what ends or tightens something: returns once every node has it in force or trusts its memory no
 * more, and says which (in-force.ts).
 */
export function changeStore<T>(
  where: Where,
  work: (opened: Opened) => Promise<T>,
  lookup?: string,
): Promise<Changed<T>> {
  const change = async (opened: Opened) => ({ done: await work(opened), force: await opened.store.settle() });
  return openedStore(where, change, lookup);
}

/** The face of an operation: done, and in force on every node that can be asked. */
export function act<I, O>(
  where: Where,
  operation: Administration<I, O>,
  input: I,
  lookup?: string,
): Promise<Changed<O>> {
  const what = MEASURED.get(operation.name);
  if (what === undefined) return changeStore(where, (opened) => operation.perform(managing(opened), input), lookup);
  const measured = (opened: Opened) => {
    const ctx = managing(opened);
    return endMeasured(ctx, what, () => operation.perform(ctx, input));
  };
  return openedStore(where, measured, lookup);
}

/**
 * Opens the store of the installation, runs the work and closes it. `lookup` is the command that shows what there is, for
 * a thing that is not there.
 */
export function withStore<T>(where: Where, work: (opened: Opened) => Promise<T>, lookup?: string): Promise<T> {
  const settled = async (opened: Opened) => {
    const done = await work(opened);
    // Whatever a command changes is in force when it returns, also one that has nothing to say of it.
    if (opened.store.announced()) await opened.store.settle();
    return done;
  };
  return openedStore(where, settled, lookup);
}

/** The same for work that waits by itself until what it has changed is in force. */
export async function openedStore<T>(
  where: Where,
  work: (opened: Opened) => Promise<T>,
  lookup = 'account list',
): Promise<T> {
  const config = await configOf(where);
  const { store, seal } = await openSealedStore(config, { clock: systemClock, random: systemRandom });
  try {
    const actor = `cli:${userName()}`;
    return await work({ config, store, seal, clock: systemClock, random: systemRandom, actor });
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code !== 'not-found') throw error;
    throw new CommandRefused(sentence(`${error.message}: "${commandLine(where, lookup)}" lists all that there are`));
  } finally {
    await store.close();
  }
}

/**
 * Looks into the database as it is, for commands that change nothing: none is made or migrated, and no key asked for. null where
 * there is none of this version that can be read.
 */
export async function lookInto<T>(
  { store: place }: Pick<Config, 'store'>,
  look: (store: Pick<Store, 'audit'>) => Promise<T>,
): Promise<T | null> {
  if (place.kind === 'sqlite' && !existsSync(place.path)) return null;
  try {
    const database = await openDatabase(place, { clock: systemClock });
    try {
      if ((await pendingMigrations(database)).length > 0) return null;
      return await look(createStore(database, systemClock));
    } finally {
      await database.close();
    }
  } catch {
    return null;
  }
}
