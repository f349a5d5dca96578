import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import test, { after } from 'node:test';
import { exampleText, presetSchemaText, schemaText } from '../../../src/config/example.ts';
import { checkConfigText, configFromArguments, loadConfigFile, storePassword } from '../../../src/config/load.ts';
import { SallyportError } from '../../../src/errors.ts';

const SECRET = 'hunter2 sécret%/@';
const dir = mkdtempSync(join(tmpdir(), 'sallyport-config-'));
after(() => rmSync(dir, { recursive: true }));
const clock = { now: () => Date.UTC(2026, 10, 23), monotonic: () => 0 };

function write(name: string, text: string, mode = 0o600): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

const REST =
  'realms: { customers: { source: app } }\napps:\n  portal: { hosts: [Portal.example.org], upstream: http://10.0.0.5:8080, realm: customers, login: { unbound: { reason: r, owner: o, expires: 2099-12-31 } } }\n';
const load = (text: string, env: Record<string, string> = {}) =>
  loadConfigFile(write('config.yml', text), { clock, env });

test('the minimal file becomes a whole configuration with every default', async () => {
  const { config, faults, findings } = await load(`listen: 127.0.0.1:8443\n${REST}`);
  assert.deepEqual({ faults, findings }, { faults: [], findings: [] });
  const [app] = config?.apps ?? [];
  assert.deepEqual(config?.listen, { host: '127.0.0.1', port: 8443 });
  assert.deepEqual(config?.store, { kind: 'sqlite', path: '/var/lib/sallyport/sallyport.db' });
  assert.equal(config?.masterKeyFile, '/var/lib/sallyport/master.key');
  assert.deepEqual(app?.hosts, [{ name: 'portal.example.org', port: null }]);
  assert.equal(app?.origin, 'http://portal.example.org:8443');
  assert.equal(app?.realm, config?.realms.get('customers'));
  assert.equal(app?.realm.source, 'app');
  assert.deepEqual(app?.sessions, { idleMs: 1_800_000, absoluteMs: 28_800_000 });
  assert.equal(app?.upstream.host, 'preserve');
  assert.equal(config?.keys.rotateMs, 90 * 86_400_000);
  const day = 86_400_000;
  assert.deepEqual(config?.retention, {
    refusals: 90 * day,
    signIns: 400 * day,
    running: 400 * day,
    decisions: 2190 * day,
  });
});

test('nodes: a heartbeat is at most half of trust, whichever of the two is written; neither is outside its limits', async () => {
  const judged = async (nodes: string) => {
    const { config, faults } = await load(`nodes: ${nodes}\n${REST}`);
    return config?.nodes ?? faults.map(({ path, line, message }) => `${line} ${path}: ${message}`);
  };
  assert.deepEqual(await judged('{}'), { heartbeatMs: 250, trustMs: 1000 });
  assert.deepEqual(await judged('{ heartbeat: 500ms }'), { heartbeatMs: 500, trustMs: 1000 });
  assert.deepEqual(await judged('{ trust: 500ms }'), { heartbeatMs: 250, trustMs: 500 });
  assert.deepEqual(await judged('{ heartbeat: 10s, trust: 1m }'), { heartbeatMs: 10_000, trustMs: 60_000 });
  for (const nodes of [
    '{ heartbeat: 501ms }',
    '{ trust: 499ms }',
    '{ heartbeat: 2s, trust: 2s }',
    '{ trust: 200ms }',
  ]) {
    const [fault, ...others] = (await judged(nodes)) as string[]; // a configuration would not be a list
    assert.match(fault ?? '', /^1 nodes: trust \(\S+\) must be at least twice heartbeat \(\S+\)/, nodes);
    assert.deepEqual(others, []);
  }
  assert.deepEqual(await judged('{ heartbeat: 49ms }'), ['1 nodes.heartbeat: Expected a duration from 50ms to 10s.']);
  assert.deepEqual(await judged('{ trust: 61s }'), ['1 nodes.trust: Expected a duration from 200ms to 1m.']);
});

test('connections and stream_timeout of an app: their defaults, their values, and what they cannot be', async () => {
  const app = (more: string, upstream: string) =>
    `realms: { a: { source: local } }\napps:\n  p: { hosts: [p.test], realm: a, ${more}upstream: { url: "http://x.test"${upstream} } }\n`;
  const judged = async (more: string, upstream: string) => {
    const { config, faults } = await load(app(more, upstream));
    const told = config?.apps[0]?.upstream;
    return told === undefined
      ? faults.map(({ path, message }) => `${path}: ${message}`)
      : [told.exclusive, told.connections, told.streamTimeoutMs];
  };
  assert.deepEqual(await judged('', ''), [false, 128, 3_600_000]);
  const set = ', connections: 7, stream_timeout: 7d';
  assert.deepEqual(await judged('connections: exclusive, ', set), [true, 7, 7 * 86_400_000]);
  assert.deepEqual(await judged('connections: shared, ', ', stream_timeout: 1s'), [false, 128, 1000]);
  assert.deepEqual(await judged('connections: 7, ', ''), ['apps.p.connections: Expected one of: shared, exclusive.']);
  for (const timeout of ['8d', '999ms'])
    assert.deepEqual(await judged('', `, stream_timeout: ${timeout}`), [
      'apps.p.upstream.stream_timeout: Expected a duration from 1s to 7d.',
    ]);
});

test('behind a trusted proxy the public origin is https without our port', async () => {
  const { config } = await load(`listen: 0.0.0.0:8080\ntrusted_proxies: [10.0.0.1]\n${REST}`);
  assert.equal(config?.apps[0]?.origin, 'https://portal.example.org');
});

test('limits of sessions come from the app, else the realm, else the top, each by itself', async () => {
  const { config } = await load(
    'sessions: { idle: 20m, absolute: 4h }\nrealms: { a: { source: local, sessions: { idle: 10m } } }\napps:\n  p: { hosts: [p.test], upstream: http://x.test, realm: a, sessions: { absolute: 2h } }\n',
  );
  assert.deepEqual(config?.realms.get('a')?.sessions, { idleMs: 600_000, absoluteMs: 14_400_000 });
  assert.deepEqual(config?.apps[0]?.sessions, { idleMs: 600_000, absoluteMs: 7_200_000 });
});

test('relative paths start at the folder of the file; port and data of the command line win', async () => {
  const file = write('config.yml', `data: state\nmaster_key: keys/m\nstore: sqlite:x.db\n${REST}`);
  const plain = (await loadConfigFile(file, { clock, env: {} })).config;
  assert.equal(plain?.dataDir, join(dir, 'state'));
  assert.equal(plain?.masterKeyFile, join(dir, 'keys/m'));
  assert.deepEqual(plain?.store, { kind: 'sqlite', path: join(dir, 'x.db') });
  const over = (await loadConfigFile(file, { clock, env: {}, port: 9999, dataDir: 'elsewhere' })).config;
  assert.equal(over?.listen.port, 9999);
  assert.equal(over?.dataDir, resolve('elsewhere'));
  assert.equal(over?.apps[0]?.origin, 'http://portal.example.org:9999');
});

test('the configuration is frozen to the bottom, its maps too', async () => {
  const { config } = await load(
    REST.replace('login: none', 'headers: { Remote-User: "{account}" }, rules: [{ path: /a }]'),
  );
  const loose: unknown[] = [];
  const look = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if (!Object.isFrozen(value)) loose.push(value);
    for (const inner of value instanceof Map ? value.values() : Object.values(value)) look(inner);
  };
  assert.ok(config);
  look(config);
  assert.deepEqual(loose, []);
  assert.throws(() => (config.realms as Map<string, unknown>).set('x', 1), /cannot be changed/); // the cast is the attack
});

test('what is not a readable text file is one fault and no exception', async () => {
  const odd = join(dir, 'odd.yml');
  writeFileSync(odd, Buffer.from([0x61, 0xff]));
  for (const [file, says] of [
    [join(dir, 'absent.yml'), /no file/],
    [dir, /not a file/],
    [odd, /UTF-8/],
  ] as const) {
    const { config, faults } = await loadConfigFile(file, { clock, env: {} });
    assert.equal(config, undefined);
    assert.match(faults[0]?.message ?? '', says);
  }
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const withTls = (cert: string, key: string) => `tls:\n  cert: ${cert}\n  key: ${key}\n${REST}`;

test('files of tls that are missing, open to others or no PEM are faults at their lines', async () => {
  const key = write('open.key', pem, 0o604);
  const missing = await load(withTls('absent.crt', key));
  assert.deepEqual(
    missing.faults.map((f) => `${f.line} ${f.path}`),
    ['2 tls.cert', '3 tls.key'],
  );
  assert.match(missing.faults[0]?.message ?? '', /no file/);
  assert.match(missing.faults[1]?.message ?? '', /chmod o-rwx/);
  const swapped = await load(withTls(write('a.crt', pem), write('a.key', SECRET)));
  assert.deepEqual(
    swapped.faults.map((f) => f.path),
    ['tls.cert', 'tls.key'],
  );
  assert.ok(!JSON.stringify(swapped).includes(SECRET));
});

test('an authority that cannot be read is a fault', async () => {
  const { faults } = await load(REST.replace('http://10.0.0.5:8080', '{ url: "https://a.test", ca: absent.pem }'));
  assert.deepEqual(
    faults.map((f) => f.path),
    ['apps.portal.upstream.ca'],
  );
});

const POSTGRES = `store: postgres://u@db.test/x\n`;

test('the password of the store comes from a file or the environment, and never from both', async () => {
  const file = write('password', `${SECRET}\n`);
  const fromFile = await load(`${POSTGRES}store_password_file: ${file}\n${REST}`);
  const fromEnv = await load(`${POSTGRES}${REST}`, { SALLYPORT_STORE_PASSWORD: SECRET });
  for (const { config } of [fromFile, fromEnv]) assert.equal(config && storePassword(config), SECRET);
  const none = await load(`${POSTGRES}${REST}`);
  assert.equal(none.config && storePassword(none.config), undefined);
  const both = await load(`${POSTGRES}store_password_file: ${file}\n${REST}`, { SALLYPORT_STORE_PASSWORD: SECRET });
  assert.match(both.faults[0]?.message ?? '', /Keep one/);
  assert.ok(!JSON.stringify(both).includes(SECRET));
});

test('a password file that others can read, or that is empty, is a fault', async () => {
  for (const [file, says] of [
    [write('p1', SECRET, 0o644), /chmod/],
    [write('p2', '\n'), /one line/],
  ] as const) {
    const { config, faults } = await load(`${POSTGRES}store_password_file: ${file}\n${REST}`);
    assert.equal(config, undefined);
    assert.match(faults[0]?.message ?? '', says);
    assert.ok(!JSON.stringify(faults).includes(SECRET));
  }
});

test('an expired exemption does not stop the start, and is a finding', async () => {
  const { config, faults, findings } = await load(
    REST.replace(
      'realm: customers,',
      'realm: customers, exemptions: [{ method: GET, path: /healthz, reason: r, owner: o, expires: 2026-11-22 }],',
    ),
  );
  assert.deepEqual(faults, []);
  assert.equal(config?.apps[0]?.exemptions[0]?.expiresAt, Date.UTC(2026, 10, 23));
  assert.deepEqual(
    findings.map((f) => `${f.line} ${f.path}`),
    ['3 apps.portal.exemptions[0].expires'],
  );
});

test('arguments become one app on the names of this machine', () => {
  const config = configFromArguments({
    upstream: 'http://127.0.0.1:9000',
    port: 8081,
    headers: { 'Remote-User': '{account}' },
  });
  assert.equal(config.file, null);
  assert.deepEqual(config.listen, { host: '127.0.0.1', port: 8081 });
  assert.equal(config.dataDir, resolve('var'));
  assert.equal(config.apps[0]?.origin, 'http://localhost:8081');
  assert.deepEqual(
    config.apps[0]?.hosts.map((h) => h.name),
    ['localhost', '127.0.0.1', '[::1]'],
  );
  assert.equal(config.apps[0]?.realm.source, 'local');
  assert.equal(config.apps[0]?.headers.get('Remote-User'), '{account}');
});

test('arguments that are wrong are refused with the name of the option', () => {
  const refused = (says: RegExp) => (error: unknown) =>
    error instanceof SallyportError && error.code === 'usage' && says.test(error.message);
  assert.throws(() => configFromArguments({ upstream: 'nonsense' }), refused(/^--upstream: /));
  assert.throws(() => configFromArguments({ upstream: 'http://localhost:8080' }), refused(/circle/));
  assert.throws(() => configFromArguments({ port: 70_000 }), refused(/^--port: /));
});

const UNCOMMENTED = exampleText().replace(/^( *)#(?! \S)/gm, '$1');

test('the example is valid as it stands, and with every option in force', async () => {
  const loaded = await load(exampleText());
  assert.deepEqual({ faults: loaded.faults, findings: loaded.findings }, { faults: [], findings: [] });
  // An authority is for https only; the example shows the more common http.
  // A list of an app has one source, and one way to be let in.
  const one = (text: string) =>
    text.replace(/^ {6}(?:file: portal-accounts|sql:|ldap:|token_file:)[^\n]*\n(?: {7,}[^\n]*\n)*/gm, '');
  const everything = one(UNCOMMENTED.replace('url: http:', 'url: https:'));
  assert.deepEqual(checkConfigText(everything, clock.now()), { faults: [], findings: [] });
});

test('the example names every option of the schema', () => {
  const keys = new Set<string>();
  const collect = (schema: unknown): void => {
    if (typeof schema !== 'object' || schema === null) return;
    if ('properties' in schema && typeof schema.properties === 'object')
      for (const key of Object.keys(schema.properties ?? {})) keys.add(key);
    for (const inner of Object.values(schema)) collect(inner);
  };
  const schema = JSON.parse(schemaText());
  // The options of a login are those of presets, which have a schema of their own.
  delete schema.properties.apps.additionalProperties.properties.login.anyOf;
  collect(schema);
  assert.ok(keys.size > 50);
  for (const key of keys) assert.match(UNCOMMENTED, new RegExp(`^ *(?:- )?${key}:`, 'm'));
});

test('the generated files are what the schema makes of them', () => {
  const root = new URL('../../../config/', import.meta.url);
  assert.equal(readFileSync(new URL('example.yml', root), 'utf8'), exampleText());
  assert.equal(readFileSync(new URL('schema.json', root), 'utf8'), schemaText());
  assert.equal(readFileSync(new URL('presets/schema.json', root), 'utf8'), presetSchemaText());
});

test('a folder in place of a key file is a fault', async () => {
  mkdirSync(join(dir, 'folder'));
  const { faults } = await load(withTls(join(dir, 'folder'), join(dir, 'folder')));
  assert.deepEqual(
    faults.map((f) => f.path),
    ['tls.cert', 'tls.key'],
  );
});
