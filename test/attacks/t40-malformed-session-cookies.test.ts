import assert from 'node:assert/strict';
import test from 'node:test';
import { Person } from '../support/person.ts';
import { SESSION, withSallyport } from '../support/sallyport.ts';

const on = withSallyport();

test('a session cookie that is malformed, stretched, cut or of another is no session and never a fault', async () => {
  const { sally } = on;
  const alice = new Person(sally, 'alice');
  await alice.enrol();
  const value = alice.session ?? '';
  const row = (await sally.app.store.sessions.listLive(sally.clock.now()))[0];
  assert.equal((await sally.send('GET', '/', { cookie: `${SESSION}=${value}` })).status, 200);
  sally.upstream.clear();
  const values = [
    '',
    '%00',
    'A'.repeat(8000),
    '!!!not-base64!!!',
    `${value}x`,
    value.slice(0, -1),
    `x${value}`,
    value.toLowerCase() === value ? value.toUpperCase() : value.toLowerCase(),
    encodeURIComponent(`${value} `),
    `"${value}"`,
    row?.id ?? 'none',
    row?.hash ?? 'none',
    row?.accountId ?? 'none',
    '{"id":1}',
    '__proto__',
    'constructor',
    'null',
    'undefined',
    `${value}.${value}`,
    `${value},${value}`,
  ];
  for (const bad of values) {
    for (const [method, status] of [
      ['GET', 401],
      ['POST', 401],
    ] as const) {
      const answer = await sally.send(method, '/admin', { cookie: `${SESSION}=${bad}` });
      assert.ok([status, 400].includes(answer.status), `${bad.slice(0, 40)}: ${answer.status}`);
    }
  }
  sally.upstream.silent();
});

test('a session that was ended or deleted is none at the next request', async () => {
  const { sally } = on;
  for (const how of ['ended', 'deleted'] as const) {
    const cookie = await sally.session(`gone-${how}`);
    assert.equal((await sally.send('GET', '/', { cookie })).status, 200);
    const accountId = `id-gone-${how}`;
    if (how === 'ended') await sally.app.store.sessions.end({ by: 'account', accountId }, 'test', sally.clock.now());
    else await sally.app.store.accounts.remove(accountId);
    sally.upstream.clear();
    assert.equal((await sally.send('GET', '/', { cookie })).status, 401, how);
    sally.upstream.silent();
  }
});
