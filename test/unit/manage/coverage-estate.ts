import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfigFile } from '../../../src/config/load.ts';
import type { Config } from '../../../src/config/types.ts';

export const NOW = Date.UTC(2026, 10, 23);

/** Apps of every sort: without a login, unbound, and bound in either order; with rules that nest, meet and exclude each other. */
const TEXT = `
listen: 127.0.0.1:8080
trusted_proxies: [127.0.0.1]
realms: { staff: { source: local, passkeys: { id: x.test } }, customers: { source: app, passkeys: { id: x.test } } }
apps:
  plain:
    hosts: [plain.x.test]
    origin: https://plain.x.test
    upstream: http://127.0.0.1:9
    realm: staff
    target: { encoded_slash: true, empty_segments: true }
    rules:
      - { path: /files/**, groups: [ops] }
      - { path: /files/secret/**, require: passkey, groups: [board] }
      - { path: /admin, max_age: 15m }
      - { path: /Setup.php, require: passkey, max_age: 5m }
      - { path: /caf%C3%A9/** , groups: [ops, cooks] }
    exemptions:
      - { method: GET, path: /healthz, reason: probe, owner: ops@x.test, expires: 2027-01-31 }
      - { method: PROPFIND, path: /dav, reason: probe, owner: ops@x.test, expires: 2026-12-31 }
      - { method: GET, path: /over, reason: probe, owner: ops@x.test, expires: 2026-01-31 }
      - { method: POST, path: /hook, reason: hook, owner: ops@x.test, expires: 2027-01-31 }
  unbound:
    hosts: [unbound.x.test]
    origin: https://unbound.x.test
    upstream: http://127.0.0.1:9
    realm: staff
    login: { unbound: { reason: legacy, owner: ops@x.test, expires: 2026-12-24 } }
    exemptions: [{ method: GET, path: /healthz, reason: probe, owner: ops@x.test, expires: 2027-01-31 }]
  wiki:
    hosts: [wiki.x.test]
    origin: https://wiki.x.test
    upstream: http://127.0.0.1:9
    realm: customers
    login: { preset: dokuwiki, order: login-first }
    rules: [{ path: /doku.php, require: passkey }, { path: /lib/**, groups: [ops] }]
    exemptions: [{ method: GET, path: /lib/exe/css.php, reason: style, owner: ops@x.test, expires: 2027-01-31 }]
  blog:
    hosts: [blog.x.test]
    origin: https://blog.x.test
    upstream: http://127.0.0.1:9
    realm: customers
    login: { preset: wordpress }
    rules: [{ path: /wp-admin/**, require: passkey, max_age: 10m }]
  lone:
    hosts: [lone.x.test]
    origin: https://lone.x.test
    upstream: http://127.0.0.1:9
    realm: customers
    login: { preset: password-only, params: { password: pw }, held_by: { groups: [ops] } }
    rules: [{ path: /**, groups: [ops] }]
`;

export async function estate(text = TEXT): Promise<Config> {
  const dir = mkdtempSync(join(tmpdir(), 'sallyport-estate-'));
  try {
    const file = join(dir, 'sallyport.yml');
    writeFileSync(file, text);
    const { config, faults } = await loadConfigFile(file, { clock: { now: () => NOW, monotonic: () => 0 } });
    assert.ok(config, JSON.stringify(faults));
    return config;
  } finally {
    rmSync(dir, { recursive: true });
  }
}
