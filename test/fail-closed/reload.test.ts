import assert from 'node:assert/strict';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { loadConfigFile } from '../../src/config/load.ts';
import { startSallyport } from '../support/sallyport.ts';

test('a broken configuration changes nothing: the last good one goes on, and nothing is let through', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
  sally.upstream.clear();
  for (const broken of [
    { app: ['    unknown: true'] },
    { app: ['    upstream: ftp://x'] },
    { app: ['  : {'] },
    { app: ['    exemptions: [{ method: GET, path: /**, reason: r, owner: o, expires: 2099-12-31 }]'] },
    { top: ['listen: 0.0.0.0:1'] },
  ]) {
    await assert.rejects(sally.load(broken));
  }
  assert.equal((await loadConfigFile(join(sally.data, 'nowhere.yml'))).config, undefined);
  assert.equal((await sally.send('GET', '/')).status, 401);
  sally.upstream.silent();
  assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
});

test('what needs a restart is refused at a reload, with nothing changed', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  const [app] = sally.config.apps;
  assert.ok(app !== undefined);
  const ruled = { ...app, rules: [{ path: '/**', require: 'mfa', maxAgeMs: null, groups: ['nobody'] }] as const };
  for (const set of [
    { listen: { host: '127.0.0.1', port: 1 } },
    { dataDir: '/elsewhere' },
    { masterKeyFile: '/elsewhere/key' },
    { store: { kind: 'sqlite', path: '/elsewhere/db' } },
    { tls: { cert: '/c', key: '/k' } },
  ] as const) {
    await assert.rejects(sally.app.reload({ ...sally.config, ...set, apps: [ruled] }), { code: 'config-invalid' });
    assert.equal((await sally.send('GET', '/', { cookie })).status, 200, JSON.stringify(set));
  }
});

test('a certificate that cannot be read at a reload leaves the old one in use', async (t) => {
  const sally = await startSallyport({ tls: true });
  t.after(() => sally.close());
  const missing = { cert: join(sally.data, 'gone.crt'), key: join(sally.data, 'app.test.key') };
  await assert.rejects(sally.app.reload({ ...sally.config, tls: missing }), { code: 'config-invalid' });
  const mixed = join(sally.data, 'mixed.crt');
  await copyFile(join(sally.data, 'sallyport.yml'), mixed);
  await assert.rejects(sally.app.reload({ ...sally.config, tls: { cert: mixed, key: missing.key } }));
  const { connect } = await import('node:tls');
  const socket = connect({ port: sally.port, host: '127.0.0.1', rejectUnauthorized: false });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  assert.match(socket.getPeerCertificate().subject.CN?.toString() ?? '', /app\.test/);
  socket.destroy();
});
