import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../src/lib/bytes.ts';
import { systemClock } from '../src/lib/clock.ts';
import { systemRandom } from '../src/lib/random.ts';
import { openSealedStore } from '../src/store/open-sealed.ts';
import type { AccountRow, SessionRow } from '../src/store/types.ts';
import { freePort, type Side, spawnOn } from './rig.ts';

export const SERVE = fileURLToPath(new URL('../src/sallyport.mjs', import.meta.url));

const PRESET = 'bench.yml';

export interface Wish {
  readonly upstreamPort: number;
  readonly sessions: number;
  /** Apps besides the one that is asked, and rules of that one. */
  readonly apps?: number;
  readonly rules?: number;
  readonly accessLog?: boolean;
  /** Text of a preset by which the login of the app that is asked is bound; default: it has none. */
  readonly preset?: string;
  /** URL of an empty PostgreSQL database, with its password; default: SQLite. */
  readonly postgres?: string;
  /** Accounts besides those of the sessions. */
  readonly accounts?: number;
  /** Flags for Node, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[];
}

export interface Installation extends Side {
  /** Path of its configuration, for commands. */
  readonly config: string;
  /** Values of the session cookie, one for each live session. */
  readonly cookies: readonly string[];
}

/** Without the password, which the process is given in its environment. */
function storeText({ postgres }: Wish): string {
  if (postgres === undefined) return '';
  const url = new URL(postgres);
  url.password = '';
  return `store: ${url.href}\n`;
}

const environment = ({ postgres }: Wish): NodeJS.ProcessEnv =>
  postgres === undefined
    ? process.env
    : { ...process.env, SALLYPORT_STORE_PASSWORD: decodeURIComponent(new URL(postgres).password) };

function configText(port: number, data: string, wish: Wish): string {
  const rules = Array.from({ length: wish.rules ?? 3 }, (_, i) => `      - { path: /area-${i}/**, max_age: 15m }`);
  const others = Array.from(
    { length: wish.apps ?? 0 },
    (_, i) =>
      `  app-${i}: { hosts: [app-${i}.example.org], upstream: http://127.0.0.1:${wish.upstreamPort}, realm: staff, login: none }`,
  );
  return `listen: 127.0.0.1:${port}
data: ${data}
${storeText(wish)}log: { requests: ${wish.accessLog === true}, level: info }
realms: { staff: { source: local } }
apps:
  portal:
    hosts: [localhost]
    upstream: http://127.0.0.1:${wish.upstreamPort}
    realm: staff
    login: ${wish.preset === undefined ? 'none' : `{ preset: ${join(data, PRESET)} }`}
    rules:
${rules.join('\n')}
${others.join('\n')}
`;
}

const BATCH = 2_000;

/**
 * Live sessions straight into the store, each of an account of its own, and accounts without; what sign-ins and invitations would have left
 * there. Gives the values of the session cookies.
 */
async function seed(data: string, { sessions, accounts = 0, postgres }: Wish): Promise<string[]> {
  const { store } = await openSealedStore(
    {
      store:
        postgres === undefined
          ? { kind: 'sqlite', path: join(data, 'sallyport.db') }
          : { kind: 'postgres', url: postgres },
      masterKeyFile: join(data, 'master.key'),
    },
    { clock: systemClock, random: systemRandom },
  );
  const cookies: string[] = [];
  const count = sessions + accounts;
  for (let done = 0; done < count; done += BATCH) {
    await store.underAccount('', async (tx) => {
      for (let i = done; i < Math.min(count, done + BATCH); i += 1) {
        const account = accountOf(i);
        await tx.accounts.insert(account);
        if (i >= sessions) continue;
        const cookie = randomBytes(32).toString('base64url');
        await tx.sessions.insert(sessionOf(account.id, cookie));
        cookies.push(cookie);
      }
    });
  }
  await store.close();
  return cookies;
}

const id = (): string => randomBytes(16).toString('base64url');

const accountOf = (number: number): AccountRow => ({
  id: id(),
  realm: 'staff',
  name: `person-${number}`,
  passwordHash: null,
  groups: [],
  email: null,
  roles: [],
  organisationId: 'realm.staff',
  disabledAt: null,
  createdAt: Date.now(),
});

function sessionOf(accountId: string, cookie: string): SessionRow {
  const now = Date.now();
  return {
    id: id(),
    hash: sha256(cookie),
    accountId,
    appId: 'portal',
    proofs: [
      { kind: 'password', at: now },
      { kind: 'totp', at: now, authenticatorId: id() },
    ],
    createdAt: now,
    lastSeenAt: now,
    expiresAt: now + 8 * 3_600_000,
    idleMs: 1_800_000,
    admittedAt: now,
    endedAt: null,
    endReason: null,
    source: '127.0.0.1',
    userAgent: 'bench',
  };
}

/** An installation that is there and not started: where its configuration stands, and its live sessions' cookies. */
export async function install(
  folder: string,
  port: number,
  wish: Wish,
): Promise<{ readonly config: string; readonly data: string; readonly cookies: readonly string[] }> {
  mkdirSync(folder, { recursive: true });
  const data = mkdtempSync(join(folder, 'data-'));
  const cookies = await seed(data, wish);
  const config = join(data, 'sallyport.yml');
  if (wish.preset !== undefined) writeFileSync(join(data, PRESET), wish.preset);
  writeFileSync(config, configText(port, data, wish));
  return { config, data, cookies };
}

/** Starts Sallyport as its own process, as an operator would, on a database with live sessions in it. */
export async function startSallyport(name: string, folder: string, wish: Wish): Promise<Installation> {
  const port = await freePort();
  const { config, data, cookies } = await install(folder, port, wish);
  const words = join(data, 'words.txt');
  const child = spawnOn(0, [process.execPath, ...(wish.nodeFlags ?? []), SERVE, 'serve', '--config', config], {
    env: environment(wish),
    stdio: ['ignore', 'ignore', openSync(words, 'a')],
  });
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) process.stderr.write(readFileSync(words, 'utf8'));
  });
  return { name, port, process: child, config, cookies };
}

/** A request as a browser sends it, with a session cookie or without; `others`: cookies of the app, `; ` between them. */
export function request(target: string, cookie?: string, others = 'lang=en'): string {
  return [
    `GET ${target} HTTP/1.1`,
    'Host: localhost',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-GB,en;q=0.5',
    'Accept-Encoding: gzip, deflate, br',
    'Connection: keep-alive',
    `Cookie: ${others}${cookie === undefined ? '' : `; __Host-sallyport=${cookie}`}`,
    '',
    '',
  ].join('\r\n');
}
