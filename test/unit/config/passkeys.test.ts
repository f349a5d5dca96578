import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { checkConfigText, configFromArguments, loadConfigFile } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/types.ts';
import { TEST_TLS } from '../../support/sallyport.ts';

const NOW = Date.UTC(2026, 10, 23);
const dir = mkdtempSync(join(tmpdir(), 'sallyport-passkeys-'));
after(() => rmSync(dir, { recursive: true }));

interface Wish {
  /** What stands in the block `passkeys`, in line 2. */
  readonly passkeys?: string;
  /** Lines of apps, from line 4. */
  readonly apps: readonly string[];
  /** Appended after the apps. */
  readonly more?: readonly string[];
}

const PROXIED = 'listen: 0.0.0.0:8080\ntrusted_proxies: [10.0.0.1]\n';
const app = (id: string, options: string) => `  ${id}: { upstream: "http://10.0.0.5:8080", realm: staff, ${options} }`;

/** The realm stands in line 1 and its passkeys in line 2; the first app in line 4. Served behind a proxy, so by https. */
function file({ passkeys = '', apps, more = [] }: Wish): string {
  return [
    'realms: { staff: { source: local,',
    `  passkeys: { ${passkeys} } } }`,
    'apps:',
    ...apps,
    ...more,
    PROXIED,
  ].join('\n');
}

async function load(text: string): Promise<{ config: Config; findings: readonly string[] }> {
  const path = join(dir, 'config.yml');
  writeFileSync(path, text);
  const { config, faults, findings } = await loadConfigFile(path, {
    clock: { now: () => NOW, monotonic: () => 0 },
    env: {},
  });
  assert.ok(config, JSON.stringify(faults));
  return { config, findings: findings.map(({ path: at, line }) => `${line} ${at}`) };
}

const one = app('portal', 'hosts: [Portal.example.org]');
const two = [app('portal', 'hosts: [portal.example.org]'), app('wiki', 'hosts: [wiki.example.org]')];

test('a realm of one host takes passkeys of that host, with every default', async () => {
  const { config, findings } = await load(file({ apps: [one] }));
  assert.deepEqual(config.apps[0]?.relyingParty, {
    id: 'portal.example.org',
    name: 'portal.example.org',
    origins: ['https://portal.example.org'],
    verification: 'preferred',
    models: [],
    roots: [],
  });
  assert.equal(config.relatedOrigins.size, 0);
  assert.deepEqual(findings, []);
});

test('the name is that of the realm, else that of the pages, else the host', async () => {
  const nameOf = async (wish: Wish) => (await load(file(wish))).config.apps[0]?.relyingParty?.name;
  const more = ['pages: { name: Example portal }'];
  assert.equal(await nameOf({ apps: [one], more }), 'Example portal');
  assert.equal(await nameOf({ apps: [one], more, passkeys: 'name: Staff' }), 'Staff');
});

test('several apps under one id share its passkeys, at each host with its port', async () => {
  const apps = [
    app('portal', 'hosts: [portal.example.org, "portal.example.org:8443"]'),
    app('wiki', 'hosts: [example.org], origin: "https://example.org"'),
  ];
  const { config, findings } = await load(file({ apps, passkeys: 'id: Example.org, verification: required' }));
  for (const { relyingParty } of config.apps) {
    assert.equal(relyingParty?.id, 'example.org');
    assert.equal(relyingParty?.verification, 'required');
    assert.deepEqual(relyingParty?.origins, [
      'https://portal.example.org',
      'https://portal.example.org:8443',
      'https://example.org',
    ]);
  }
  assert.deepEqual(findings, []);
});

test('an app of another realm has no part in the passkeys of this one', async () => {
  const text = `${file({ apps: two })}`
    .replace('staff: {', 'other: { source: local }, staff: {')
    .replace('realm: staff, hosts: [wiki', 'realm: other, hosts: [wiki');
  const { config } = await load(text);
  assert.deepEqual(
    config.apps.map((each) => each.relyingParty?.origins),
    [['https://portal.example.org'], ['https://wiki.example.org']],
  );
});

test('the demonstration has passkeys of localhost, and none at its addresses', () => {
  const config = configFromArguments({ upstream: 'http://127.0.0.1:9000', port: 8081 });
  assert.equal(config.apps[0]?.relyingParty?.id, 'localhost');
  assert.deepEqual(config.apps[0]?.relyingParty?.origins, ['http://localhost:8081']);
});

test('localhost beside a public name is for probes, and plays no part', async () => {
  const { config, findings } = await load(file({ apps: [app('portal', 'hosts: [portal.example.org, localhost]')] }));
  assert.deepEqual(config.apps[0]?.relyingParty?.origins, ['https://portal.example.org']);
  assert.deepEqual(findings, []);
});

const NOT_OFFERED: readonly [why: string, wish: Wish, findings: readonly string[]][] = [
  ['the realm says so', { apps: [one], passkeys: 'offer: false' }, ['2 realms.staff.passkeys.offer']],
  ['the app is reached at an address', { apps: [app('portal', 'hosts: [192.0.2.7]')] }, []],
  ['the app is reached at an IPv6 address', { apps: [app('portal', 'hosts: ["[2001:db8::7]"]')] }, []],
  [
    'the app is reached by plain http',
    { apps: [app('portal', 'hosts: [p.example.org], origin: "http://p.example.org"')] },
    [],
  ],
  ['the realm has several hosts and no id', { apps: two }, ['1 realms.staff']],
];

for (const [why, wish, expected] of NOT_OFFERED) {
  test(`passkeys are not offered when ${why}`, async () => {
    const { config, findings } = await load(file(wish));
    assert.ok(config.apps.every((each) => each.relyingParty === null));
    assert.deepEqual(findings, expected);
  });

  test(`a rule that asks for a passkey is a fault when ${why}, for nobody could pass`, () => {
    const apps = wish.apps.map((line) =>
      line.replace(/ }$/, ', rules: [{ path: /a }, { path: /b, require: passkey }] }'),
    );
    const fault = checkConfigText(file({ ...wish, apps }), NOW).faults[0];
    assert.equal(fault?.path, 'apps.portal.rules[1].require');
    assert.equal(fault?.line, 4);
    assert.match(fault?.message ?? '', /Nobody could pass.*require mfa/);
  });
}

test('where passkeys are offered a rule may ask for one', () => {
  const apps = [app('portal', 'hosts: [p.example.org], rules: [{ path: /a, require: passkey }]')];
  assert.deepEqual(checkConfigText(file({ apps }), NOW), { faults: [], findings: [] });
});

const RELATED = 'id: portal.example.org, related: [https://portal.example.com, "https://wiki.example.net:8443"]';
const FOREIGN = [
  one,
  app('com', 'hosts: [portal.example.com]'),
  app('net', 'hosts: ["wiki.example.net:8443"], origin: "https://wiki.example.net:8443"'),
];

test('related origins share the passkeys, and the document for the domain names them first', async () => {
  const { config, findings } = await load(file({ apps: FOREIGN, passkeys: RELATED }));
  const origins = ['https://portal.example.com', 'https://wiki.example.net:8443', 'https://portal.example.org'];
  for (const { relyingParty } of config.apps) {
    assert.equal(relyingParty?.id, 'portal.example.org');
    assert.deepEqual(relyingParty?.origins, origins);
  }
  assert.deepEqual([...config.relatedOrigins], [['portal.example.org', origins]]);
  assert.throws(() => (config.relatedOrigins as Map<string, unknown>).clear(), /cannot be changed/); // the cast is the attack
  assert.deepEqual(findings, []);
});

test('a domain that is not served here is a finding with the document that must be served there', () => {
  const apps = [app('com', 'hosts: [portal.example.com]')];
  const passkeys = 'id: login.example.org, related: [https://portal.example.com]';
  const { faults, findings } = checkConfigText(file({ apps, passkeys }), NOW);
  assert.deepEqual(faults, []);
  assert.equal(findings[0]?.path, 'realms.staff.passkeys.related');
  assert.equal(findings[0]?.line, 2);
  assert.match(findings[0]?.message ?? '', /https:\/\/login\.example\.org\/\.well-known\/webauthn answers/);
  assert.ok(findings[0]?.message.includes('{"origins":["https://portal.example.com"]}'));
});

test('a domain that is not served here has no document here', async () => {
  const apps = [app('com', 'hosts: [portal.example.com]')];
  const { config } = await load(
    file({ apps, passkeys: 'id: login.example.org, related: [https://portal.example.com]' }),
  );
  assert.equal(config.relatedOrigins.size, 0);
  assert.deepEqual(config.apps[0]?.relyingParty?.origins, ['https://portal.example.com']);
});

test('related origins of more than five names are a finding; five names under several suffixes are not', () => {
  const related = (names: readonly string[]) =>
    checkConfigText(file({ apps: [one], passkeys: `id: portal.example.org, related: [${names.join(', ')}]` }), NOW)
      .findings;
  const five = ['a.org', 'a.co.uk', 'x.b.org', 'y.b.org', 'c.org', 'd.org', 'e.org'].map((name) => `https://${name}`);
  assert.deepEqual(related(five), []);
  const [finding] = related([...five, 'https://f.org']);
  assert.equal(finding?.path, 'realms.staff.passkeys.related');
  assert.match(finding?.message ?? '', /no more than 5.*these are 6/);
});

/** One row per fault of passkeys: what is written, where it is reported and what the sentence says. */
const FAULTS: readonly [what: string, wish: Wish, path: string, line: number, says: RegExp][] = [
  ['an address', { apps: [one], passkeys: 'id: 192.0.2.7' }, 'realms.staff.passkeys.id', 2, /no passkey to an address/],
  ['an IPv6 address', { apps: [one], passkeys: 'id: "[::1]"' }, 'realms.staff.passkeys.id', 2, /to an address/],
  ['a public suffix', { apps: [one], passkeys: 'id: co.uk' }, 'realms.staff.passkeys.id', 2, /public suffix/],
  ['a suffix of a company', { apps: [one], passkeys: 'id: github.io' }, 'realms.staff.passkeys.id', 2, /public suffix/],
  ['one label', { apps: [one], passkeys: 'id: intranet' }, 'realms.staff.passkeys.id', 2, /one label/],
  ['an id with a port', { apps: [one], passkeys: 'id: "example.org:443"' }, 'realms.staff.passkeys.id', 2, /port/],
  ['an id with a scheme', { apps: [one], passkeys: 'id: "https://a.org"' }, 'realms.staff.passkeys.id', 2, /scheme/],
  [
    'an app outside the id',
    {
      apps: [one, app('com', 'hosts: [a.portal.example.org, portal.example.com]')],
      passkeys: 'id: portal.example.org',
    },
    'apps.com.hosts[1]',
    5,
    /Add https:\/\/portal\.example\.com to realms\.staff\.passkeys\.related/,
  ],
  [
    'a host that only ends like the id',
    { apps: [app('x', 'hosts: [evilexample.org]')], passkeys: 'id: example.org' },
    'apps.x.hosts[0]',
    4,
    /not under it/,
  ],
  [
    'a related origin with another port',
    {
      apps: [one, app('com', 'hosts: [portal.example.com]')],
      passkeys: 'id: portal.example.org, related: ["https://portal.example.com:8443"]',
    },
    'apps.com.hosts[0]',
    5,
    /Add https:\/\/portal\.example\.com to/,
  ],
  [
    'an app at an address, where the id is written',
    { apps: [one, app('bare', 'hosts: [192.0.2.7]')], passkeys: 'id: portal.example.org' },
    'apps.bare.hosts',
    5,
    /host name under portal\.example\.org/,
  ],
  [
    'a related origin by http',
    { apps: [one], passkeys: 'id: portal.example.org, related: ["http://a.example.com"]' },
    'realms.staff.passkeys.related[0]',
    2,
    /https/,
  ],
  [
    'a related address',
    { apps: [one], passkeys: 'id: portal.example.org, related: ["https://192.0.2.7"]' },
    'realms.staff.passkeys.related[0]',
    2,
    /host names only/,
  ],
  [
    'related origins without an id',
    { apps: [one], passkeys: 'related: [https://a.example.com]' },
    'realms.staff.passkeys.related',
    2,
    /Write that domain in id/,
  ],
  [
    'models without roots',
    { apps: [one], passkeys: 'models: [2fc0579f-8113-47ea-b116-bb5a8db9202a]' },
    'realms.staff.passkeys.models',
    2,
    /Name the PEM file/,
  ],
  [
    'roots without models',
    { apps: [one], passkeys: 'roots: r.pem' },
    'realms.staff.passkeys.roots',
    2,
    /List the AAGUIDs/,
  ],
  [
    'no models',
    { apps: [one], passkeys: 'models: [], roots: r' },
    'realms.staff.passkeys.models',
    2,
    /admit every model/,
  ],
  ['no AAGUID', { apps: [one], passkeys: 'models: [yubi], roots: r' }, 'realms.staff.passkeys.models[0]', 2, /AAGUID/],
  [
    'the AAGUID of no model',
    { apps: [one], passkeys: 'models: [00000000-0000-0000-0000-000000000000], roots: r' },
    'realms.staff.passkeys.models[0]',
    2,
    /names no model/,
  ],
  [
    'a discouraged verification',
    { apps: [one], passkeys: 'verification: discouraged' },
    'realms.staff.passkeys.verification',
    2,
    /preferred, required/,
  ],
  ['an unknown option', { apps: [one], passkeys: 'ids: x' }, 'realms.staff.passkeys.ids', 2, /no such option/],
];

for (const [what, wish, path, line, says] of FAULTS) {
  test(`passkeys: ${what} is a fault with its path, line and remedy, and nothing else is`, () => {
    const { faults, findings } = checkConfigText(file(wish), NOW);
    assert.deepEqual(
      faults.map((fault) => `${fault.line} ${fault.path}`),
      [`${line} ${path}`],
      JSON.stringify(faults),
    );
    assert.match(faults[0]?.message ?? '', says);
    assert.deepEqual(findings, []);
  });
}

test('several hosts without an id: the common domain is suggested, unless strangers can have hosts under it', () => {
  const said = (...hosts: string[]) =>
    checkConfigText(file({ apps: hosts.map((host, i) => app(`a${i}`, `hosts: [${host}]`)) }), NOW).findings.map(
      ({ message }) => message,
    );
  assert.match(said('a.example.org', 'b.example.org')[0] ?? '', /passkeys: \{ id: example\.org \}/);
  assert.match(said('a.b.example.org', 'b.example.org')[0] ?? '', /passkeys: \{ id: b\.example\.org \}/);
  for (const [first, second] of [
    ['one.co.uk', 'two.co.uk'],
    ['one.github.io', 'two.github.io'],
    ['one.org', 'two.org'],
    ['one.org', 'two.com'],
  ] as const) {
    const [message = ''] = said(first, second);
    assert.match(message, /passkeys\.related/);
    assert.doesNotMatch(message, /id: /);
  }
});

test('a faulty address of the server or of an app brings no complaint about passkeys with it', () => {
  const rule = 'rules: [{ path: /a, require: passkey }]';
  const good = file({ apps: [app('portal', `hosts: [p.example.org], ${rule}`)] });
  for (const [from, to, path] of [
    ['[10.0.0.1]', '[nonsense]', 'trusted_proxies[0]'],
    ['[p.example.org]', '["*.example.org"]', 'apps.portal.hosts[0]'],
    ['[p.example.org]', '[p.example.org], origin: nonsense', 'apps.portal.origin'],
    ['passkeys: {', 'passkeys: { id: "*.org"', 'realms.staff.passkeys.id'],
  ] as const) {
    const { faults, findings } = checkConfigText(good.replace(from, to), NOW);
    assert.deepEqual(
      faults.map((fault) => fault.path).filter((each) => each !== 'listen'),
      [path],
    );
    assert.deepEqual(findings, []);
  }
});

test('an id for an app that is reached by plain http is a finding', () => {
  const apps = [app('portal', 'hosts: [p.example.org], origin: "http://p.example.org"')];
  const { faults, findings } = checkConfigText(file({ apps, passkeys: 'id: p.example.org' }), NOW);
  assert.deepEqual(faults, []);
  assert.match(findings[0]?.message ?? '', /not offered at portal.*http:/);
});

const certificate = readFileSync(`${TEST_TLS}app.test.crt`, 'utf8').match(
  /-----BEGIN[\s\S]*?-----END CERTIFICATE-----/,
)?.[0];
const MODELS = 'models: [2FC0579F-8113-47ea-b116-bb5a8db9202a], roots: roots.pem';

test('every root of the file comes as PEM of its own, beside the models in lower case', async () => {
  writeFileSync(join(dir, 'roots.pem'), `# the first\n${certificate}\n# the second\n${certificate}\n`);
  const { config } = await load(file({ apps: [one], passkeys: MODELS }));
  const { models, roots = [] } = config.apps[0]?.relyingParty ?? {};
  assert.deepEqual(models, ['2fc0579f-8113-47ea-b116-bb5a8db9202a']);
  assert.equal(roots.length, 2);
  const { fingerprint256 } = new X509Certificate(certificate ?? '');
  for (const root of roots) assert.equal(new X509Certificate(root).fingerprint256, fingerprint256);
});

test('roots that are absent, no PEM, or only in part certificates are a fault', async () => {
  const path = join(dir, 'config.yml');
  for (const [text, says] of [
    [undefined, /no file/],
    ['', /certificates in PEM/],
    ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /certificates in PEM/],
    [`${certificate}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`, /nothing else/],
    [`${certificate}\n-----BEGIN CERTIFICATE-----\nAAAA\n`, /nothing else/],
  ] as const) {
    rmSync(join(dir, 'roots.pem'), { force: true });
    if (text !== undefined) writeFileSync(join(dir, 'roots.pem'), text);
    writeFileSync(path, file({ apps: [one], passkeys: MODELS }));
    const { config, faults } = await loadConfigFile(path, { clock: { now: () => NOW, monotonic: () => 0 }, env: {} });
    assert.equal(config, undefined);
    assert.deepEqual(
      faults.map((fault) => `${fault.line} ${fault.path}`),
      ['2 realms.staff.passkeys.roots'],
    );
    assert.match(faults[0]?.message ?? '', says);
  }
});

test('roots that have all expired are a finding', async () => {
  const path = join(dir, 'config.yml');
  writeFileSync(join(dir, 'roots.pem'), certificate ?? '');
  writeFileSync(path, file({ apps: [one], passkeys: MODELS }));
  const later = new X509Certificate(certificate ?? '').validToDate.getTime();
  const { config, findings } = await loadConfigFile(path, { clock: { now: () => later, monotonic: () => 0 }, env: {} });
  assert.ok(config);
  assert.match(findings[0]?.message ?? '', /expired/);
});

test('what follows from all apps of a realm together is worked out once for all of them', async () => {
  const many = Array.from({ length: 40 }, (_, i) => app(`app${i}`, `hosts: [a${i}.example.org]`));
  const { config } = await load(file({ passkeys: 'id: example.org', apps: many }));
  const origins = config.apps.map(({ relyingParty }) => relyingParty?.origins);
  assert.equal(origins[0]?.length, 40);
  assert.equal(new Set(origins).size, 1, 'one list, not one for each app');
});
