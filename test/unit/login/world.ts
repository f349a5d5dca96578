import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ScureBase32Plugin } from 'otplib';
import type { AppConfig, MailConfig, RealmConfig, RelyingParty } from '../../../src/config/types.ts';
import { createEnrol } from '../../../src/enrol/enrol.ts';
import type { Enrol } from '../../../src/enrol/types.ts';
import { type ErrorCode, SallyportError } from '../../../src/errors.ts';
import { hotp } from '../../../src/factors/totp.ts';
import type { Clock } from '../../../src/lib/clock.ts';
import { systemRandom } from '../../../src/lib/random.ts';
import { createLogin } from '../../../src/login/login.ts';
import type { Caller, Login } from '../../../src/login/types.ts';
import { MACHINE } from '../../../src/manage/authority.ts';
import { createNotices } from '../../../src/notices/queue.ts';
import type { Notices } from '../../../src/notices/types.ts';
import { LockDown } from '../../../src/sessions/lock-down.ts';
import { openStore } from '../../../src/store/open.ts';
import { createSeal, type Seal } from '../../../src/store/seal.ts';
import type { NoticeRow, WholeStore as Store } from '../../../src/store/types.ts';
import { Authenticator, type GetTweaks } from '../../support/authenticator.ts';
import { addAccount, issueTicket, type ManageContext } from '../../support/manage.ts';

const NOWHERE = {
  receivers: [],
  checkpoints: { everyMs: 3_600_000, file: null, mail: [] },
  witnesses: [],
  witnessFor: [],
};

/** What people are shown and told, as much as letters and mail need. */
const SHOWN = {
  help: { text: '', contact: 'help@example.org' },
  pages: { name: 'Cwm Care', logo: null, accent: null, accentDark: null, timeZone: 'Europe/London', language: 'en' },
} as const;

export const PASSWORD = 'a long walk by the grey sea';

const LIMITS = { idleMs: 1_800_000, absoluteMs: 28_800_000 };

export function realm(id: string, source: 'local' | 'app', more: Partial<RealmConfig> = {}): RealmConfig {
  return { id, source, domains: [], unicode: false, sessions: LIMITS, ...more };
}

/** Messages are queued in the store and never sent: nothing listens there. */
const MAIL: MailConfig = {
  host: '127.0.0.1',
  port: 9,
  tls: 'none',
  user: null,
  passwordFile: null,
  password: null,
  ca: null,
  from: 'sallyport@example.org',
};

function relyingParty(id: string): RelyingParty {
  const host = `${id}.example.org`;
  return { id: host, name: id, origins: [`https://${host}`], verification: 'preferred', models: [], roots: [] };
}

function app(id: string, of: RealmConfig): AppConfig {
  return {
    id,
    hosts: [{ name: `${id}.example.org`, port: null }],
    origin: `https://${id}.example.org`,
    upstream: {
      origin: 'http://127.0.0.1:9',
      ca: null,
      host: 'preserve',
      ownOrigin: false,
      connections: 1,
      connectTimeoutMs: 1000,
      longestLine: null,
      firstByteTimeoutMs: 1000,
      idleTimeoutMs: 1000,
      streamTimeoutMs: 2000,
      exclusive: false,
    },
    realm: of,
    rewrite: true,
    login: { kind: 'none' },
    clientCookies: [],
    relyingParty: relyingParty(id),
    sessions: LIMITS,
    rules: [],
    exemptions: [],
    headers: new Map(),
    webSocketOrigins: [],
    webSocketWithoutOrigin: [],
    waysPast: { addresses: [], ours: [] },
    roster: null,
    crossSite: [],
    target: { encodedSlash: false, emptySegments: false },
  };
}

export interface World {
  readonly clock: Clock & { at: number };
  readonly store: Store;
  readonly seal: Seal;
  readonly login: Login;
  readonly enrol: Enrol;
  readonly manage: ManageContext;
  readonly notices: Notices;
  /** As this process knows it: read when a test asks for it. */
  readonly lockDown: LockDown;
  /** Local realm (password here) and app realm (password at the app). */
  readonly wiki: AppConfig;
  readonly portal: AppConfig;
  caller(app: AppConfig, more?: Partial<Caller>): Caller;
  /** The services anew, on the same database file: what a restart does. */
  restart(): Promise<World>;
  close(): Promise<void>;
}

/** What the rooms that sign in and enrol are given. */
export function contextOf({ store, clock, seal, notices, lockDown }: World) {
  return { store, clock, seal, random: systemRandom, notices, lockDown };
}

/** Real SQLite in a folder of its own, a clock that stands still until it is moved. */
export async function openWorld(
  folder = mkdtempSync(join(tmpdir(), 'sallyport-')),
  at = 1_800_000_000_000,
): Promise<World> {
  const clock = { at, now: () => clock.at, monotonic: () => clock.at };
  const store = await openStore({ kind: 'sqlite', path: join(folder, 'test.db') }, { clock });
  const seal = createSeal(Buffer.alloc(32, 7), systemRandom);
  const notices = createNotices({ clock, random: systemRandom, mail: () => MAIL });
  const lockDown = new LockDown(store, clock);
  const context = { store, clock, seal, random: systemRandom, notices, lockDown };
  const local = realm('staff', 'local', { domains: ['corp', 'corp.example'] });
  const remote = realm('customers', 'app', { domains: ['corp'] });
  const wiki = app('wiki', local);
  const portal = app('portal', remote);
  const realms = new Map([local, remote].map((each) => [each.id, each]));
  return {
    clock,
    store,
    seal,
    login: createLogin(context),
    enrol: createEnrol(context),
    manage: {
      ...context,
      config: { realms, apps: [wiki, portal], console: null, mail: MAIL, tls: null, record: NOWHERE, ...SHOWN },
      actor: 'cli:test',
      authority: MACHINE,
      reach: 'all',
    },
    notices,
    lockDown,
    wiki,
    portal,
    caller: (of, more) => ({ app: of, source: '192.0.2.1', userAgent: 'test', browser: null, ...more }),
    async restart() {
      await store.close();
      return openWorld(folder, clock.at);
    },
    async close() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Runs a test in a world and closes it. */
export function inWorld(run: (world: World) => Promise<void>): () => Promise<void> {
  return async () => {
    const world = await openWorld();
    try {
      await run(world);
    } finally {
      await world.close();
    }
  };
}

/** The six digits that a phone shows. */
export function codeAt(secret: string, ms: number): string {
  return hotp(new ScureBase32Plugin().decode(secret), Math.floor(ms / 30_000));
}

/** Six digits that belong to none of the steps around a moment. */
export function wrongCode(secret: string, ms: number): string {
  const near = new Set(Array.from({ length: 61 }, (_, i) => codeAt(secret, ms + (i - 30) * 30_000)));
  return ['000000', '111111', '222222', '333333'].find((code) => !near.has(code)) ?? '444444';
}

export interface Person {
  readonly id: string;
  readonly secret: string;
  readonly recoveryCodes: readonly string[];
}

/** An account with a password (local realm) and an authenticator, enrolled by ticket; the clock then moves on a minute. */
export async function enrolled(world: World, of: AppConfig, name: string): Promise<Person> {
  const { enrol, manage } = world;
  const caller = world.caller(of);
  const account = await addAccount(manage, { name, realm: of.realm.id, email: `${name}@example.org` });
  const ticket = await issueTicket(manage, account.id);
  let { cookie } = await enrol.open(caller, ticket.secret);
  if (of.realm.source === 'local') ({ cookie } = await enrol.password(caller, cookie, PASSWORD));
  const { secret } = await enrol.totp(caller, cookie);
  ({ cookie } = await enrol.confirm(caller, cookie, codeAt(secret, world.clock.at), undefined));
  const { recoveryCodes } = await enrol.finish(caller, cookie);
  world.clock.at += 60_000;
  return { id: account.id, secret, recoveryCodes };
}

/** Adds a passkey of `device` to an enrolled account, within a session that ends; the clock moves on a minute. */
export async function withPasskey(
  world: World,
  of: AppConfig,
  name: string,
  person: Person,
  device: Authenticator = new Authenticator(),
): Promise<Authenticator> {
  const { login, enrol } = world;
  const caller = world.caller(of);
  const pending = await begun(world, caller, name);
  const { session } = await login.second(caller, pending, 'totp', codeAt(person.secret, world.clock.at));
  let { cookie } = await enrol.add(caller, session);
  const options = await enrol.passkeyOptions(caller, cookie);
  const response = device.create({ options, origin: of.origin });
  ({ cookie } = await enrol.passkey(caller, cookie, JSON.stringify(response), undefined));
  await enrol.finish(caller, cookie);
  await login.signOut(caller, session);
  world.clock.at += 60_000;
  return device;
}

/** What an authenticator answers to the options of a ceremony, on the page of the app. */
export function answerOf(of: AppConfig, device: Authenticator, options: object, tweaks: GetTweaks = {}): string {
  return JSON.stringify(device.get({ options, origin: of.origin, ...tweaks }));
}

/** What owners have been told and not yet been sent, oldest first. */
export async function told(world: World): Promise<(Pick<NoticeRow, 'accountId' | 'kind'> & { detail: unknown })[]> {
  const rows = await world.store.notices.due(world.clock.at, 1000);
  return rows.map(({ accountId, kind, detail }) => ({ accountId, kind, detail: JSON.parse(detail) as unknown }));
}

/** First step as the realm asks for it. */
export async function begun(world: World, caller: Caller, account: string): Promise<string> {
  const { cookie } = await world.login.begin(caller, { account, password: PASSWORD, next: '/start' });
  return cookie;
}

/** For assert.rejects: refused by us with exactly this code. */
export function refusedAs(code: ErrorCode): (error: unknown) => boolean {
  return (error) => {
    if (error instanceof SallyportError && error.code === code) return true;
    throw error;
  };
}

/** `ok`, or the code that a call was refused with. */
export async function outcome(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'ok';
  } catch (error) {
    if (error instanceof SallyportError) return error.code;
    throw error;
  }
}

export function count(list: readonly string[], what: string): number {
  return list.filter((each) => each === what).length;
}
