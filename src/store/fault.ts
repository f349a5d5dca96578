import { SallyportError } from '../errors.ts';

/** A cause without the driver's extra fields, which may quote row values (`detail`) or a URL with a password (`input`). */
function scrub(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = new Error(error.message);
  cause.name = error.name;
  if (error.stack !== undefined) cause.stack = error.stack;
  return Object.assign(cause, tied(error) ? { code: (error as { code?: unknown }).code } : {});
}

/** SQLSTATE of a deadlock, and of transactions that cannot be put in an order. */
const TIES: ReadonlySet<unknown> = new Set(['40P01', '40001']);

/**
 * Whether the database gave up this transaction, whole, in favour of another: nothing is wrong with it, and it can be
 * done again from its beginning.
 */
export function tied(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return TIES.has('code' in error ? error.code : undefined) || (error instanceof SallyportError && tied(error.cause));
}

const UNREACHED: ReadonlySet<unknown> = new Set(
  'ECONNREFUSED ENOTFOUND EAI_AGAIN ETIMEDOUT EHOSTUNREACH ENETUNREACH ECONNRESET'.split(' '),
);

/** What to do about it, in the keys of the configuration; empty where nobody can say. */
function remedyOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (UNREACHED.has(code)) return ' Is PostgreSQL running, and is that its address? The configuration has it as store.';
  if (code === '28P01' || code === '28000')
    return ' The configuration has the user as store and the password as store_password_file.';
  return code === '3D000' ? ' Create it, or mend its name in store.' : '';
}

/**
 * Any failure of a database driver as `store-unavailable`; our own errors pass as they are. Messages of both drivers name
 * tables, constraints, hosts and users, never parameters or passwords.
 */
export function storeFault(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  const message = error instanceof Error && error.message !== '' ? error.message : 'the connection failed';
  return new SallyportError('store-unavailable', `The database cannot be used: ${message}.${remedyOf(error)}`, {
    cause: scrub(error),
  });
}

/** Runs the work and turns every driver failure into `store-unavailable`. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFault(error);
  }
}
