import assert from 'node:assert/strict';
import test from 'node:test';
import { IdReader } from '../../src/assertions/request-ids.ts';
import { startSallyport } from '../support/sallyport.ts';
import { until } from '../support/shut.ts';
import { answer, hangUp } from '../support/upstream.ts';

const APP = ['    exemptions: [{ method: GET, path: /healthz, reason: probe, owner: ops, expires: 2099-12-31 }]'];

test('each request at the app has an id of ours that stands in our log, and none of the client’s', async (t) => {
  const sally = await startSallyport({ app: APP });
  t.after(() => sally.close());
  sally.upstream.on('*', answer('from the app', '200 OK', ['Sallyport-Request: echoed']));
  const cookie = await sally.session('alice');
  const reader = new IdReader(sally.app.seal);
  const own = ['Sallyport-Request', 'sallyport_request', 'Sallyport.Request'].map((name) => [name, 'mine'] as const);
  for (const [path, who] of [
    ['/a', { cookie }],
    ['/b', { cookie, headers: own }],
    ['/healthz', { headers: own }],
  ] as const) {
    const got = await sally.send('GET', path, who);
    assert.equal(got.status, 200);
    assert.deepEqual(got.all('sallyport-request'), [], 'what the app echoes goes no further');
  }
  const ids = sally.upstream.requests.map((request) => request.all('sallyport-request'));
  assert.equal(ids.length, 3);
  for (const each of ids) assert.equal(each.length, 1);
  assert.equal(new Set(ids.flat()).size, 3);
  for (const id of ids.flat()) assert.notEqual(reader.read(id), null);
  for (const { head } of sally.upstream.requests) assert.doesNotMatch(head, /: mine$/m);
  const logged = () => sally.log.filter(({ msg, id }) => msg === 'request' && id !== undefined).map(({ id }) => id);
  await until(() => logged().length === 3);
  assert.deepEqual(logged(), ids.flat());
});

test('a request that is refused has no id, and what leaves twice has two', async (t) => {
  const sally = await startSallyport({ app: APP });
  t.after(() => sally.close());
  const cookie = await sally.session('alice');
  await sally.send('GET', '/a');
  await until(() => sally.log.some(({ msg }) => msg === 'request'));
  for (const line of sally.log) assert.equal(line['id'], undefined);
  sally.upstream.on('*', answer('kept'));
  await sally.send('GET', '/first', { cookie });
  // The kept connection breaks as it is used again; what is safe is sent once more.
  sally.upstream.on('/again', (socket, request) =>
    sally.upstream.requests.filter(({ target }) => target === '/again').length === 1
      ? hangUp(socket, request)
      : answer('second')(socket, request),
  );
  // A value may be called as the field is: it takes no other field's place.
  const headers: [string, string][] = [['X-Last', 'Sallyport-Request']];
  assert.equal((await sally.send('GET', '/again', { cookie, headers })).body, 'second');
  const ids = sally.upstream.requests
    .filter(({ target }) => target === '/again')
    .map((request) => request.all('sallyport-request')[0] ?? '');
  assert.equal(ids.length, 2);
  assert.notEqual(ids[0], ids[1]);
  for (const request of sally.upstream.requests.filter(({ target }) => target === '/again'))
    assert.deepEqual([request.all('host').length, request.all('x-last')], [1, ['Sallyport-Request']]);
  for (const id of ids) assert.notEqual(new IdReader(sally.app.seal).read(id), null);
  await until(() => sally.log.some(({ path, id }) => path === '/again' && id === ids[1]));
});
