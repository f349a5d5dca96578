import { ID_FORM, type LineReader, type LoggedRequest, pathOf, saidOf, statusOf } from './types.ts';

/** Values of an object and of the objects in it, by folded names; the outermost counts. */
type Flat = Map<string, string | number>;

const MOST_DEPTH = 4;
const MOST_VALUES = 500;

const fold = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '');

function flatten(value: object, into: Flat, depth: number): void {
  for (const [name, each] of Object.entries(value)) {
    if (into.size >= MOST_VALUES) return;
    // A field of a header has a list of values (Caddy).
    const one: unknown = Array.isArray(each) ? each[0] : each;
    const folded = fold(name);
    if ((typeof one === 'string' || typeof one === 'number') && !into.has(folded)) into.set(folded, one);
  }
  if (depth === MOST_DEPTH) return;
  for (const each of Object.values(value))
    if (typeof each === 'object' && each !== null && !Array.isArray(each)) flatten(each, into, depth + 1);
}

/** Names by which servers and proxies call these, folded: Caddy, Traefik, Envoy, HAProxy, nginx, IIS exporters, Node loggers. */
const NAMES = {
  at: ['timestamp', 'time', 'ts', 'timeiso8601', 'timelocal', 'startutc', 'starttime', 'msec', 'date', 'datetime'],
  client: ['remoteaddr', 'remoteip', 'clientip', 'clienthost', 'clientaddr', 'remotehost', 'client', 'ip', 'cip'],
  user: ['remoteuser', 'clientusername', 'userid', 'username', 'user'],
  method: ['requestmethod', 'method', 'httpmethod', 'csmethod', 'verb'],
  target: ['requesturi', 'uri', 'requestpath', 'path', 'url', 'csuristem'],
  line: ['request', 'requestline'],
  status: ['status', 'downstreamstatus', 'statuscode', 'responsecode', 'responsestatus', 'scstatus', 'code'],
} as const;

/** Seconds or milliseconds since the epoch, or a date as ISO 8601 has it. */
function timeOf(value: string | number | undefined): number | null {
  const number = typeof value === 'number' ? value : /^\d+(?:\.\d+)?$/.test(value ?? '') ? Number(value) : Number.NaN;
  const at = Number.isNaN(number) ? Date.parse(String(value)) : number < 1e11 ? number * 1000 : number;
  return Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? Math.round(at) : null;
}

function requestOf(flat: Flat): LoggedRequest {
  const of = (names: readonly string[]) => names.map((name) => flat.get(name)).find((value) => value !== undefined);
  const text = (names: readonly string[]) => saidOf(of(names)?.toString());
  const [method = null, target = null] = text(NAMES.line)?.split(' ') ?? [];
  const idName = [...flat.keys()].find((name) => name.endsWith('sallyportrequest'));
  const id = idName === undefined ? '' : String(flat.get(idName));
  return {
    at: timeOf(of(NAMES.at)),
    client: text(NAMES.client),
    user: text(NAMES.user),
    method: text(NAMES.method) ?? method,
    path: pathOf(text(NAMES.target) ?? target),
    status: statusOf(text(NAMES.status) ?? undefined),
    id: ID_FORM.test(id) ? id : null,
  };
}

/** A JSON object on each line. */
export const readJson: LineReader = (line) => {
  if (line.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const flat: Flat = new Map();
  flatten(value, flat, 1);
  const request = requestOf(flat);
  // Lines of another kind stand in such logs too; what names neither a method nor a path is no request.
  return request.method === null && request.path === null ? null : request;
};
