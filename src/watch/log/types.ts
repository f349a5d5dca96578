import { isLoopback } from '../../request/client.ts';

/** A request as an app's own log has it; null: the log does not say. */
export interface LoggedRequest {
  /** ms since the epoch. */
  readonly at: number | null;
  readonly client: string | null;
  readonly user: string | null;
  readonly method: string | null;
  /** Path, without the query: that may hold what belongs in no report. */
  readonly path: string | null;
  readonly status: number | null;
  /** What stands where our id would; null: nothing does. */
  readonly id: string | null;
}

/** Reads a line: a request, null for a line that says none (a comment, a blank), or undefined for one that cannot be read. */
export type LineReader = (line: string) => LoggedRequest | null | undefined;

export type LogFormat = 'apache' | 'w3c' | 'json';

/** The form of our ids. */
export const ID_FORM = /^[A-Za-z0-9_-]{32}$/;

/** `-` is how logs say nothing. */
export const saidOf = (text: string | undefined): string | null =>
  text === undefined || text === '' || text === '-' ? null : text;

/** Apache wakes its own processes so; nobody sent it. */
export const ownOfApache = ({ method, path, client }: LoggedRequest): boolean =>
  method === 'OPTIONS' && path === '*' && client !== null && isLoopback(client);

/** Characters of a path that are kept. */
const MOST = 300;

export function pathOf(target: string | null): string | null {
  return target === null ? null : (target.split('?', 1)[0] ?? '').slice(0, MOST);
}

export function statusOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{3}$/.test(text) ? Number(text) : null;
}
