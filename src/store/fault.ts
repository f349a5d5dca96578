import { SallyportError } from '../errors.ts';

/** A cause without the driver's extra fields, which may quote row values (`detail`) or a URL with a password (`input`). */
function scrub(error: unknown): Error | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = new Error(error.message);
  cause.name = error.name;
  if (error.stack !== undefined) cause.stack = error.stack;
  return cause;
}

/**
 * Any failure of a database driver as `store-unavailable`; our own errors pass as they are. Messages of both drivers name
 * tables, constraints, hosts and users, never parameters or passwords.
 */
export function storeFault(error: unknown): SallyportError {
  if (error instanceof SallyportError) return error;
  const message = error instanceof Error && error.message !== '' ? error.message : 'the connection failed';
  return new SallyportError('store-unavailable', `The database cannot be used: ${message}.`, { cause: scrub(error) });
}

/** Runs the work and turns every driver failure into `store-unavailable`. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw storeFault(error);
  }
}
