import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { denied, isDenied } from '../lib/denied.ts';
import { FileUnread, readText } from '../lib/files.ts';
import { CommandRefused } from '../terminal/exit.ts';

/** What a start without a configuration file was told; kept in the data folder, so that commands know it too. */
export interface Installation {
  readonly upstream: string;
  readonly port: number;
  /** What it was started as. An older one does not say. */
  readonly purpose?: 'demonstration' | 'upstream' | undefined;
  /** Preset of the app's own login. */
  readonly login?: string | undefined;
  /** Of the console; an older one, or one without, has none. */
  readonly consolePort?: number | undefined;
}

const NAME = 'installation.json';

export function writeInstallation(dataDir: string, installation: Installation): void {
  const file = join(dataDir, NAME);
  try {
    writeFileSync(file, `${JSON.stringify(installation)}\n`, { mode: 0o600 });
  } catch (error) {
    throw isDenied(error) ? new CommandRefused(denied(file, file, 'written')) : error;
  }
}

/** undefined when nothing was started from this folder yet, or the file is not ours. Throws CommandRefused where it is another user's. */
export function readInstallation(dataDir: string): Installation | undefined {
  try {
    const value: unknown = JSON.parse(readText(join(dataDir, NAME), { most: 65_536 }));
    if (typeof value !== 'object' || value === null || !('upstream' in value) || !('port' in value)) return undefined;
    const { upstream, port } = value;
    const said = 'purpose' in value ? value.purpose : undefined;
    const purpose: Pick<Installation, 'purpose'> =
      said === 'demonstration' || said === 'upstream' ? { purpose: said } : {};
    const login = 'login' in value && typeof value.login === 'string' ? { login: value.login } : {};
    const own =
      'consolePort' in value && typeof value.consolePort === 'number' ? { consolePort: value.consolePort } : {};
    return typeof upstream === 'string' && typeof port === 'number'
      ? { upstream, port, ...purpose, ...login, ...own }
      : undefined;
  } catch (error) {
    // Somebody else's folder is not an empty one.
    if (error instanceof FileUnread && error.reason === 'forbidden') throw new CommandRefused(error.message);
    return undefined;
  }
}
