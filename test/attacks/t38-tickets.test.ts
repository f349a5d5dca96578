import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { UNBOUND, withSallyport } from '../support/sallyport.ts';

const on = withSallyport(() => ({
  realm: 'app',
  top: ['trusted_proxies: [127.0.0.1]'],
  apps: [
    '  payroll:',
    '    hosts: [pay.test]',
    '    origin: http://pay.test',
    '    upstream: http://127.0.0.1:9',
    '    realm: staff',
    UNBOUND,
  ],
}));

let address = 0;
const from = () => {
  address += 1;
  return { headers: [['X-Forwarded-For', `198.51.100.${address % 250}`]] as const };
};

test('opening the link burns nothing, however often and by whatever scanner', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  const ticket = await alice.invited();
  for (const method of ['GET', 'HEAD', 'GET', 'OPTIONS', 'PUT', 'HEAD', 'PROPFIND'])
    await sally.send(method, `/.sallyport/enrol/${ticket}`);
  for (const method of ['GET', 'HEAD']) await sally.send(method, `/.sallyport/enrol?ticket=${ticket}`);
  const page = await sally.send('GET', `/.sallyport/enrol/${ticket}`, { headers: [['Accept', 'text/html']] });
  assert.equal(page.status, 200);
  assert.equal(page.header('set-cookie'), undefined);
  assert.equal(page.header('cache-control'), 'no-store');
  // The app behind us must not learn the link from a Referer.
  assert.match(page.header('referrer-policy') ?? '', /^(?:strict-origin|no-referrer|same-origin)$/);
  await alice.enrol(ticket);
});

test('a ticket that is used, replaced, too old, cut short, changed or another’s opens nothing, and all answer alike', async () => {
  const { sally } = on;
  const bob = new Person(sally, 'bob');
  const used = await bob.invited();
  await bob.enrol(used);
  const replaced = await bob.invited();
  const good = await bob.invited();
  const expired = await new Person(sally, 'carol').invited();
  await sally.advance(24 * 3_600_000);
  const fresh = await new Person(sally, 'dora').invited();
  const tries = [
    used,
    replaced,
    good,
    expired,
    fresh.slice(0, -1),
    `${fresh}A`,
    fresh.toLowerCase() === fresh ? `${fresh}x` : fresh.toLowerCase(),
    'A'.repeat(27),
  ];
  const bodies = new Set<string>();
  for (const ticket of tries) {
    const answer = await sally.send('POST', '/.sallyport/enrol', { json: { ticket }, ...from() });
    assert.equal(answer.status, 403, ticket);
    assert.equal(answer.header('set-cookie'), undefined);
    bodies.add(answer.body);
    const page = await sally.send('GET', `/.sallyport/enrol/${ticket}`, { headers: [['Accept', 'text/html']] });
    assert.equal(page.status, 403);
    assert.doesNotMatch(page.body, /bob|carol|dora/);
  }
  assert.equal(bodies.size, 1);
  assert.equal(
    (await sally.send('POST', '/.sallyport/enrol', { json: { ticket: fresh, user: 'alice' }, ...from() })).status,
    400,
  );
  assert.equal((await sally.send('POST', '/.sallyport/enrol', { json: { ticket: fresh }, ...from() })).status, 200);
});

test('an enrolment belongs to the browser that opened it, and to its app', async () => {
  const { sally } = on;
  const erin = new Person(sally, 'erin');
  await erin.expect(200, erin.post('/.sallyport/enrol', { ticket: await erin.invited() }));
  const other = new Person(sally, 'erin');
  assert.equal((await other.post('/.sallyport/enrol/totp')).status, 401);
  assert.equal(
    (await erin.post('/.sallyport/enrol/totp', {}, { host: 'pay.test', origin: 'http://pay.test' })).status,
    401,
  );
  const old = erin.cookie;
  const made = await erin.expect(200, erin.post('/.sallyport/enrol/totp'));
  erin.secret = (JSON.parse(made.body) as { secret: string }).secret;
  await erin.expect(200, erin.post('/.sallyport/enrol/totp/confirm', { code: await erin.code() }));
  // Rotated: who copied the cookie before has nothing.
  assert.equal((await sally.send('POST', '/.sallyport/enrol/finish', { json: {}, cookie: old })).status, 401);
  await erin.expect(200, erin.post('/.sallyport/enrol/finish'));
});

test('neither ticket, secret, code nor cookie is in the database or the log in clear', async () => {
  const { sally } = on;
  const frank = new Person(sally, 'frank');
  const ticket = await frank.invited();
  await frank.enrol(ticket);
  const open = await new Person(sally, 'gina').invited();
  const { store } = sally.config;
  const path = store.kind === 'sqlite' ? store.path : '';
  const disk = [path, `${path}-wal`].map((file) => readFileSync(file, 'latin1')).join('');
  const log = JSON.stringify(sally.log);
  for (const secret of [
    ticket,
    open,
    frank.secret,
    frank.session ?? '',
    frank.browser ?? '',
    ...frank.recoveryCodes,
    ...frank.recoveryCodes.map((code) => code.replaceAll('-', '')),
  ]) {
    assert.ok(secret.length >= 16);
    assert.ok(!disk.includes(secret), 'in the database');
    assert.ok(!log.includes(secret), 'in the log');
  }
  assert.ok(disk.includes('frank'), 'the search itself works');
});
