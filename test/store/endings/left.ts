import type { Row } from './databases.ts';
import { TABLES } from './stage.ts';

/** What still opens something, as rows of the store. */
export interface Left {
  readonly accounts: readonly Row[];
  /** Live, of accounts that are not disabled. */
  readonly sessions: readonly Row[];
  /** Sign-ins and enrolments that wait, of somebody. */
  readonly pendings: readonly Row[];
  readonly holds: readonly Row[];
  /** Not used, not revoked. */
  readonly tickets: readonly Row[];
  /** Not disabled. */
  readonly authenticators: readonly Row[];
  /** Not used. */
  readonly codes: readonly Row[];
}

type Rows = ReadonlyMap<string, readonly Row[]>;

export function leftOf(rows: Rows): Left {
  const all = (table: string) => rows.get(table) ?? [];
  const enabled = new Set(all('accounts').flatMap((row) => (row['disabled_at'] === null ? [row['id']] : [])));
  return {
    accounts: all('accounts'),
    sessions: all('sessions').filter((row) => row['ended_at'] === null && enabled.has(row['account_id'])),
    pendings: all('pendings').filter((row) => row['account_id'] !== null),
    holds: all('holds'),
    tickets: all('tickets').filter((row) => row['used_at'] === null),
    authenticators: all('authenticators').filter((row) => row['disabled_at'] === null),
    codes: all('recovery_codes').filter((row) => row['used_at'] === null),
  };
}

/** Columns that say when and in which order, and nothing else. */
const PASSING: ReadonlySet<string> = new Set(['seq', 'at', 'next_at', 'updated_at']);
const JSON_TEXT: ReadonlySet<string> = new Set(['proofs', 'detail']);

/** Our own words are of small letters; what is unguessable is not. */
const WORD = /^[a-z.-]*$/;

/** Whatever came into being under an unguessable name is all called `new`. */
function named(value: unknown, known: ReadonlySet<unknown>): unknown {
  const made = typeof value === 'string' && value.length >= 16 && !/[ @]/.test(value) && !WORD.test(value);
  return made && !known.has(value) ? 'new' : value;
}

/** As many failures as end an authenticator, or fewer: a wrong guess counts against what was there when it was judged. */
const ENOUGH = 100;

function plain(column: string, value: unknown, known: ReadonlySet<unknown>): unknown {
  if (column === 'failures') return Number(value) >= ENOUGH ? 'enough' : 'fewer';
  if (!JSON_TEXT.has(column)) return named(value, known);
  return JSON.parse(String(value), (_key, each: unknown) => named(each, known));
}

function lineOf(table: string, row: Row, known: ReadonlySet<unknown>): string {
  const columns = Object.entries(row).filter(([column]) => !PASSING.has(column));
  return `${table}: ${JSON.stringify(columns.map(([column, value]) => [column, plain(column, value, known)]))}`;
}

/** Whether a row says what became of it all. A refusal is on record in other words when it came later. */
function counts(table: string, row: Row, holders: ReadonlySet<unknown>): boolean {
  if (table === 'audit') return row['outcome'] === 'ok';
  if (table === 'throttles') return Number(row['failures']) > 0;
  // Whose asker is gone, nobody can answer.
  return table !== 'challenges' || row['purpose'] === 'start' || holders.has(row['holder']);
}

/** All of it, sorted, as text that two runs have in common. */
export function linesOf(rows: Rows, known: ReadonlySet<unknown>): string[] {
  const { sessions, pendings } = leftOf(rows);
  const holders = new Set([...sessions, ...pendings].map((row) => row['id']));
  return [...TABLES, 'audit'].flatMap((table) =>
    (rows.get(table) ?? [])
      .filter((row) => counts(table, row, holders))
      .map((row) => lineOf(table, row, known))
      .sort(),
  );
}
