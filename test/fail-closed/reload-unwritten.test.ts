import assert from 'node:assert/strict';
import test from 'node:test';
import { Faults } from '../support/faults.ts';
import { startSallyport } from '../support/sallyport.ts';
import { statusOf } from '../support/shut.ts';

test('a reload that cannot be put on record is no reload, and works once it can', async (t) => {
  const faults = new Faults();
  const sally = await startSallyport({ store: faults.wrap });
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  assert.equal(await statusOf(sally, cookie, '/old'), 200);
  const next = await sally.load({
    app: ['    exemptions:', '      - { method: GET, path: /old, reason: r, owner: o, expires: 2099-12-31 }'],
  });
  faults.broken = (call) => call === 'audit.append';
  await assert.rejects(sally.app.reload(next), { code: 'store-unavailable' });
  sally.upstream.clear();
  assert.equal(await statusOf(sally, 'a=b', '/old'), 401, 'the exemption of the new configuration is not in force');
  sally.upstream.silent();
  faults.broken = null;
  await sally.app.reload(next);
  await sally.healthy();
  assert.equal(await statusOf(sally, 'a=b', '/old'), 200);
});

test('parts that a configuration cannot build leave the old one in force as a whole', async (t) => {
  const sally = await startSallyport();
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  const [app] = sally.config.apps;
  assert.ok(app !== undefined);
  const hosts = [{ name: 'new.test', port: null }];
  const broken = [
    { ...app, hosts, upstream: { ...app.upstream, origin: 'https://127.0.0.1:1', ca: '/nowhere/ca.pem' } },
    { ...app, hosts, upstream: { ...app.upstream, origin: 'no origin' } },
  ];
  for (const one of broken) {
    const rows = (await sally.audit('config.load')).length;
    await assert.rejects(sally.app.reload({ ...sally.config, apps: [one] }));
    assert.equal((await sally.audit('config.load')).length, rows, 'what did not happen is not on record');
    sally.upstream.clear();
    assert.equal((await sally.send('GET', '/', { cookie, host: 'new.test' })).status, 421);
    assert.equal(await statusOf(sally, 'a=b'), 401);
    sally.upstream.silent();
    assert.equal(await statusOf(sally, cookie), 200);
  }
});
