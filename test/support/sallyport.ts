import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { type App, createApp } from '../../src/app.ts';
import { loadConfigFile } from '../../src/config/load.ts';
import type { Config } from '../../src/config/types.ts';
import { sha256 } from '../../src/lib/bytes.ts';
import { systemRandom } from '../../src/lib/random.ts';
import { MACHINE } from '../../src/manage/authority.ts';
import { OWNER } from '../../src/roles.ts';
import type { AuditRow, WholeStore as Store } from '../../src/store/types.ts';
import { TestClock } from './clock.ts';
import type { ManageContext } from './manage.ts';
import { type ParsedAnswer, parseAnswer, type RawAnswer, type RawOptions, raw } from './raw.ts';
import { type RecordingUpstream, startUpstream } from './upstream.ts';

/** A key and certificate for app.test, good until 2126. For tests only: its key is public, being here. */
export const TEST_TLS = fileURLToPath(new URL('./tls/', import.meta.url));
export const HOST = 'app.test';
export const SESSION = '__Host-sallyport';
export const PENDING = '__Host-sallyport-pending';
export const BROWSER = '__Host-sallyport-browser';

/** A line of an app's block. */
export const UNBOUND =
  '    login: { unbound: { reason: a test of something else, owner: ops@corp.test, expires: 2099-12-31 } }';

export interface SallyportOptions {
  /** PostgreSQL URL; default: SQLite in the data folder. */
  readonly postgres?: string;
  /** Data folder of an earlier instance, to start again on it. Then it is not removed. */
  readonly data?: string;
  readonly clock?: TestClock;
  /** Stands between the product and its store. */
  readonly store?: (opened: Store) => Store;
  /** `local` (default) or `app`. */
  readonly realm?: 'local' | 'app';
  /** More of the realm's block, on one line. */
  readonly realmLines?: string;
  /** Further realms, lines indented by two blanks. */
  readonly realms?: readonly string[];
  /** Lines of the app's block, each indented by four blanks. */
  readonly app?: readonly string[];
  /** Lines at the top of the file. */
  readonly top?: readonly string[];
  /** Further apps, lines indented by two blanks. */
  readonly apps?: readonly string[];
  readonly tls?: boolean;
  /** More of the console's block, on one line; without it there is no console. */
  readonly console?: string;
  /** Port of the console, where a browser types it; default: any. */
  readonly consolePort?: number;
  /** Public host name; default: app.test. Over plain HTTP passkeys work at names under localhost alone. */
  readonly host?: string;
  /** All host names; default: that one. */
  readonly hosts?: readonly string[];
  /** Port that a browser types; default: any, which no public address holds. */
  readonly port?: number;
  readonly upstream?: RecordingUpstream;
}

export interface Send {
  readonly headers?: readonly (readonly [name: string, value: string])[];
  readonly cookie?: string;
  readonly host?: string;
  /** Where it is sent, and whose host it names; default: that of the apps. */
  readonly door?: 'apps' | 'console';
  /** JSON body; Content-Type and Content-Length are added. */
  readonly json?: unknown;
  /** Form body. */
  readonly form?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A browser's Origin header; default: our own for state changes, none for others. null: none. */
  readonly origin?: string | null;
  readonly deadlineMs?: number;
}

/** What a session straight in the store is. */
interface SessionSet {
  readonly groups?: readonly string[];
  readonly appId?: string;
  readonly ageMs?: number;
  /** Of the account, where it is not there yet. */
  readonly admin?: boolean;
  /** Besides the password; default: a code. */
  readonly factor?: 'totp' | 'passkey';
}

/** One running Sallyport with a recording upstream behind it. */
export interface Sallyport {
  readonly port: number;
  /** As a browser would write it into Origin: the Host of the requests carries no port. */
  readonly origin: string;
  readonly app: Omit<App, 'store'> & { readonly store: Store };
  readonly clock: TestClock;
  readonly upstream: RecordingUpstream;
  readonly config: Config;
  readonly data: string;
  /** Lines of the log, parsed. */
  readonly log: Readonly<Record<string, unknown>>[];
  readonly manage: ManageContext;
  /** Bytes over a plain socket. */
  raw(bytes: string | Buffer, options?: RawOptions): Promise<RawAnswer>;
  /** One request on a connection of its own. */
  send(method: string, target: string, options?: Send): Promise<ParsedAnswer>;
  /** Text of a request, ready to be sent. */
  request(method: string, target: string, options?: Send): string;
  /** Lets time pass, and waits until what is held in memory is believed again. */
  advance(ms: number): Promise<void>;
  /** Settles when Sallyport says that it can serve. */
  healthy(ms?: number): Promise<void>;
  /** Loads a configuration changed in its lines, as SIGHUP would. */
  load(lines: Pick<SallyportOptions, 'app' | 'top' | 'apps'>): Promise<Config>;
  audit(kind?: string): Promise<AuditRow[]>;
  /** A session straight in the store: the cookie's value. For tests that are not about signing in. */
  session(account: string, set?: SessionSet): Promise<string>;
  close(): Promise<void>;
}

/** An app whose realm leaves passwords to it is declared unbound in tests that are not about its login. */
function unboundUnlessSaid({ realm, app = [] }: SallyportOptions): readonly string[] {
  if (realm !== 'app' || app.some((line) => line.trim().startsWith('login:'))) return [];
  return [UNBOUND];
}

function yaml(options: SallyportOptions, upstream: string, data: string): string {
  return [
    'listen: 127.0.0.1:8080',
    `data: ${data}`,
    ...(options.postgres === undefined ? [] : [`store: ${options.postgres}`]),
    ...(options.tls === true ? ['tls:', `  cert: ${TEST_TLS}app.test.crt`, `  key: ${data}/app.test.key`] : []),
    ...(options.top ?? []),
    ...(options.console === undefined
      ? []
      : [`console: { listen: "127.0.0.1:${options.consolePort ?? 9443}", ${options.console} }`]),
    'log: { level: info, requests: true }',
    'realms:',
    `  staff: { source: ${options.realm ?? 'local'}, domains: [CORP, corp.test]${options.realmLines === undefined ? '' : `, ${options.realmLines}`} }`,
    ...(options.realms ?? []),
    'apps:',
    '  portal:',
    `    hosts: [${(options.hosts ?? [options.host ?? HOST]).join(', ')}]`,
    `    origin: ${options.tls === true ? 'https' : 'http'}://${options.host ?? HOST}${options.port === undefined ? '' : `:${options.port}`}`,
    `    upstream: ${upstream}`,
    '    realm: staff',
    ...(options.app ?? []),
    ...unboundUnlessSaid(options),
    ...(options.apps ?? []),
    '',
  ].join('\n');
}

/** Where it listens: at any port that is free, or where a browser looks. */
interface Ports {
  readonly port?: number | undefined;
  readonly consolePort?: number | undefined;
}

async function load(
  file: string,
  text: string,
  postgres: string | undefined,
  { port = 0, consolePort = 0 }: Ports,
): Promise<Config> {
  await writeFile(file, text);
  const password = postgres === undefined ? undefined : new URL(postgres).password;
  const loaded = await loadConfigFile(
    file,
    password === undefined ? {} : { env: { SALLYPORT_STORE_PASSWORD: password } },
  );
  if (loaded.config === undefined)
    throw new Error(`the configuration of the test has faults: ${JSON.stringify(loaded.faults)}`);
  // Port 0 is a test's alone.
  const at = (bound: number) => ({ host: '127.0.0.1', port: bound });
  const { console: own } = loaded.config;
  const consoleOf = own === null ? null : { ...own, listen: at(consolePort) };
  return { ...loaded.config, listen: at(port), console: consoleOf };
}

function withoutPassword(url: string): string {
  const bare = new URL(url);
  bare.password = '';
  return bare.href;
}

/** Starts the product in this process: real files, real sockets, a real database; the clock can be moved. */
export async function startSallyport(options: SallyportOptions = {}): Promise<Sallyport> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'sallyport-')));
  const upstream = options.upstream ?? (await startUpstream());
  try {
    return await start(options, data, upstream);
  } catch (error) {
    // What did not start must not keep the test from ending.
    if (options.upstream === undefined) await upstream.close();
    if (options.data === undefined) await rm(data, { recursive: true, force: true });
    throw error;
  }
}

async function start(options: SallyportOptions, data: string, upstream: RecordingUpstream): Promise<Sallyport> {
  const clock = options.clock ?? new TestClock();
  if (options.tls === true) {
    const { copyFile, chmod } = await import('node:fs/promises');
    await copyFile(join(TEST_TLS, 'app.test.key'), join(data, 'app.test.key'));
    await chmod(join(data, 'app.test.key'), 0o600);
  }
  const file = join(data, 'sallyport.yml');
  const bare = options.postgres === undefined ? {} : { postgres: withoutPassword(options.postgres) };
  const configure = (lines: Pick<SallyportOptions, 'app' | 'top' | 'apps'>) =>
    load(file, yaml({ ...options, ...lines, ...bare }, upstream.origin, data), options.postgres, options);
  const config = await configure(options);
  const log: Record<string, unknown>[] = [];
  const sink = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const running = await createApp({
    config,
    log: pino({ level: 'info' }, sink),
    clock,
    ...(options.store === undefined ? {} : { store: options.store }),
  });
  // Whatever stands between, tests write all there is to write.
  const app = { ...running, store: running.store as Store };
  const port = await app.listen();
  const consolePort = app.consolePort();
  const origin = `${options.tls === true ? 'https' : 'http'}://${options.host ?? HOST}${options.port === undefined ? '' : `:${options.port}`}`;
  const manage: ManageContext = {
    store: app.store,
    clock,
    random: systemRandom,
    config,
    actor: 'cli:test',
    authority: MACHINE,
    reach: 'all',
  };

  const request = (method: string, target: string, send: Send = {}): string => {
    const inside = send.door === 'console';
    const here = inside ? (config.console?.origin ?? '') : origin;
    const changes = method === 'POST' || method === 'PUT' || method === 'DELETE';
    const ours = inside || target.startsWith('/.sallyport');
    const from = send.origin === undefined ? (changes && ours ? here : null) : send.origin;
    const form = send.form === undefined ? undefined : new URLSearchParams(send.form).toString();
    const body = send.body ?? form ?? (send.json === undefined ? undefined : JSON.stringify(send.json));
    const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
    return [
      `${method} ${target} HTTP/1.1`,
      `Host: ${send.host ?? new URL(here).host}`,
      ...(from === null ? [] : [`Origin: ${from}`]),
      ...(send.cookie === undefined ? [] : [`Cookie: ${send.cookie}`]),
      ...(form === undefined && send.json === undefined ? [] : [`Content-Type: ${type}`]),
      ...(body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
      ...(send.headers ?? []).map(([name, value]) => `${name}: ${value}`),
      'Connection: close',
      '',
      Buffer.from(body ?? '').toString('latin1'),
    ].join('\r\n');
  };
  const send = async (method: string, target: string, how: Send = {}): Promise<ParsedAnswer> => {
    const to = how.door === 'console' ? (consolePort ?? 0) : port;
    const answer = await raw(to, request(method, target, how), { deadlineMs: how.deadlineMs ?? 5000 });
    return parseAnswer(answer.text, method === 'HEAD');
  };
  const healthy = async (ms = 5000): Promise<void> => {
    const end = performance.now() + ms;
    for (;;) {
      const answer = await raw(port, `GET /.sallyport/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      if (answer.text.startsWith('HTTP/1.1 200')) return;
      if (performance.now() > end) throw new Error(`not healthy in time: ${answer.text.slice(0, 80)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };

  return {
    port,
    origin,
    app,
    clock,
    upstream,
    config,
    data,
    log,
    manage,
    raw: (bytes, how) => raw(port, bytes, how),
    send,
    request,
    healthy,
    advance: async (ms) => {
      clock.advance(ms);
      await healthy();
    },
    load: configure,
    audit: (kind) => app.store.audit.list({ limit: 1000, ...(kind === undefined ? {} : { kind }) }),
    session: async (account, set = {}) => {
      const now = clock.now() - (set.ageMs ?? 0);
      const accountId = `id-${account}`;
      if ((await app.store.accounts.byId(accountId)) === undefined) {
        const groups = set.groups ?? [];
        const roles = set.admin === true ? [OWNER] : [];
        const of = { organisationId: 'realm.staff', roles };
        const blank = { ...of, passwordHash: null, email: null, disabledAt: null, createdAt: now };
        await app.store.accounts.insert({ id: accountId, realm: 'staff', name: account, groups, ...blank });
      }
      const cookie = Buffer.from(systemRandom(32)).toString('base64url');
      await app.store.sessions.insert({
        id: Buffer.from(systemRandom(16)).toString('base64url'),
        hash: sha256(cookie),
        accountId,
        appId: set.appId ?? 'portal',
        proofs: [
          { kind: 'password', at: now },
          { kind: set.factor ?? 'totp', at: now },
        ],
        createdAt: now,
        lastSeenAt: clock.now(),
        expiresAt: now + 8 * 3_600_000,
        idleMs: 30 * 60_000,
        admittedAt: null,
        endedAt: null,
        endReason: null,
        source: '127.0.0.1',
        userAgent: 'test',
      });
      return `${SESSION}=${cookie}`;
    },
    close: async () => {
      await app.close();
      if (options.upstream === undefined) await upstream.close();
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

/** One Sallyport for the tests of a file, its upstream forgetful between them. */
export function withSallyport(options: () => SallyportOptions | Promise<SallyportOptions> = () => ({})): {
  readonly sally: Sallyport;
} {
  let running: Sallyport | undefined;
  const sally = (): Sallyport => {
    if (running === undefined) throw new Error('Sallyport is not running');
    return running;
  };
  before(async () => {
    running = await startSallyport(await options());
  });
  beforeEach(() => sally().upstream.clear());
  after(() => running?.close());
  return {
    get sally() {
      return sally();
    },
  };
}
