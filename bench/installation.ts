import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sha256 } from '../src/lib/bytes.ts';
import { systemClock } from '../src/lib/clock.ts';
import { systemRandom } from '../src/lib/random.ts';
import { openSealedStore } from '../src/store/open-sealed.ts';
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
  /** Flags for Node, such as --cpu-prof. */
  readonly nodeFlags?: readonly string[];
}

export interface Installation extends Side {
  /** Values of the session cookie, one for each live session. */
  readonly cookies: readonly string[];
}

function configText(port: number, data: string, wish: Wish): string {
  const rules = Array.from({ length: wish.rules ?? 3 }, (_, i) => `      - { path: /area-${i}/**, max_age: 15m }`);
  const others = Array.from(
    { length: wish.apps ?? 0 },
    (_, i) =>
      `  app-${i}: { hosts: [app-${i}.example.org], upstream: http://127.0.0.1:${wish.upstreamPort}, realm: staff, login: none }`,
  );
  return `listen: 127.0.0.1:${port}
data: ${data}
log: { requests: ${wish.accessLog === true}, level: info }
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

/** Live sessions straight into the store, each of an account of its own; what a sign-in would have left there. */
async function seed(data: string, count: number): Promise<string[]> {
  const { store } = await openSealedStore(
    { store: { kind: 'sqlite', path: join(data, 'sallyport.db') }, masterKeyFile: join(data, 'master.key') },
    { clock: systemClock, random: systemRandom },
  );
  const cookies: string[] = [];
  const now = Date.now();
  const id = (): string => randomBytes(16).toString('base64url');
  for (let done = 0; done < count; done += 2_000) {
    await store.underAccount('', async (tx) => {
      for (let i = done; i < Math.min(count, done + 2_000); i += 1) {
        const cookie = randomBytes(32).toString('base64url');
        const accountId = id();
        await tx.accounts.insert({
          id: accountId,
          realm: 'staff',
          name: `person-${i}`,
          passwordHash: null,
          groups: [],
          email: null,
          roles: [],
          organisationId: 'realm.staff',
          disabledAt: null,
          createdAt: now,
        });
        await tx.sessions.insert({
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
        });
        cookies.push(cookie);
      }
    });
  }
  await store.close();
  return cookies;
}

/** An installation that is there and not started: where its configuration stands, and its live sessions' cookies. */
export async function install(
  folder: string,
  port: number,
  wish: Wish,
): Promise<{ readonly config: string; readonly data: string; readonly cookies: readonly string[] }> {
  mkdirSync(folder, { recursive: true });
  const data = mkdtempSync(join(folder, 'data-'));
  const cookies = await seed(data, wish.sessions);
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
    stdio: ['ignore', 'ignore', openSync(words, 'a')],
  });
  child.once('exit', (code) => {
    if (code !== 0 && code !== null) process.stderr.write(readFileSync(words, 'utf8'));
  });
  return { name, port, process: child, cookies };
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
