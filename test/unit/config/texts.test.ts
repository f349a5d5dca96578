import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { configFromArguments, loadConfigFile } from '../../../src/config/load.ts';
import { canonicalText, HIDDEN, textOfConfig, textOfPreset } from '../../../src/config/texts.ts';

test('the same configuration is the same text, however it is written', () => {
  assert.equal(
    canonicalText({ b: [1, { d: 2, c: 'x' }], a: null }),
    canonicalText({ a: null, b: [1, { c: 'x', d: 2 }] }),
  );
});

test('passwords in addresses and fixed headers are not kept', () => {
  const text = canonicalText({
    store: 'postgres://sallyport:s3cret@db.example.org/sallyport',
    apps: { wiki: { upstream: 'http://u:p4ss@10.0.0.5', headers: { 'X-Key': 'k3y', 'Remote-User': '{account}' } } },
  });
  for (const secret of ['s3cret', 'p4ss', 'k3y']) assert.ok(!text.includes(secret), secret);
  assert.ok(text.includes(`postgres://sallyport:${HIDDEN}@db.example.org/sallyport`));
  assert.ok(text.includes('{account}'));
});

test('what a file says is remembered without its comments, and its presets with their texts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-texts-'));
  try {
    const file = join(folder, 'sallyport.yml');
    const app = 'hosts: [portal.example.org], upstream: "http://10.0.0.5", realm: people, login: { preset: dokuwiki }';
    const text = `# the key is hunter2\nlisten: 127.0.0.1:8443\nrealms: { people: { source: app } }\napps:\n  portal: { ${app} }\n`;
    writeFileSync(file, text);
    const { config, faults } = await loadConfigFile(file);
    assert.ok(config, JSON.stringify(faults));
    const kept = textOfConfig(config) ?? '';
    assert.ok(kept.includes('portal.example.org') && !kept.includes('hunter2'));
    const login = config.apps[0]?.login;
    assert.ok(login?.kind === 'bound' && textOfPreset(login.digest)?.includes('dokuwiki'));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what was put together from arguments is remembered too', () => {
  assert.ok(textOfConfig(configFromArguments({ upstream: 'http://127.0.0.1:9' }))?.includes('127.0.0.1:9'));
});
