import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { queryObjects } from 'node:v8';
import { Pool } from 'undici';
import { Session } from '../../src/sessions/session.ts';
import type { Route } from '../../src/web/routes/route.ts';
import { ownRoutes, type RouteParts } from '../../src/web/routes/table.ts';
import { type Ask, BODIES, begins, getsOf, guessesOf, type Held, postsOf } from '../support/anonymous.ts';
import { Authenticator } from '../support/authenticator.ts';
import { TestClock } from '../support/clock.ts';
import { countRows, countSealedRows } from '../support/count-rows.ts';
import { startLoginApp } from '../support/login-app.ts';
import { presetText } from '../support/login-app-preset.ts';
import { addAccount } from '../support/manage.ts';
import { type Sallyport, startSallyport } from '../support/sallyport.ts';
import { postgres } from '../support/stores.ts';

/** Requests of each lot, and as many again. */
const TIMES = 500;
const AT_ONCE = 16;
/** No lot has a number of requests that it divides. */
const STRIDE = 7919;
/** The app's login first, the factor first, and passwords of our own. */
const HOSTS = ['front.localhost', 'bound.localhost', 'people.localhost'] as const;

// Only what is in the table is looked at; nothing of it runs.
const ROUTES = ownRoutes({} as RouteParts);

/**
 * What a lot may leave that comes from one address, and not one row more however much follows. Guesses that were judged: 30
 * of an address within the hour, each counted at its account and its networks, told to the other nodes where a jar was
 * written, and on record; other refusals: one entry for each cause and app. `meta` is the store's own trial write. Each entry has a leaf, a second later: some of those of before are counted with them.
 */
const LASTING: Readonly<Record<string, number>> = {
  ...{ throttles: 40, audit: 60, leaves: 80, changes: 60, meta: 1 },
  // A number for each kind of refusal and each day of an organisation, counted of the entries above.
  entries_by_day: 4,
};
/** In the second half: a cause that comes for the first time, and what is left of the guesses that are judged. */
const MORE: Readonly<Record<string, number>> = { throttles: 8, audit: 20, leaves: 40, meta: 1 };

/** Addresses that judge something that is typed; all others want to have been there before. */
const JUDGE: Readonly<Record<string, readonly string[]>> = {
  'passwords, and names': ['/.sallyport/sign-in'],
  codes: ['/.sallyport/sign-in/totp', '/.sallyport/sign-in/recovery'],
  passkeys: ['/.sallyport/sign-in/passkey'],
  'challenges asked for': ['/.sallyport/sign-in/passkey/options'],
  tickets: ['/.sallyport/enrol'],
};

/** The requests of each lot, sent by turns. */
function lotsOf(holders: readonly Held[]): Map<string, readonly Ask[]> {
  const lots = new Map<string, readonly Ask[]>();
  const all = (asks: (held: Held) => readonly Ask[]) => holders.flatMap(asks);
  const posts = (routes: readonly Route[]) => routes.flatMap((route) => all((held) => postsOf(route, held)));
  for (const [what, paths] of Object.entries(JUDGE)) {
    const routes = ROUTES.filter(({ path }) => paths.includes(path));
    const guesses = routes.flatMap((route) => all((held) => guessesOf(route, held)));
    const odd = posts(routes);
    // As many as of all that is odd, so that what is counted is counted to its end.
    lots.set(
      what,
      odd.flatMap((ask, n) => [ask, guesses[n % guesses.length] ?? ask]),
    );
  }
  const judge = Object.values(JUDGE).flat();
  lots.set(
    'pages of ours',
    ROUTES.flatMap((route) => all((held) => getsOf(route, held))),
  );
  lots.set('steps that are not due', posts(ROUTES.filter(({ path }) => !judge.includes(path))));
  lots.set(
    'names without a password',
    HOSTS.slice(0, 2).flatMap((host) => begins(host, 2 * TIMES)),
  );
  for (const [what, asks] of Object.entries(ELSEWHERE)) lots.set(what, all(asks));
  return lots;
}

const form = (host: string, more = {}) => ({
  origin: `http://${host}`,
  'content-type': 'application/x-www-form-urlencoded',
  ...more,
});

/** What is not at our own addresses. */
const ELSEWHERE: Readonly<Record<string, (held: Held) => readonly Ask[]>> = {
  'other methods at our addresses': ({ host, cookie }) =>
    ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND', 'REPORT'].flatMap((method) =>
      ROUTES.map(({ path }) => ({ method, target: path.replace(':parameter', 'x'), host, headers: { cookie } })),
    ),
  'pages of apps': ({ host, cookie }) =>
    ['/', '/account', '/a/b?c=%', '/%2e%2e/x', '//x', '/\u0000', `/${'x'.repeat(3000)}`].flatMap((target) => [
      { method: 'GET', target, host, headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' } },
      { method: 'GET', target, host, headers: { cookie } },
      { method: 'POST', target, host, headers: form(host), body: 'a=b' },
      { method: 'DELETE', target, host },
    ]),
  'the sign-in page of an app, and what belongs to it': ({ host, cookie }) => [
    { method: 'GET', target: '/login', host, headers: { accept: 'text/html' } },
    { method: 'GET', target: '/login?lang=cy', host, headers: { cookie } },
    { method: 'HEAD', target: '/login', host },
    { method: 'GET', target: '/static/a.css', host },
  ],
  'sign-ins at an app': ({ host, cookie }) => [
    { method: 'POST', target: '/login', host, headers: form(host), body: 'username=alice&password=no' },
    { method: 'POST', target: '/login', host, headers: form(host, { cookie }), body: 'username=nobody&password=no' },
    { method: 'POST', target: '/login', host, headers: form(host), body: 'username=a&username=b&password=no' },
    { method: 'POST', target: '/login', host, headers: form('evil.test'), body: 'username=alice&password=no' },
    { method: 'POST', target: '/xmlrpc.php', host, headers: form(host), body: 'username=alice&password=no' },
  ],
  'what is exempt': ({ host, cookie }) => [
    { method: 'GET', target: '/healthz', host },
    { method: 'HEAD', target: '/healthz', host, headers: { cookie } },
    { method: 'POST', target: '/healthz', host, headers: form(host), body: 'a=b' },
  ],
  'forms of other sites, and their questions': ({ host }) => [
    {
      method: 'POST',
      target: '/acs',
      host,
      headers: form('x', { origin: 'https://idp.test', 'sec-fetch-site': 'cross-site' }),
      body: 'SAMLResponse=x',
    },
    { method: 'POST', target: '/acs', host, headers: form('evil.test'), body: 'SAMLResponse=x' },
    {
      method: 'OPTIONS',
      target: '/acs',
      host,
      headers: { origin: 'https://idp.test', 'access-control-request-method': 'POST' },
    },
  ],
  'hosts that are nobody’s': () =>
    ['nobody.test', 'localhost', '127.0.0.1', 'front.localhost.evil.test'].map((host) => ({
      method: 'GET',
      target: '/',
      host,
    })),
  'addresses that are not ours': ({ host }) =>
    ['/.sallyport/nothing', '/.sallyport', '/.Sallyport/sign-in', '/.well-known/webauthn', '/.sallyport/health'].map(
      (target) => ({ method: 'GET', target, host }),
    ),
  upgrades: ({ host, cookie }) =>
    ['/', '/ws', '/.sallyport/sign-in'].map((target) => ({
      method: 'GET',
      target,
      host,
      headers: {
        cookie,
        connection: 'Upgrade',
        upgrade: 'websocket',
        origin: `http://${host}`,
        'sec-websocket-version': '13',
        'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==',
      },
    })),
};

/** Stands still, so that no delay ends meanwhile, however slow the machine is. */
class Frozen extends TestClock {
  readonly #at = super.now();
  readonly #mono = super.monotonic();

  override now(): number {
    return this.#at;
  }

  override monotonic(): number {
    return this.#mono;
  }
}

/** One Sallyport before an app with a login, and a client that keeps its connections. */
class Site {
  readonly sally: Sallyport;
  readonly #pool: Pool;
  readonly #postgres: string | undefined;
  readonly close: () => Promise<void>;

  private constructor(sally: Sallyport, url: string | undefined, close: () => Promise<void>) {
    this.sally = sally;
    this.#postgres = url;
    this.#pool = new Pool(`http://127.0.0.1:${sally.port}`, { connections: AT_ONCE });
    this.close = async () => {
      await this.#pool.destroy();
      await close();
    };
  }

  static async open(url: string | undefined): Promise<Site> {
    const app = await startLoginApp();
    const data = await mkdtemp(join(tmpdir(), 'sallyport-anonymous-'));
    await writeFile(join(data, 'app.yml'), presetText());
    const more = ['    cross_site: [{ path: /acs, from: ["https://idp.test"] }]'];
    const [front, bound, people] = HOSTS;
    const block = (id: string, host: string, realm: string) => [
      `  ${id}:`,
      `    hosts: [${host}]`,
      `    origin: http://${host}`,
      `    upstream: ${app.origin}`,
      `    realm: ${realm}`,
      ...more,
    ];
    const sally = await startSallyport({
      realm: 'app',
      // One for each host: so each has passkeys of its own.
      realms: ['  others: { source: app }', '  people: { source: local }'],
      host: front,
      data,
      clock: new Frozen(),
      upstream: app.upstream,
      top: ['trusted_proxies: [127.0.0.1]'],
      ...(url === undefined ? {} : { postgres: url }),
      app: [`    login: { preset: ${data}/app.yml, order: login-first }`, ...more],
      apps: [
        ...block('bound', bound, 'others'),
        `    login: { preset: ${data}/app.yml, order: factor-first }`,
        ...block('people', people, 'people'),
        '    exemptions: [{ method: GET, path: /healthz, reason: r, owner: o, expires: 2099-12-31 }]',
      ],
    });
    for (const realm of ['staff', 'others', 'people']) await addAccount(sally.manage, { name: 'alice', realm });
    return new Site(sally, url, async () => {
      await sally.close();
      await app.close();
      await rm(data, { recursive: true, force: true });
    });
  }

  rows(): Promise<Readonly<Record<string, number>>> {
    return countRows(this.#postgres, this.sally.data);
  }

  /** The same, once what was done so far has its place in the record, and the first head is kept. */
  sealed(): Promise<Readonly<Record<string, number>>> {
    return countSealedRows(this.#postgres, this.sally.data);
  }

  /** What a stranger has after having begun everything at a host. */
  async held(host: string): Promise<Held> {
    const cookies = new Map<string, string>();
    const post = async (target: string, json: object) => {
      const cookie = [...cookies].map((pair) => pair.join('=')).join('; ');
      const answer = await this.sally.send('POST', target, { json, cookie, host, origin: `http://${host}` });
      for (const line of answer.all('set-cookie')) {
        const [pair = ''] = line.split(';');
        cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
      }
      return answer.body;
    };
    await post('/.sallyport/sign-in', { account: 'alice' });
    const options = JSON.parse(await post('/.sallyport/sign-in/passkey/options', { start: 'yes' })) as { rpId: string };
    const device = new Authenticator();
    const user = { id: 'AAAA' };
    device.create({ options: { challenge: 'AAAA', rp: { id: options.rpId }, user }, origin: `http://${host}` });
    const answer = JSON.stringify(device.get({ options, origin: `http://${host}` }));
    return { host, cookie: [...cookies].map((pair) => pair.join('=')).join('; '), answer };
  }

  async #ask({ method, target, host, headers = {}, body }: Ask, source: string): Promise<number> {
    const all = { ...headers, host, 'x-forwarded-for': source };
    if (headers['upgrade'] !== undefined || !/^[!-~]+$/.test(target)) {
      const head = [`${method} ${target} HTTP/1.1`, ...Object.entries(all).map(([name, value]) => `${name}: ${value}`)];
      const { text } = await this.sally.raw(`${head.join('\r\n')}\r\n\r\n`, {
        until: (got) => got.includes('\r\n\r\n'),
      });
      return Number(text.slice(9, 12));
    }
    const sent = { path: target, method: method as 'GET', headers: all, ...(body === undefined ? {} : { body }) };
    const answer = await this.#pool.request(sent);
    await answer.body.dump();
    return answer.statusCode;
  }

  /** So many of a lot from the `from`-th on, by turns and far apart; how often each answer came. */
  async send(asks: readonly Ask[], from: number, source: string): Promise<Map<number, number>> {
    const statuses = new Map<number, number>();
    let sent = from;
    const one = async () => {
      while (sent < from + TIMES) {
        const ask = asks[(sent++ * STRIDE) % asks.length];
        assert.ok(ask);
        const status = await this.#ask(ask, source);
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    this.sally.upstream.clear();
    // What the test keeps of the log would be searched for sessions too, in the end.
    this.sally.log.length = 0;
    return statuses;
  }
}

function grown(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
  most: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(after)
    .filter(([table, count]) => count - (before[table] ?? 0) > (most[table] ?? 0))
    .map(([table, count]) => `${table}: ${before[table]} → ${count}`);
}

test('every address of ours has a line of what a stranger may post to it', () => {
  assert.deepEqual(ROUTES.map(({ path }) => path).sort(), Object.keys(BODIES).sort());
});

/** Open until everything of both is counted. */
const sites: Site[] = [];
after(async () => {
  for (const site of sites) await site.close();
});

for (const kind of ['sqlite', 'postgres'] as const)
  test(`${kind}: whatever strangers send leaves what is stated, and as many again leave nothing`, async (t) => {
    const site = await Site.open(kind === 'postgres' ? await (await postgres()).migrated() : undefined);
    sites.push(site);
    // Tens of thousands are refused, and nobody looks at where.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    t.after(() => {
      Error.stackTraceLimit = stackTraceLimit;
    });
    const holders: Held[] = [];
    for (const host of HOSTS) holders.push(await site.held(host));
    const wrong: string[] = [];
    let network = 20;
    let rows = await site.sealed();
    const lot = async (what: string, asks: readonly Ask[], from: number, most: typeof LASTING) => {
      const begun = performance.now();
      // Each lot is of a network of its own, and has no other's failures to bear.
      const statuses = await site.send(asks, from, `${network}.0.0.7`);
      const after = await site.rows();
      wrong.push(...grown(rows, after, most).map((more) => `${what}, from ${from} on: ${more}`));
      rows = after;
      const told = [...statuses].map(([status, count]) => `${status}: ${count}`).join(', ');
      t.diagnostic(`${what}: ${Math.round(performance.now() - begun)} ms; ${told}`);
    };
    for (const [what, asks] of lotsOf(holders)) {
      network += 1;
      await lot(what, asks, 0, LASTING);
      await lot(what, asks, TIMES, MORE);
    }
    assert.deepEqual(wrong, []);
  });

// Once, of both: each look at all objects of the process collects its garbage to the last, some seconds of work.
test('and nothing of it stays in memory', () => {
  assert.equal(sites.length, 2);
  // Jars of visitors are bounded by themselves (test/unit/jar/visitors.test.ts).
  for (const each of [Session, IncomingMessage]) {
    const count = queryObjects(each, { format: 'count' });
    assert.ok(count <= 4 * AT_ONCE, `${each.name}: ${count}`);
  }
});
