import { dirname, join } from 'node:path';
import type { Config } from '../config/types.ts';
import { type FolderLock, type Holder, lockFolder } from '../store/folder-lock.ts';
import { CommandRefused } from '../terminal/exit.ts';
import type { Mode } from './first.ts';
import { readInstallation } from './installation.ts';

/** The places of an SQLite installation that one server may use at a time; with PostgreSQL several nodes share one. */
function places({ dataDir, store }: Config): string[] {
  if (store.kind !== 'sqlite') return [];
  const folder = join(dataDir, 'serve.lock');
  return dirname(store.path) === dataDir ? [folder] : [folder, `${store.path}.serve.lock`];
}

function inUse(folder: string, holder: Holder | null): string {
  const who = holder === null ? 'another process' : `process ${holder.pid}`;
  const since = holder === null ? '' : ` since ${new Date(holder.since).toISOString()}`;
  return `The data folder ${folder} is in use: ${who} has been serving from it${since}; stop it, or name another folder with --data DIR.`;
}

/**
 * Takes what one server alone may use. Throws CommandRefused while another process has it. `check` is to be called once the
 * store is open: what could not be locked for another reason is told by the store, in better words, when that fails too.
 */
export function takeServing(config: Config, now: number): { check(): void; release(): void } {
  const locks: FolderLock[] = [];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  let failure: unknown = null;
  for (const place of places(config)) {
    const locked = lockFolder(place, now);
    if ('lock' in locked) locks.push(locked.lock);
    else if ('failure' in locked) failure = locked.failure;
    else {
      release();
      throw new CommandRefused(inUse(dirname(place), locked.holder));
    }
  }
  const check = () => {
    if (failure === null) return;
    const why = failure instanceof Error ? failure.message : 'unknown';
    throw new CommandRefused(`The data folder ${config.dataDir} cannot be locked for this process alone (${why}).`);
  };
  return { check, release };
}

/** Refuses a folder that was begun for the other purpose: whoever tried the demonstration is nobody at a real app. */
export function checkPurpose(dataDir: string, mode: Mode): void {
  const purpose = readInstallation(dataDir)?.purpose;
  if (mode === 'file' || purpose === undefined || purpose === mode) return;
  const holds = purpose === 'demonstration' ? 'the demonstration and its people' : 'the accounts of an app';
  throw new CommandRefused(`The data folder ${dataDir} holds ${holds}: name another folder with --data DIR.`);
}
