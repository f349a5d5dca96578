import assert from 'node:assert/strict';
import test from 'node:test';
import { withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  app: [
    '    exemptions:',
    '      - { method: GET, path: /healthz, reason: probe, owner: ops, expires: 2099-12-31 }',
    '      - { method: GET, path: /public/, reason: probe, owner: ops, expires: 2099-12-31 }',
  ],
}));

test('neither query nor fragment nor an encoded form of them makes a path public', async () => {
  const { sally } = on;
  const targets = [
    '/admin?x=/public/',
    '/admin?/healthz',
    '/admin?/../healthz',
    '/admin%3f/public/',
    '/admin#/public/',
    '/public/#/../admin',
    '/healthz%3fx',
    '/healthz%23',
    '/admin;/healthz',
    '/admin?x#/healthz',
    '/admin?.sallyport/assets/x',
  ];
  for (const target of targets) assert.ok([400, 401].includes((await sally.send('GET', target)).status), target);
  sally.upstream.silent();
});

test('an exemption is one exact path: what is longer, shorter, in another case or another spelling is not it', async () => {
  const { sally } = on;
  for (const target of [
    '/healthz/',
    '/HEALTHZ',
    '/health%7a',
    '/healthz;x',
    '/healthz/x',
    '/health',
    '/public',
    '/public/x',
    '/Public/',
  ]) {
    assert.equal((await sally.send('GET', target)).status, 401, target);
  }
  for (const target of ['/healthz//', '//healthz', '/./healthz'])
    assert.equal((await sally.send('GET', target)).status, 400, target);
  sally.upstream.silent();
  assert.equal((await sally.send('GET', '/healthz?deep=1')).status, 200);
  assert.equal(sally.upstream.requests[0]?.target, '/healthz?deep=1');
  assert.deepEqual(sally.upstream.requests[0]?.all('sallyport-assertion'), []);
});

test('an exemption that has expired stops working by itself', async () => {
  const { sally } = on;
  const { app } = sally.config.apps[0] === undefined ? assert.fail() : { app: sally.config.apps[0] };
  const soon = {
    ...sally.config,
    apps: [{ ...app, exemptions: app.exemptions.map((one) => ({ ...one, expiresAt: sally.clock.now() + 60_000 })) }],
  };
  await sally.app.reload(soon);
  assert.equal((await sally.send('GET', '/healthz')).status, 200);
  await sally.advance(60_000);
  sally.upstream.clear();
  assert.equal((await sally.send('GET', '/healthz')).status, 401);
  sally.upstream.silent();
});
