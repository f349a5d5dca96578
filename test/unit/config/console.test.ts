import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { everyApp } from '../../../src/config/console.ts';
import { checkConfigText, configFromArguments, loadConfigFile } from '../../../src/config/load.ts';
import type { ConsoleConfig } from '../../../src/config/types.ts';

const NOW = Date.UTC(2026, 10, 28);
const dir = mkdtempSync(join(tmpdir(), 'sallyport-config-'));
after(() => rmSync(dir, { recursive: true, force: true }));

interface Lines {
  readonly console?: string;
  readonly realm?: string;
  readonly host?: string;
  readonly listen?: string;
  readonly upstream?: string;
  readonly top?: readonly string[];
  readonly realms?: readonly string[];
}

function text(lines: Lines): string {
  const host = lines.host ?? 'portal.example.org';
  return [
    `listen: ${lines.listen ?? '127.0.0.1:8080'}`,
    ...(lines.console === undefined ? [] : [`console: ${lines.console}`]),
    ...(lines.top ?? []),
    'realms:',
    `  staff: { ${lines.realm ?? 'source: local'} }`,
    ...(lines.realms ?? []),
    'apps:',
    `  portal: { hosts: [${host}], upstream: "${lines.upstream ?? 'http://10.0.0.5'}", realm: staff, login: ${lines.realm === 'source: app' ? '{ unbound: { reason: a, owner: b, expires: 2099-12-31 } }' : 'none'} }`,
    '',
  ].join('\n');
}

async function loaded(lines: Lines): Promise<ConsoleConfig> {
  const file = join(dir, 'sallyport.yml');
  writeFileSync(file, text(lines));
  const { config, faults } = await loadConfigFile(file, { env: {} });
  assert.deepEqual(faults, []);
  assert.ok(config?.console != null);
  assert.ok(Object.isFrozen(config.console.app));
  assert.ok(!config.apps.includes(config.console.app), 'it is none of the apps that are guarded');
  assert.deepEqual(everyApp(config), [...config.apps, config.console.app]);
  return config.console;
}

test('what is not said: on this machine, by passkey, of the only realm', async () => {
  const own = await loaded({ console: '{}' });
  assert.deepEqual(own.listen, { host: '127.0.0.1', port: 9443 });
  assert.equal(own.origin, 'http://localhost:9443');
  assert.equal(own.tls, null);
  assert.equal(own.app.id, 'console');
  assert.equal(own.app.realm.id, 'staff');
  assert.deepEqual(own.app.rules, [{ path: '/**', require: 'passkey', maxAgeMs: null, groups: [] }]);
  assert.deepEqual(own.app.exemptions, []);
  assert.deepEqual(own.app.sessions, { idleMs: 30 * 60_000, absoluteMs: 8 * 3_600_000 });
});

test('without the block there is none, and by arguments there is one where a port is said', () => {
  assert.equal(configFromArguments({}).console, null);
  assert.equal(configFromArguments({ consolePort: 9450 }).console?.origin, 'http://localhost:9450');
});

test('its sessions are never longer than those of its realm, nor than its own limits', async () => {
  const short = await loaded({ console: '{}', realm: 'source: local, sessions: { idle: 5m, absolute: 1h }' });
  assert.deepEqual(short.app.sessions, { idleMs: 5 * 60_000, absoluteMs: 3_600_000 });
  const long = await loaded({ console: '{}', realm: 'source: local, sessions: { idle: 2h, absolute: 20h }' });
  assert.deepEqual(long.app.sessions, { idleMs: 30 * 60_000, absoluteMs: 8 * 3_600_000 });
});

test('under the domain of its realm it shares the passkeys; elsewhere it has its own, and takes none from the apps', async () => {
  const file = join(dir, 'both.yml');
  const parties = async (lines: Lines) => {
    writeFileSync(file, text({ ...lines, top: ['trusted_proxies: [10.0.0.7]'] }));
    const { config, faults, findings } = await loadConfigFile(file, { env: {} });
    assert.deepEqual([faults, findings], [[], []]);
    return everyApp(config ?? { apps: [], console: null }).map(({ relyingParty: party }) => [
      party?.id,
      party?.origins,
    ]);
  };
  assert.deepEqual(await parties({ console: '{}' }), [
    ['portal.example.org', ['https://portal.example.org']],
    ['localhost', ['http://localhost:9443']],
  ]);
  assert.deepEqual(await parties({ console: '{ origin: "https://portal.example.org:9443" }' }), [
    ['portal.example.org', ['https://portal.example.org']],
    ['portal.example.org', ['https://portal.example.org:9443']],
  ]);
  const shared = {
    console: '{ origin: "https://console.example.org" }',
    realm: 'source: local, passkeys: { id: example.org }',
  };
  assert.deepEqual(await parties(shared), [
    ['example.org', ['https://portal.example.org']],
    ['example.org', ['https://console.example.org']],
  ]);
});

test('where people prove no password here, the passkey must know who holds it', async () => {
  assert.equal((await loaded({ console: '{}' })).app.relyingParty?.verification, 'preferred');
  assert.equal((await loaded({ console: '{}', realm: 'source: app' })).app.relyingParty?.verification, 'required');
});

const TWO = ['  people: { source: local }'];
const PROXY = ['trusted_proxies: [10.0.0.7]'];
const FAULTS: readonly (readonly [what: string, lines: Lines, path: string, says: RegExp])[] = [
  [
    'plain http from afar',
    { console: '{ listen: "10.0.0.4:9443", origin: "https://c.example.org" }' },
    'console.listen',
    /^Without TLS, passwords would cross the network/,
  ],
  [
    'the address of the apps',
    { console: '{ listen: "127.0.0.1:8080", origin: "http://localhost:9" }' },
    'console.listen',
    /^The apps are at this address/,
  ],
  [
    'the port of the apps on every address',
    { console: '{ listen: "0.0.0.0:8080", origin: "https://c.example.org" }', top: PROXY },
    'console.listen',
    /^The apps are at this address/,
  ],
  [
    'no origin away from this machine',
    { console: '{ listen: "10.0.0.4:9443" }', top: PROXY },
    'console.origin',
    /^Required\. Write the address/,
  ],
  [
    'the origin of an app',
    { console: '{ origin: "https://portal.example.org" }', top: PROXY },
    'console.origin',
    /^The app portal is at this address/,
  ],
  [
    'several realms',
    { console: '{}', realms: TWO },
    'console.realm',
    /^Required\. Name the realm of the administrators: staff, people\./,
  ],
  [
    'a realm that is none',
    { console: '{ realm: stuff }' },
    'console.realm',
    /^There is no such realm\. Did you mean staff/,
  ],
  [
    'an address without passkeys',
    { console: '{ origin: "http://127.0.0.1:9443" }' },
    'console.require',
    /^Nobody could pass: .* reached at an address/,
  ],
  [
    'http without passkeys',
    { console: '{ origin: "http://c.example.org" }' },
    'console.require',
    /^Nobody could pass: .* reached by http/,
  ],
  [
    'a realm without passkeys',
    { console: '{}', realm: 'source: local, passkeys: { offer: false }' },
    'console.require',
    /^Nobody could pass: .* offer: false/,
  ],
  [
    'a code alone',
    { console: '{ require: mfa }', realm: 'source: app' },
    'console.require',
    /^People of the realm staff prove no password here/,
  ],
  [
    'an app that leads here',
    { console: '{}', upstream: 'http://127.0.0.1:9443' },
    'apps.portal.upstream',
    /^This is the address of the console/,
  ],
];

for (const [what, lines, path, says] of FAULTS)
  test(`a fault: ${what}`, () => {
    const { faults } = checkConfigText(text(lines), NOW);
    const found = faults.find((fault) => fault.path === path);
    assert.match(found?.message ?? `none, but ${JSON.stringify(faults)}`, says);
    assert.ok((found?.line ?? 0) >= 1);
  });

test('an app cannot be called as the console is, with or without one', () => {
  for (const own of [{}, { console: '{}' }]) {
    const { faults } = checkConfigText(text(own).replace('portal:', 'console:'), NOW);
    assert.deepEqual(
      faults.map(({ path }) => path),
      ['apps.console'],
    );
  }
});

test('codes where passkeys could be are a finding, and no fault', () => {
  const { faults, findings } = checkConfigText(text({ console: '{ require: mfa }' }), NOW);
  assert.deepEqual([faults, findings.map(({ path }) => path)], [[], ['console.require']]);
  assert.deepEqual(checkConfigText(text({ console: '{}' }), NOW), { faults: [], findings: [] });
});
