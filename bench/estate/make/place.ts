import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadConfigFile } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/types.ts';
import type { Clock } from '../../../src/lib/clock.ts';

/** What listens in an estate: the product's two doors, what each app is behind them, and where `rota` answers besides. */
export const PORTS = ['listen', 'console', 'records', 'desktop', 'rota', 'open'] as const;
export type Ports = Readonly<Record<(typeof PORTS)[number], number>>;

/** Where an estate stands. */
export interface Place {
  /** Folder of its configuration; database and keys are in `data` below it. */
  readonly folder: string;
  /** URL of a PostgreSQL database, its password in it; null: SQLite in the folder. */
  readonly postgres: string | null;
  /** Of this machine. */
  readonly ports: Ports;
}

export const fileOf = ({ folder }: Pick<Place, 'folder'>): string => join(folder, 'sallyport.yml');

/** Where the app behind `rota` writes its access log. */
export const logOf = ({ folder }: Pick<Place, 'folder'>): string => join(folder, 'rota-access.log');

/** The text as it is put in force here: each `$NAME` is said. */
export function textAt({ folder, postgres, ports }: Place, text: string): string {
  const bare = postgres === null ? null : new URL(postgres);
  if (bare !== null) bare.password = '';
  const said: Readonly<Record<string, string>> = {
    ...Object.fromEntries(PORTS.map((name) => [name, `127.0.0.1:${ports[name]}`])),
    data: join(folder, 'data'),
    store: bare === null ? '' : `store: ${bare.href}`,
  };
  return text.replace(/\$([a-z]+)/g, (_, name: string) => said[name] ?? `$${name}`).replace(/\n\n/g, '\n');
}

/** Writes the configuration and loads it as a start would, by this clock. Throws with every fault. */
export async function configure(place: Place, text: string, clock: Clock): Promise<Config> {
  const file = fileOf(place);
  await writeFile(file, textAt(place, text));
  const env = place.postgres === null ? {} : { SALLYPORT_STORE_PASSWORD: new URL(place.postgres).password };
  const { config, faults } = await loadConfigFile(file, { clock, env });
  if (config === undefined) throw new Error(`the configuration has faults: ${JSON.stringify(faults)}`);
  return config;
}
