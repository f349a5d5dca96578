import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fileOf, type Place, PORTS, type Ports } from './make/place.ts';
import { DAY, type Plan } from './plan/types.ts';

/** Of which estate, and where it is or is to be. */
export interface Wish {
  readonly place: Place;
  readonly seed: number;
  readonly accounts: number;
  /** First moment of the day after the last, UTC. */
  readonly to: number;
  /** How many past days the report is asked for, besides the last. */
  readonly days: number;
}

export const USAGE = `npm run estate -- [--dir FOLDER] [--accounts N] [--seed N] [--until YYYY-MM-DD] [--days N] [--port N] [--store URL]

  --dir       where it is made, or was made: then the report alone is asked again; default var/estate
  --accounts  how many people, 20 to 20000; default 5000
  --seed      another year of them; default 1
  --until     the day after its last, which must be past; default: today
  --days      past days on which the report is held against the plan; default 50
  --port      first of the six ports that its configuration names; default 8480
  --store     postgres://user@host/database, its password in SALLYPORT_STORE_PASSWORD; default: SQLite in the folder`;

/** What cannot be asked for; the message says why. */
export class Misused extends Error {}

function whole(name: string, typed: string, [least, most]: readonly [number, number]): number {
  const n = /^\d{1,9}$/.test(typed) ? Number(typed) : Number.NaN;
  if (!(n >= least && n <= most)) throw new Misused(`--${name} is a whole number from ${least} to ${most}.`);
  return n;
}

function dayOf(typed: string | undefined, now: number): number {
  const today = Math.floor(now / DAY) * DAY;
  if (typed === undefined) return today;
  const at = /^\d{4}-\d{2}-\d{2}$/.test(typed) ? Date.parse(`${typed}T00:00:00Z`) : Number.NaN;
  if (!(at <= today)) throw new Misused('--until is a day that has begun, such as 2026-11-30.');
  return at;
}

/** The database, its password put into the address; null: SQLite. */
function storeOf(typed: string | undefined): string | null {
  if (typed === undefined) return null;
  if (!URL.canParse(typed) || !typed.startsWith('postgres://'))
    throw new Misused('--store is postgres://user@host/database.');
  const url = new URL(typed);
  const password = process.env['SALLYPORT_STORE_PASSWORD'];
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}

/** One after the other. */
const portsFrom = (first: number): Ports =>
  // The names are those of the type.
  Object.fromEntries(PORTS.map((name, i) => [name, first + i])) as Ports;

/** What is asked for on a command line. Throws Misused. */
export function readWish(argv: readonly string[], now: number): Wish {
  const text = { type: 'string' } as const;
  const options = { dir: text, accounts: text, seed: text, until: text, days: text, port: text, store: text };
  let typed: { [K in keyof typeof options]?: string };
  try {
    typed = parseArgs({ args: [...argv], options }).values;
  } catch (error) {
    throw new Misused(error instanceof Error ? error.message : 'unknown');
  }
  const { dir = 'var/estate', accounts = '5000', seed = '1', days = '50', port = '8480' } = typed;
  return {
    place: {
      folder: resolve(dir),
      postgres: storeOf(typed.store),
      ports: portsFrom(whole('port', port, [1024, 65_000])),
    },
    accounts: whole('accounts', accounts, [20, 20_000]),
    seed: whole('seed', seed, [0, 999_999_999]),
    to: dayOf(typed.until, now),
    days: whole('days', days, [0, 360]),
  };
}

const madeFile = (place: Place): string => join(place.folder, 'estate.json');

/** What the folder says that was made there, to the end; undefined: nothing yet. Throws Misused for a folder that holds something else. */
export function madeIn(place: Place): Wish | undefined {
  if (existsSync(madeFile(place))) {
    // Written by `remember` alone.
    const made = JSON.parse(readFileSync(madeFile(place), 'utf8')) as Omit<Wish, 'place' | 'days'> &
      Pick<Place, 'ports'>;
    const { seed, accounts, to, ports } = made;
    return { seed, accounts, to, place: { ...place, ports }, days: 0 };
  }
  if (existsSync(fileOf(place)))
    throw new Misused(
      `${place.folder} holds an estate that was not made to its end: remove it, or name another with --dir.`,
    );
  return undefined;
}

const digestOf = (plan: Plan): string => createHash('sha256').update(JSON.stringify(plan)).digest('hex');

export function remember({ place, seed, accounts, to }: Wish, plan: Plan): void {
  const made = { seed, accounts, to, ports: place.ports, plan: digestOf(plan) };
  writeFileSync(madeFile(place), `${JSON.stringify(made)}\n`);
}

/** Throws Misused where it was made from another plan: a later version tells another story. */
export function checkPlan(place: Place, plan: Plan): void {
  // Written by `remember` alone.
  const made = JSON.parse(readFileSync(madeFile(place), 'utf8')) as { readonly plan: string };
  if (made.plan !== digestOf(plan))
    throw new Misused(`${place.folder} holds an estate of another version: remove it, or name another with --dir.`);
}
