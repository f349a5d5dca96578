import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SallyportError } from '../errors.ts';
import { denied, isDenied } from '../lib/denied.ts';
import { folderFault, makeFolder } from '../lib/files.ts';

/** Statements kept compiled; ours are a closed set, apart from lists of varying length. */
const CACHE = 200;

function madeFolder(path: string): void {
  const folder = dirname(path);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new SallyportError('store-unavailable', folderFault('The data folder', folder, error), { cause: error });
  }
}

const { O_APPEND, O_CREAT, O_NONBLOCK, O_RDWR } = constants;

/** Creates the file (0600, folder 0700) unless it exists. Throws `store-unavailable` with the remedy. */
export function createFile(path: string): void {
  madeFolder(path);
  let fd: number;
  try {
    // O_NONBLOCK: a FIFO of that name is not waited for.
    fd = openSync(path, O_RDWR | O_APPEND | O_CREAT | O_NONBLOCK, 0o600);
  } catch (error) {
    throw new SallyportError('store-unavailable', fileFault(path, error), { cause: error });
  }
  const stats = fstatSync(fd);
  closeSync(fd);
  if (!stats.isFile())
    throw new SallyportError('store-unavailable', `The database ${path} is not a file: name a file, or move it away.`);
}

/** In a folder that may be written, the file itself may not be. */
function fileFault(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  if (isDenied(error)) return denied(`The database ${path}`, path, 'written');
  if (statSync(path, { throwIfNoEntry: false }) === undefined)
    return folderFault('The data folder', dirname(path), error);
  if (code === 'EISDIR') return `The database ${path} is not a file: name a file, or move it away.`;
  return `The database ${path} cannot be opened (${code}).`;
}

/** Opening may have to recover the log or turn WAL on, which takes a short exclusive lock. */
const OPEN_BUSY_MS = 2000;
/** SQLite waits inside the process: keep it short (sqlite.ts waits longer, without stopping the process). */
const BUSY_MS = 5;

function connect(path: string, readOnly: boolean): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly, timeout: OPEN_BUSY_MS, enableForeignKeyConstraints: true });
  try {
    // What is deleted or replaced is written over: what was erased is in no page that is free.
    // FULL: a commit is on disk before it is acknowledged (with WAL, NORMAL would lose the last ones at a power cut).
    if (!readOnly) db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma secure_delete = on');
    db.exec(`pragma busy_timeout = ${BUSY_MS}`);
  } catch (error) {
    db.close();
    throw error;
  }
  return db;
}

/** A compiled statement; `reader` when it answers with rows. */
class Statement {
  readonly #statement: StatementSync;
  readonly reader: boolean;

  constructor(statement: StatementSync) {
    this.#statement = statement;
    this.reader = statement.columns().length > 0;
  }

  // Our parameters are text, numbers and null only (see schema.ts); the interface says `unknown`.
  all(parameters: readonly unknown[]): unknown[] {
    return this.#statement.all(...(parameters as SQLInputValue[]));
  }

  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#statement.run(...(parameters as SQLInputValue[]));
  }
}

/**
 * A connection to one SQLite file. Before every statement outside a transaction it looks
 * whether the file at the path is still the one that is open: SQLite would go on writing to a file that was deleted, and
 * acknowledge it. A missing file refuses; a replaced one is opened anew.
 */
export class SqliteFile {
  readonly #path: string;
  readonly #readOnly: boolean;
  readonly #statements = new Map<string, Statement>();
  #db: DatabaseSync | undefined;
  #inode = '';
  #closed = false;
  #generation = 0;

  constructor(path: string, options: { readOnly?: boolean } = {}) {
    this.#path = path;
    this.#readOnly = options.readOnly ?? false;
    this.ensure();
  }

  /** Grows whenever another file was opened in place of the old one. */
  get generation(): number {
    return this.#generation;
  }

  get inTransaction(): boolean {
    return this.#db?.isTransaction ?? false;
  }

  /** Throws `store-unavailable` while the file is not there. */
  ensure(): void {
    if (this.#closed) throw new SallyportError('store-unavailable', 'The database is closed.');
    const stat = statSync(this.#path, { throwIfNoEntry: false, bigint: true });
    if (stat === undefined) throw new SallyportError('store-unavailable', 'The database file is gone; put it back.');
    const inode = `${stat.dev}:${stat.ino}`;
    if (this.#db !== undefined && inode === this.#inode) return;
    this.#drop();
    this.#db = connect(this.#path, this.#readOnly);
    this.#inode = inode;
    this.#generation += 1;
  }

  prepare(sql: string): Statement {
    if (!this.inTransaction) this.ensure();
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    if (this.#db === undefined) throw new SallyportError('store-unavailable', 'The database is closed.');
    const statement = new Statement(this.#db.prepare(sql));
    if (this.#statements.size >= CACHE) this.#statements.clear();
    this.#statements.set(sql, statement);
    return statement;
  }

  close(): void {
    this.#closed = true;
    this.#drop();
  }

  #drop(): void {
    this.#statements.clear();
    this.#db?.close();
    this.#db = undefined;
  }
}
