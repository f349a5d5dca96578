import type { IdReader } from '../../../assertions/request-ids.ts';

/** A request that we sent to the app, as our own log has it. */
export interface OurRequest {
  /** ms: when we began with it, and when it was over. */
  readonly begin: number;
  readonly end: number;
  readonly method: string;
  readonly path: string;
  /** How often it was sent. */
  readonly sends: number;
  /** It became another protocol; when that was over is not known. */
  readonly open: boolean;
}

/** A line of our log: when it was written, and the request that it tells of, if it is one that went to the app. */
export interface OurLine {
  readonly at: number;
  readonly sent: OurRequest | null;
}

/** Most times that one request can have been sent. */
const MOST_SENDS = 100;

/** Messages by which a line tells of what was sent (web/access-log.ts). */
const SENT: ReadonlySet<unknown> = new Set(['request', 'upgrade', 'asked']);

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value >= 0;

/**
 * Reads lines of our own log for one app. null: a line that says nothing of time; undefined: one that cannot be read. A request counts by
 * its id, which nobody else can make.
 */
export function ourReader(appId: string, ids: IdReader): (line: string) => OurLine | null | undefined {
  return (line) => {
    if (line.trim() === '') return null;
    let said: Record<string, unknown>;
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
      said = value as Record<string, unknown>;
    } catch {
      return undefined;
    }
    const { time, msg, app, id, path, method = 'GET', ms = 0, sends = 1 } = said;
    const at = typeof time === 'string' ? Date.parse(time) : isNumber(time) ? time : Number.NaN;
    if (Number.isNaN(at)) return null;
    const known = typeof id === 'string' && app === appId && SENT.has(msg) && ids.read(id) !== null;
    if (!known || typeof path !== 'string' || typeof method !== 'string' || !isNumber(ms)) return { at, sent: null };
    const times = isNumber(sends) ? Math.min(MOST_SENDS, Math.max(1, sends)) : 1;
    const open = msg === 'upgrade';
    return { at, sent: { begin: at - ms, end: at, method, path, sends: times, open } };
  };
}
