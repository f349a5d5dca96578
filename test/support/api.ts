import { issueToken } from '../../src/manage/operations.ts';
import type { Grant, Role } from '../../src/roles.ts';
import { API, type ApiOperation, BASE } from '../../src/web/console/api/table.ts';
import type { ParsedAnswer } from './raw.ts';
import { type Sallyport, type SallyportOptions, startSallyport } from './sallyport.ts';

export const CONSOLE = 'http://console.test';

/** An instance with a console, and besides the usual app one that is called `wiki`. */
export function startApi(options: SallyportOptions = {}): Promise<Sallyport> {
  const wiki = [
    '  wiki:',
    '    hosts: [wiki.test]',
    '    origin: http://wiki.test',
    '    upstream: http://127.0.0.1:9',
    '    realm: staff',
  ];
  return startSallyport({ console: `origin: "${CONSOLE}", require: mfa`, apps: wiki, ...options });
}

export interface Ask {
  readonly query?: string;
  readonly json?: unknown;
  /** In place of JSON. */
  readonly body?: string;
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** Somebody who may ask: by a token, or by a session with the origin of the console. */
export interface Client {
  ask(method: string, path: string, how?: Ask): Promise<ParsedAnswer>;
}

function client(
  sally: Sallyport,
  who: { readonly headers?: Ask['headers']; readonly cookie?: string; readonly origin: string | null },
): Client {
  return {
    ask: (method, path, { query, headers = [], ...body } = {}) => {
      const own = {
        origin: method === 'GET' ? null : who.origin,
        ...(who.cookie === undefined ? {} : { cookie: who.cookie }),
      };
      const target = `${path}${query === undefined ? '' : `?${query}`}`;
      return sally.send(method, target, {
        door: 'console',
        ...own,
        headers: [...(who.headers ?? []), ...headers],
        ...body,
      });
    },
  };
}

export interface TokenWish {
  readonly role: Role;
  readonly organisations?: readonly string[];
  readonly operations?: readonly string[];
}

let n = 0;

/** A token that was made on the machine: for all that there is, where nothing else is said. */
export async function tokenOf(
  sally: Sallyport,
  wish: TokenWish,
): Promise<{ id: string; secret: string; client: Client }> {
  n += 1;
  const { role, organisations, operations = API.map(({ name }) => name) } = wish;
  const of = organisations === undefined ? {} : { organisations };
  const { id, secret } = await issueToken.perform(sally.manage, { name: `token ${n}`, role, operations, ...of });
  return { id, secret, client: bearer(sally, secret) };
}

export function bearer(sally: Sallyport, secret: string): Client {
  return client(sally, { headers: [['Authorization', `Bearer ${secret}`]], origin: null });
}

/** A person at the console who holds these. */
export async function personOf(
  sally: Sallyport,
  grants: readonly Grant[],
  ageMs = 0,
): Promise<Client & { readonly cookie: string }> {
  n += 1;
  const name = `holder${n}`;
  const cookie = await sally.session(name, { appId: 'console', ageMs });
  await sally.app.store.underAccount(`id-${name}`, (tx) => tx.accounts.update(`id-${name}`, { roles: grants }));
  return { cookie, ...client(sally, { cookie, origin: CONSOLE }) };
}

function text(value: unknown): string {
  return encodeURIComponent(String(value));
}

/** An operation with its input, as it is asked for. */
export function requestOf(operation: ApiOperation, input: object): { path: string; ask: Ask } {
  const rest = Object.entries(input).filter(([name]) => !operation.names.includes(name));
  const path = `${BASE}${operation.path.replaceAll(/\{(\w+)\}/g, (_all, name: string) => text(Reflect.get(input, name)))}`;
  if (operation.method === 'POST' || operation.method === 'PATCH')
    return { path, ask: { json: Object.fromEntries(rest) } };
  const pairs = rest.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((each) => `${text(name)}=${text(each)}`),
  );
  return { path, ask: pairs.length === 0 ? {} : { query: pairs.join('&') } };
}

export function codeOf(answer: ParsedAnswer): unknown {
  return (JSON.parse(answer.body) as { code?: unknown }).code;
}

export function bodyOf<T = Record<string, unknown>>(answer: ParsedAnswer): T {
  return JSON.parse(Buffer.from(answer.body, 'latin1').toString()) as T; // the tests say what they expect, and look at it
}
